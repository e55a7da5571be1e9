"""Statement 3: video feedback programme."""

from dashboard.session import current_view
from dashboard.statement_blocks import statement_page

statement_page(3, current_view())
