"""Measures as a compact table, a line each: what the overview opens with, and each statement's page."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from dashboard.charts.icons import assurance_icon, variation_icon
from dashboard.charts.theme import COMMON_CAUSE, CONCERN
from dashboard.charts.trend.sparkline import sparkline
from dashboard.content.comparisons.wording import england_words
from dashboard.content.coverage.no_data import why_empty
from dashboard.content.data_quality.wording import quality_mark, shared_reasons
from dashboard.content.overview_findings import Finding, Line
from dashboard.content.several_authorities import overview_words
from dashboard.content.view import View
from dashboard.text.formatting import (
    ROUNDED,
    better_words,
    earlier_words,
    headline,
    is_rounded_away,
    period_words,
    plural,
    row_figure,
    row_range,
    short_counted,
    target_words,
    upper_first,
)
from metrics.judgement.targets import TargetStatus

STATUS_WORDS = {
    TargetStatus.MET: "Meets the {target}", TargetStatus.MISSED: "Misses the {target}", TargetStatus.NOT_CLEAR: "Not clear yet: {target}",
}
NARROW = "700px"
STYLE = f"""<style>
.measures {{container-type: inline-size; margin-bottom: .5rem}}
.measures table {{width: 100%; border-collapse: collapse; margin: 0; line-height: 1.3}}
.measures caption {{caption-side: top; text-align: left; font-size: .875rem; padding: 0 0 .35rem; color: inherit}}
.measures :is(th, td) {{border: 0; border-bottom: 1px solid {COMMON_CAUSE}73; padding: .45rem .6rem; text-align: left;
  vertical-align: middle; font-weight: 400}}
