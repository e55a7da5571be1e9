"""Loading returns and extracts from the browser, and the way back."""

from dashboard.quality_load import load_page
from dashboard.session import current_guard

load_page(current_guard())
