"""What was loaded, what is missing, and which measures are affected."""

from dashboard.screens.data_quality import data_quality_page
from dashboard.screens.released_periods import changed_section
from dashboard.session.state import changed_periods, current_guard, current_view, quality

guard = current_guard()
data_quality_page(quality(guard), guard)
changed_section(lambda: changed_periods(guard), guard, current_view().reporting)
