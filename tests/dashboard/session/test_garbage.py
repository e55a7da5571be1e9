"""Python looks through what came after the last load, and finds of what was there before what is not needed any more."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from dashboard.session.garbage_collection import NEW_OBJECTS, leave_out_what_is_there, look_seldom


class Circle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The process goes on with other tests."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_is_there_is_left_out_and_found_the_next_time() -> None:
    old = Circle()
    leave_out_what_is_there()
    young = Circle()
    were = weakref.ref(old), weakref.ref(young)
    del old, young
    gc.collect()
    assert were[0]() is not None and were[1]() is None
    leave_out_what_is_there()
    assert were[0]() is None


def test_a_server_looks_seldom_and_all_the_same() -> None:
    look_seldom()
    assert gc.isenabled() and gc.get_threshold()[0] == NEW_OBJECTS
    begun = gc.get_stats()[0]["collections"]
    there = [[] for _ in range(2 * NEW_OBJECTS)]
    assert there and gc.get_stats()[0]["collections"] > begun
