"""Improvement: every action, change and note over all measures, for the meeting."""

from dashboard.improvement.page import improvement_page
from dashboard.session.state import current_view

improvement_page(current_view())
