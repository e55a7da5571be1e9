"""Is anyone served worse: every measure by every characteristic."""

from dashboard.screens.equality.page import equality_page
from dashboard.session.state import current_view

equality_page(current_view())
