"""Statement 2: education plan."""

from dashboard.session import current_view
from dashboard.statement_blocks import statement_page

statement_page(2, current_view())
