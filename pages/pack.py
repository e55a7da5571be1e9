"""The meeting pack: choose, make, download."""

from dashboard.screens.pack import pack_page
from dashboard.session.state import current_guard, current_view

pack_page(current_view(), current_guard())
