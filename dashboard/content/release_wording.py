"""What is said of released periods that a later load has changed: which periods and which measures, never how many children."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from dashboard.figures.reporting import GRAINS, ChangedPeriod
from dashboard.text.formatting import NOUNS, listing, long_date, plural, upper_first
from metrics.measures.catalogue import get, measures
from metrics.measures.kinds import Measure

GRAIN_WORDS = {"month": "Month", "quarter": "Quarter", "term": "Term", "year": "Year"}
MOST_NAMED = 3
"""Measures are named, up to so many."""
ChangedSinceRelease = Mapping[Measure, Mapping[str, datetime.datetime]]
"""By measure and period's label: when what is shown was released (UTC)."""


def changed_since_release_sentences(kept: ChangedSinceRelease, labels: Sequence[str]) -> list[str]:
    """Which periods are shown as they were released, a sentence for each day of a release. `labels`: all periods, in time order."""
    days: dict[datetime.date, tuple[set[str], dict[str, str]]] = {}
    for measure, periods in kept.items():
        for label, at in periods.items():
            shown, touched = days.setdefault(at.date(), (set(), {}))
            shown.add(label)
            touched[measure.id] = measure.title
    return [
        f"The numbers of {listing(spans(shown, labels))} are those released on {long_date(day)}, because a later load changed the data: "
        f"{_measures_words(touched)}."
        for day, (shown, touched) in sorted(days.items())
    ]


def _measures_words(titles: Mapping[str, str]) -> str:
    return f"{len(titles)} measures" if len(titles) > MOST_NAMED else "; ".join(sorted(titles.values()))


def spans(shown: Iterable[str], labels: Sequence[str]) -> list[str]:
    """Periods in time order, three and more that follow each other as '2024-25 Q1 to 2024-25 Q4'."""
    runs: list[list[int]] = []
    for index in sorted(labels.index(label) for label in shown):
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return [
        words for run in runs
        for words in ([f"{labels[run[0]]} to {labels[run[-1]]}"] if len(run) > 2 else [labels[index] for index in run])
    ]


def changed_rows(changed: Iterable[ChangedPeriod]) -> list[dict[str, str]]:
    """A row for each period: its length, when it was released, and the measures that changed."""
    found: dict[tuple[int, str, datetime.date], set[str]] = {}
    for each in changed:
        found.setdefault((GRAINS.index(each.grain), each.period, each.released_at.date()), set()).update(each.measures)
    return [
        {
            "Period": period, "Length": GRAIN_WORDS[GRAINS[grain]], "Released on": long_date(day),
            "Measures that changed": "all" if len(ids) == len(measures()) else "; ".join(sorted(get(id).title for id in ids)),
        }
        for (grain, period, day), ids in sorted(found.items())
    ]


def changed_measures(changed: Iterable[ChangedPeriod], labels: Callable[[str], Sequence[str]]) -> list[dict[str, str]]:
    """A row for each measure and day of a release: which of its periods have changed. `labels`: all periods of a length, in time order."""
    found: dict[tuple[str, datetime.date], dict[str, set[str]]] = {}
    for each in changed:
        for id in each.measures:
            found.setdefault((get(id).title, each.released_at.date()), {}).setdefault(each.grain, set()).add(each.period)
    return [
        {"Measure": title, "Periods that changed": _periods_words(periods, labels), "Released on": long_date(day)}
        for (title, day), periods in sorted(found.items())
    ]


def _periods_words(periods: Mapping[str, Collection[str]], labels: Callable[[str], Sequence[str]]) -> str:
    """'Months 2025-10 to 2026-03; quarter 2025-26 Q3'."""
    return upper_first("; ".join(
        f"{NOUNS[grain][len(periods[grain]) > 1]} {listing(spans(periods[grain], labels(grain)))}" for grain in GRAINS if grain in periods
    ))


def changed_words(changed: Sequence[ChangedPeriod]) -> str:
    """Which periods have changed, in a few words: 'quarter 2024-25 Q1, year 2024-25'."""
    rows = changed_rows(changed)
    return ", ".join(dict.fromkeys(f"{row['Length'].lower()} {row['Period']}" for row in rows))


def changed_sentence(changed: Sequence[ChangedPeriod]) -> str:
    """That released periods have changed, and what a person can do."""
    count = len({(each.grain, each.period) for each in changed})
    return (
        f"{plural(count, 'released period has', 'released periods have')} other numbers in the data by now: {changed_words(changed)}. The "
        "protected view goes on showing them as they were released. To show them as they are now, an administrator releases them anew on "
        "the page 'Released periods', or with `qs133 release --reason`."
    )
