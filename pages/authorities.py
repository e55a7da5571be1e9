"""Authorities beside each other, where the data of several is together."""

from dashboard.authorities_blocks import authorities_page
from dashboard.session import current_view

authorities_page(current_view())
