"""What `make test` does about a browser on machines that are not like this one."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import find_browser as finding


def only(*programs: str) -> Callable[[str], str | None]:
    """A stand-in for `shutil.which` on a machine that has just these programs."""
    return lambda name: f"/programs/{name}" if name in programs else None


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A Debian machine of which we are root, with nothing on it."""
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(finding, "playwright_browser", lambda: tmp_path / "none")
    monkeypatch.setattr(finding, "root_prefix", list)
    monkeypatch.setattr(finding, "is_ubuntu", lambda: False)
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(shutil, "which", only())
    return monkeypatch


def test_the_browser_that_is_named_goes_before_the_others(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(shutil, "which", only("chromium", "my-browser"))
    machine.setattr(finding, "starts", lambda path: True)
    assert finding.find_browser() == Path("/programs/chromium")
    machine.setenv("CHROME", "my-browser")
    assert finding.find_browser() == Path("/programs/my-browser")


def test_a_named_browser_that_does_not_start_is_an_error_and_not_ignored(machine: pytest.MonkeyPatch) -> None:
    machine.setenv("CHROME", "no-such-browser")
    with pytest.raises(finding.NoBrowserError, match="CHROME names 'no-such-browser', which does not start"):
        finding.find_browser()


def test_a_browser_that_does_not_start_is_passed_over(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(shutil, "which", only("chromium", "google-chrome"))
    machine.setattr(finding, "starts", lambda path: path.name == "google-chrome")
    assert finding.find_browser() == Path("/programs/google-chrome")


def test_a_browser_is_installed_from_the_systems_packages(machine: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    machine.setattr(shutil, "which", lambda name: f"/programs/{name}" if name == "apt-get" or (name == "chromium" and ran) else None)
    machine.setattr(finding, "starts", lambda path: path.name == "chromium")

    def run(command: list[str]) -> bool:
        ran.append(command)
        return True

    machine.setattr(finding, "run", run)
    assert finding.find_browser() is None
    assert finding.install_browser() == Path("/programs/chromium")
    assert [command[:2] for command in ran] == [["apt-get", "update"], ["apt-get", "install"]]


@pytest.mark.parametrize("reason", ["ubuntu", "not root"])
def test_where_the_systems_packages_are_of_no_use_playwright_brings_its_own(machine: pytest.MonkeyPatch, reason: str) -> None:
    machine.setattr(shutil, "which", only("apt-get"))
    if reason == "ubuntu":
        machine.setattr(finding, "is_ubuntu", lambda: True)
    else:
        machine.setattr(finding, "root_prefix", lambda: None)
    ((command,),) = finding.installs()
    assert command[1:4] == ["-m", "playwright", "install"]
    assert ("--with-deps" in command) == (reason == "ubuntu")


def test_without_a_browser_and_without_a_way_to_get_one_make_says_what_to_do(
    machine: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.setattr(finding, "run", lambda command: False)
    assert finding.main() == 1
    assert finding.ADVICE in capsys.readouterr().err
