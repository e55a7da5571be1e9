"""Statement 4: training and support for carers."""

from dashboard.session import current_view
from dashboard.statement_blocks import statement_page

statement_page(4, current_view())
