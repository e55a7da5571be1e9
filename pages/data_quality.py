"""What was loaded, what is missing, and which measures it touches."""

from dashboard.quality_blocks import data_quality_page
from dashboard.release_blocks import changed_section
from dashboard.session import changed_periods, current_guard, current_view, quality

guard = current_guard()
data_quality_page(quality(guard), guard)
changed_section(lambda: changed_periods(guard), guard, current_view().reporting)
