"""Released periods that a later load has changed, releasing them anew, and starting over."""

import datetime

from dashboard.screens.released_periods import released_page, start_over_section
from dashboard.session.state import changed_periods, current_guard, current_view, is_young, release_again, start_over

guard = current_guard()
released_page(changed_periods(guard), guard, release_again, current_view().reporting)
if is_young(datetime.date.today()):
    start_over_section(guard, start_over)
