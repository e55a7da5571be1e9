"""Authorities beside each other, where the data of several is together."""

from dashboard.screens.authorities import authorities_page
from dashboard.session.state import current_view

authorities_page(current_view())
