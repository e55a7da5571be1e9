"""Loading returns and extracts from the browser, and the way back."""

from dashboard.screens.load.page import load_page
from dashboard.session.state import current_guard

load_page(current_guard())
