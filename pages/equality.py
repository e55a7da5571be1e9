"""Is anyone served worse: every measure by every characteristic."""

from dashboard.equality_blocks import equality_page
from dashboard.session import current_view

equality_page(current_view())