.measures thead th {{font-size: .875rem; font-weight: 600; white-space: nowrap}}
.measures tbody th {{border-left: .35rem solid transparent; min-width: 10rem}}
.measures .concern th {{border-left-color: {CONCERN}}}
.measures a {{color: inherit; font-weight: 600}}
.measures p {{margin: 0; padding: 0; line-height: 1.3}}
.measures .value {{font-size: 1.25rem; font-weight: 650; white-space: nowrap}}
.measures .value.said {{font-size: 1rem; white-space: normal}}
.measures .small {{font-size: .8125rem}}
.measures img {{max-width: 100%; vertical-align: middle}}
.measures .trend img {{width: 6.5rem; height: auto}}
.measures .icons :is(span, p) {{font-size: .8125rem}}
.measures .icons img {{width: 1.5rem; height: 1.5rem}}
.measures .latest {{min-width: 9.5rem}}
.measures .target {{min-width: 9.5rem}}
.measures .england {{min-width: 8.5rem}}
@container (max-width: {NARROW}) {{
  .measures thead, .measures caption {{position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)}}
  .measures tbody tr {{display: grid; grid-template-columns: minmax(0, 1fr) 7rem; column-gap: .6rem; padding: .5rem 0;
    border-bottom: 1px solid {COMMON_CAUSE}73}}
  .measures tbody :is(th, td) {{border-bottom: 0; padding: .1rem 0 .1rem .6rem}}
  .measures tbody :is(th, .change, .target, .england, .empty) {{grid-column: 1 / -1}}
  .measures .trend img {{width: 7rem}}
  .measures .england:empty {{display: none}}
}}
</style>"""


def measures_html(view: View, found: Iterable[Line], links: dict[str, str], *, name: str) -> str:
    """The table, for `st.html`; `links` has the address of each measure's own block, by its id, `name` is what the table is called.

    The period that most of them have stands in the caption, another with its value.
    """
    lines = list(found)
    beside = [_against_others(view, line) if line.trend.latest else "" for line in lines]
    england = any(beside)
    usual = usual_period(lines)
    shared = shared_reasons(view, (line.measure for line in lines))
    rows = "".join(
        _row(view, line, links[line.measure.id], usual, shared, against if england else None)
        for line, against in zip(lines, beside, strict=True)
    )
    titles = ("Measure", "Latest value, interval", "Over time", "Change", "Target", *(["Beside others"] if england else []))
    head = "".join(f'<th scope="col" role="columnheader">{title}</th>' for title in titles)
    return (
        f'{STYLE}<div class="measures">{_to_check(shared)}<table role="table"><caption>{html.escape(_caption(name, usual))}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{rows}</tbody></table></div>'
    )


def _to_check(shared: Mapping[str, int]) -> str:
    """What is wrong with the data of several measures, said once."""
    return "".join(
        f'<p class="small">To check in {plural(count, "measure")}: {html.escape(reason)}</p>' for reason, count in shared.items()
    )


def usual_period(found: Sequence[Line]) -> str:
    """The latest complete period that most of the measures have, in words; empty where none has one."""
    counted = Counter(period_words(line.trend.latest) for line in found if line.trend.latest)
    return counted.most_common(1)[0][0] if counted else ""


def _caption(name: str, usual: str) -> str:
    return f"{upper_first(usual)} unless a line says otherwise, with 95% confidence intervals. {name}" if usual else name


def _row(view: View, line: Line, link: str, usual: str, shared: Collection[str], against: str | None) -> str:
    """`against` is what stands in the last column; None where there is none."""
    measure, trend, row = line.measure, line.trend, line.trend.latest
    about = f"Statement {line.statement}. {better_words(measure)}"
    title = (
        f'<th scope="row" role="rowheader"><a href="{html.escape(link)}">{html.escape(measure.title)}</a>'
        f'<p class="small">{about}</p>{quality_mark(view, measure, shared)}</th>'
    )
    style = "line concern" if Finding.CONCERN in line.findings else "line"
    if row is None:
        width = 4 if against is None else 5
        empty = html.escape(why_empty(view, measure) if not trend.earlier else f"{headline(trend)}. {earlier_words(trend)}.")
        return f'<tr class="{style}" role="row">{title}{_cell("empty small", empty, width)}</tr>'
    return f'<tr class="{style}" role="row">{title}' + "".join([
        _cell("latest", _value(line, usual)), _cell("trend", sparkline(trend, target_line=view.filters.target_lines)),
        _cell("change icons", variation_icon(trend.variation, rounded=bool(trend.unfit))), _cell("target icons", _target(line)),
        *([] if against is None else [_cell("england", against)]),
    ]) + "</tr>"


def _cell(kind: str, inner: str, width: int = 1) -> str:
    across = f' colspan="{width}"' if width > 1 else ""
    return f'<td class="{kind}" role="cell"{across}>{inner}</td>'


def _value(line: Line, usual: str) -> str:
    """The latest value, what it is made from, and its period where that is not the usual one. One that is rounded to nothing, or to all
    there are, is itself in the words of what it is made from."""
    measure, row = line.measure, line.trend.latest
    assert row is not None
    away = is_rounded_away(measure, row)
    unit = "" if away else " on average" if measure.kind == "mean" else f" {getattr(measure, 'per_words', '')}".rstrip()
    told = [] if away else [short_counted(measure, row)]
    if row["lower"] is not None and row["upper"] is not None:
        told.append(row_range(measure, row))
    if row["rounded"]:
        told.append(ROUNDED)
    if period_words(row) != usual:
        told.append(upper_first(period_words(row)))
    small = "".join(f'<p class="small">{html.escape(words)}</p>' for words in told)
    style = "value said" if away else "value"
    return f'<p><span class="{style}">{html.escape(row_figure(measure, row))}</span>{html.escape(unit)}</p>{small}'


def _target(line: Line) -> str:
    icon = assurance_icon(line.trend.assurance) if line.trend.assurance else ""
    return f"<p>{html.escape(target_status_words(line))}</p>{icon}"


def target_status_words(line: Line) -> str:
    """What the latest value says about the target, in words."""
    status, row = line.trend.target_status, line.trend.latest
    if status is None or row is None:
        return "No target is set"
    return STATUS_WORDS[status].format(target=target_words(line.measure, row["target"]))


def _against_others(view: View, line: Line) -> str:
    """How the latest value stands against England's last published figure, if one is fair to the measure, and against the others that are
    loaded with the one authority shown; empty without either."""
    against = england_words(line.trend, view.comparison(line.trend)), overview_words(line.trend, view.pooled(line.trend))
    return "".join(
        f'<p class="small"><b>{html.escape(standing)}</b></p><p class="small">{html.escape(level)}</p>'
        for standing, level in against if standing
    )
