"""The meeting pack: choose, make, download."""

from dashboard.pack_blocks import pack_page
from dashboard.session import current_guard, current_view

pack_page(current_view(), current_guard())
