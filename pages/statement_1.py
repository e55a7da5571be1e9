"""Statement 1: comprehensive assessment."""

from dashboard.screens.statement import statement_page
from dashboard.session.state import current_view

statement_page(1, current_view())
