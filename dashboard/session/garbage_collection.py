"""How often Python looks for what nobody needs any more, and through how much, in a server that clicking people wait for.

What refers to itself in a circle is only found by looking through everything, and meanwhile no click is answered. Nearly all that there is
stays as long as the data does (programs, numbers, what has been drawn), so Python is told to look only through what came later.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 20_000
"""So many more than were freed, and Python looks through the new ones. Its own 700 are fewer than a click makes."""


def look_seldom() -> None:
    """For a server's process, once."""
    gc.set_threshold(NEW_OBJECTS)


def leave_out_what_is_there() -> None:
    """Looks through everything a last time, for a third of a second. To be called when there is much more that stays: then what was left
    out before, and is not needed any more, is found too."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
