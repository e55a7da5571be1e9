"""Released periods that a later load has changed, and releasing them anew."""

from dashboard.release_blocks import released_page
from dashboard.session import changed_periods, current_guard, current_view, release_anew

guard = current_guard()
released_page(changed_periods(guard), guard, release_anew, current_view().reporting)
