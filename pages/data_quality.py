"""What was loaded, what is missing, and which measures it touches."""

from dashboard.quality_blocks import data_quality_page
from dashboard.session import current_guard, quality

guard = current_guard()
data_quality_page(quality(guard), guard)
