"""Statement 3: video feedback programme."""

from dashboard.screens.statement import statement_page
from dashboard.session.state import current_view

statement_page(3, current_view())
