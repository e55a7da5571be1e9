"""Statement 2: education plan."""

from dashboard.screens.statement import statement_page
from dashboard.session.state import current_view

statement_page(2, current_view())
