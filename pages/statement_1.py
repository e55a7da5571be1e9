"""Statement 1: comprehensive assessment."""

from dashboard.session import current_view
from dashboard.statement_blocks import statement_page

statement_page(1, current_view())
