"""The old version is shown until the new one is built."""

from __future__ import annotations

import threading

from dashboard.figures.versions import Versions

SECONDS = 10


class Builder:
    """Builds when it is let, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.may = threading.Event()
        self.fails = False

    def __call__(self, old: str, new: str) -> None:
        self.asked.append((old, new))
        assert self.may.wait(SECONDS)
        if self.fails:
            raise OSError("the disk is gone")


def test_the_first_version_is_shown_at_once() -> None:
    builder = Builder()
    assert Versions(builder).shown("a") == "a"
    assert builder.asked == []


def test_the_old_one_is_shown_until_the_new_one_is_built_once() -> None:
    builder = Builder()
    versions = Versions(builder)
    versions.shown("a")
    assert [versions.shown("b") for _ in range(5)] == ["a"] * 5
    builder.may.set()
    versions.wait()
    assert versions.shown("b") == "b"
    assert builder.asked == [("a", "b")]


def test_a_load_during_the_building_is_what_is_shown_in_the_end() -> None:
    builder = Builder()
    versions = Versions(builder)
    versions.shown("a")
    versions.shown("b")
    assert versions.shown("c") == "a"
    builder.may.set()
    versions.wait()
    assert versions.shown("c") == "c"
    assert builder.asked == [("a", "b"), ("a", "c")]


def test_going_back_to_what_is_shown_ends_the_waiting() -> None:
    builder = Builder()
    versions = Versions(builder)
    versions.shown("a")
    versions.shown("b")
    assert versions.shown("a") == "a"
    versions.wait()
    builder.may.set()
    assert versions.shown("a") == "a"


def test_a_version_that_can_not_be_built_is_shown_so_that_people_are_told_why(capfd) -> None:
    builder = Builder()
    builder.fails = True
    versions = Versions(builder)
    versions.shown("a")
    versions.shown("b")
    hook, threading.excepthook = threading.excepthook, lambda _: None
    try:
        builder.may.set()
        versions.wait()
    finally:
        threading.excepthook = hook
    assert versions.shown("b") == "b"


def test_nobody_waits_when_nothing_is_coming() -> None:
    Versions(Builder()).wait()


def test_many_at_once_build_once() -> None:
    builder = Builder()
    versions = Versions(builder)
    versions.shown("a")
    people = [threading.Thread(target=versions.shown, args=("b",)) for _ in range(50)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    builder.may.set()
    versions.wait()
    assert builder.asked == [("a", "b")]
