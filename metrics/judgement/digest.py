"""What changed between two versions of the data: the states of measures, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from metrics.judgement.targets import TargetStatus


@dataclass(frozen=True)
class MeasureState:
    """How a measure stood in one version of the data.

    `variation`, `assurance` and `target_status` are a trend's. `target` is the level they are about, in the unit of the value.
    `gaps` has, by breakdown, the groups that were clearly served worse, and `compared` those that could be compared at all.
    """

    measure: str
    period: str | None = None
    variation: str | None = None
    assurance: str | None = None
    target_status: str | None = None
    target: float | None = None
    gaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    compared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class News(StrEnum):
    """What can be new about a measure."""

    CONCERN = "concern"
    IMPROVEMENT = "improvement"
    COMMON_CAUSE = "common cause again"
    TARGET_MET = "target met"
    TARGET_MISSED = "target missed"
    TARGET_UNCLEAR = "target not clear any more"
    WILL_MEET = "will meet the target"
    WILL_MISS = "will miss the target"
    GAP_OPENED = "gap opened"
    GAP_CLOSED = "gap closed"


@dataclass(frozen=True)
class Change:
    """One thing that is new. `target` is the level where it is about one, `new_target` whether the level differs from before.
    `breakdown` and `group` are those of a gap, `was` is the state before where it matters."""

    measure: str
    news: News
    target: float | None = None
    new_target: bool = False
    breakdown: str | None = None
    group: str | None = None
    was: str | None = None


def changes(before: Iterable[MeasureState], after: Iterable[MeasureState]) -> list[Change]:
    """What is new in `after`, by measure in its order: first process control, then the target, then gaps.

    A measure that wasn't there before has nothing to be compared with, and a group that can't be compared any more has no gap closed.
    """
    known = {state.measure: state for state in before}
    return [
        change for now in after if (then := known.get(now.measure)) is not None
        for change in (*_variation(then, now), *_target(then, now), *_assurance(then, now), *_gaps(then, now))
    ]


def _variation(then: MeasureState, now: MeasureState) -> list[Change]:
    """A special cause that begins, or ends. Which way the points go is part of neither: improving is improving."""
    was, is_now = _kind(then.variation), _kind(now.variation)
    if was == is_now or is_now is None:
        return []
    news = {"concern": News.CONCERN, "improvement": News.IMPROVEMENT, "common": News.COMMON_CAUSE}[is_now]
    # From too few periods to nothing unusual is no news.
    return [] if news is News.COMMON_CAUSE and was is None else [Change(now.measure, news, was=was)]


def _kind(variation: str | None) -> str | None:
    return variation.split("_")[0] if variation else None


def _target(then: MeasureState, now: MeasureState) -> list[Change]:
    if now.target_status is None or then.target_status == now.target_status:
        return []
    news = {
        TargetStatus.MET.value: News.TARGET_MET, TargetStatus.MISSED.value: News.TARGET_MISSED,
        TargetStatus.NOT_CLEAR.value: News.TARGET_UNCLEAR,
    }[now.target_status]
    if news is News.TARGET_UNCLEAR and then.target_status is None:
        return []
    return [Change(now.measure, news, now.target, _new_target(then, now), was=then.target_status)]


def _assurance(then: MeasureState, now: MeasureState) -> list[Change]:
    news = {"consistently met": News.WILL_MEET, "consistently missed": News.WILL_MISS}.get(now.assurance or "")
    if news is None or now.assurance == then.assurance:
        return []
    return [Change(now.measure, news, now.target, _new_target(then, now), was=then.assurance)]


def _new_target(then: MeasureState, now: MeasureState) -> bool:
    return then.target != now.target


def _gaps(then: MeasureState, now: MeasureState) -> list[Change]:
    found = []
    for breakdown, groups in now.gaps.items():
        before = then.gaps.get(breakdown, ())
        found += [Change(now.measure, News.GAP_OPENED, breakdown=breakdown, group=group) for group in groups if group not in before]
    for breakdown, groups in then.gaps.items():
        still, compared = now.gaps.get(breakdown, ()), now.compared.get(breakdown, ())
        found += [
            Change(now.measure, News.GAP_CLOSED, breakdown=breakdown, group=group)
            for group in groups if group not in still and group in compared
        ]
    return found
