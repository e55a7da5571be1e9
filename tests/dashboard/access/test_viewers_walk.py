"""A viewer at a running server opens everything there is, and is given no exact number of a group: in no message, chart, table or file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from data_access.workspace.secret import secret_at
from metrics.measures.catalogue import measures
from metrics.units.breakdowns import BREAKDOWNS
from tests.browser.server import running_server
from tests.dashboard.access.wire import CHART, FILE, MESSAGE, TABLE, Wire
from tests.metrics.disclosure.authorities import authority

pytestmark = pytest.mark.long  # a server opens a dozen pages twice

GRAIN, FILTER = "quarter", {"sex": "F"}
ADDRESS = "grain=Quarter&by=Placement&open=all"
CHILDREN, PROSE = 180, 20
"""In the authority; and up to which number sentences speak of other things than children, such as '19 of 20 samples'."""
PAIR = re.compile(r"(?<!\b0 to )\b(\d[\d,]*)(?: [a-z][a-z ]*?)? of (?:the |their )?(\d[\d,]*)\b")
NUMBER = re.compile(r"(?<![\w.#])-?\d+\.\d{6,}(?:e-?\d+)?")
"""Written with so many decimals as only a number has that was never rounded."""


@dataclass(frozen=True)
class Exact:
    """What nobody but those with a role for it may see: '7 of 23' of groups as pairs, and shares that were never rounded."""

    pairs: frozenset[tuple[int, int]]
    shares: frozenset[float]

    def found_in(self, text: str) -> set[str]:
        """Which of them are in a text."""
        text = text.replace("<br>", " ")
        pairs = {(int(k.replace(",", "")), int(n.replace(",", ""))) for k, n in PAIR.findall(text)}
        shares = {digits(float(number)) for number in NUMBER.findall(text)}
        return {f"{k} of {n}" for k, n in pairs & self.pairs} | {str(share) for share in shares & self.shares}


def digits(number: float) -> float:
    """So many digits as tell two shares apart and not two ways of working one out."""
    return float(f"{number:.12g}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("walk")
    authority(made, CHILDREN)
    return made


@pytest.fixture(scope="module")
def exact(folder: Path) -> Exact:
    """The exact numbers of every group by one breakdown, and of the filter's; without those that a viewer may see somewhere."""
    key = secret_at(f"sqlite:///{folder / 'workspace.sqlite'}")
    reporting = Reporting(engine(f"duckdb:///{folder / 'authority.duckdb'}"), secret=lambda: key)
    kept, seen = [], []
    for measure in measures():
        for by in ((), *((name,) for name in BREAKDOWNS)):
            seen.append(_numbers(reporting.protected_summary(measure, GRAIN, by=by)))
            if by:
                kept.append(_numbers(reporting.summary(measure, GRAIN, by=by)))
        seen.append(_numbers(reporting.protected_summary(measure, GRAIN, where=FILTER)))
    groups, allowed = pl.concat(kept).filter(pl.col("n") > PROSE), pl.concat(seen)
    pairs = set(groups.select("k", "n").iter_rows()) - set(allowed.select("k", "n").iter_rows())
    shares = {digits(share) for share in _shares(groups)} - {digits(share) for share in _shares(allowed)}
    return Exact(frozenset((int(k), int(n)) for k, n in pairs if k % 1 == 0), frozenset(shares))


def _numbers(summary: pl.DataFrame) -> pl.DataFrame:
    return summary.filter(state="shown").select(k="numerator", n="denominator", share="value")


def _shares(numbers: pl.DataFrame) -> Iterator[float]:
    """As they may be written, as shares and in per cent; without those that two rounded numbers may make too, such as 13 of 39."""
    for k, n, share in numbers.iter_rows():
        if k % 1 == 0 and n <= CHILDREN and n // math.gcd(int(k), int(n)) > CHILDREN / 3:
            yield from (share, 100 * share, k / n, 100 * k / n)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    place = {
        "QS133_DATABASE_URL": f"duckdb:///{folder / 'authority.duckdb'}", "QS133_WORKSPACE_URL": f"sqlite:///{folder / 'workspace.sqlite'}",
    }
    with running_server(folder, place) as address:
        yield address


def beside(text: str, number: str) -> str:
    """What stands around a number."""
    place = max(text.find(number), 0)
    return text[max(place - 150, 0):place + 100]


@pytest.mark.parametrize("more", ["", "&sex=Female"])
def test_a_viewer_is_given_no_exact_number_of_a_group(server: str, exact: Exact, more: str) -> None:
    viewer = Wire(server, f"demo_role=Viewer&{ADDRESS}{more}")
    viewer.walk()
    assert len(exact.pairs) > 300 and len(exact.shares) > 100
    assert {"statement_1", "statement_2", "statement_3", "statement_4", "equality"} <= viewer.pages.keys()
    assert {where for where, _, _ in viewer.given} == {MESSAGE, CHART, TABLE, FILE}
    found = {(where, page, number): text for where, page, text in viewer.given for number in exact.found_in(text)}
    assert not found, "\n".join(f"{where} of {page!r}: {number} in {beside(text, number)}" for (where, page, number), text in found.items())


def test_the_walk_finds_exact_numbers_in_whatever_somebody_with_a_role_for_them_is_given(server: str, exact: Exact) -> None:
    """So the test above can fail: in words of messages, in charts, in tables and in files."""
    analyst = Wire(server, f"demo_role=Analyst&{ADDRESS}")
    analyst.walk()
    leaks = {where: set().union(*(exact.found_in(text) for each, _, text in analyst.given if each == where)) for where in
             (MESSAGE, CHART, TABLE, FILE)}
    assert all(len(numbers) > 5 for numbers in leaks.values()), {where: len(numbers) for where, numbers in leaks.items()}
