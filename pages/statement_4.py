"""Statement 4: training and support for carers."""

from dashboard.screens.statement import statement_page
from dashboard.session.state import current_view

statement_page(4, current_view())
