"""A made-up but realistic English local authority, written as the files that a real one would load.

The authority has SSDA903 returns, one folder for each collection year, and one folder of local extracts. Nothing
in it is real: the children, the ids and the figures come from a seeded random generator, and the same seed
writes the same bytes. Its register of attachment needs, and all that is counted from it, begins on its first
day. Its levels are near the national ones the Department for Education publishes: looked-after children's
absence about 9%, persistent absence about 20%, an average SDQ score of 14.9, three or more placements in a
year about 10%.

The stories a meeting should recognise in its quarterly figures (their numbers are in `stories`):

- `education_plan_up_to_date` improved when the virtual school changed its process in January 2025, seven
  quarters before the end: from about 68% to about 88%.
- `carer_trained` drifts down steadily over the last two years, from about 74% to below 60%.
- `video_feedback_received` misses its target of 60% in every quarter; it grew in its first year, then stood still.
- `assessed_before_programme` rises over two years and then meets its target.
- Placement breakdown is about 4% a quarter, with one spike in the summer of 2025; three or more
  placements in a year, which looks back a year, is a little higher after it.
- Suspensions follow the school year and are otherwise stable.
- Children in residential care are plainly served worse: far fewer have an up-to-date education plan, and more
  are suspended.
- The ethnicity group 'Other' is so small that nothing can be said about it.

Ten rows of the extracts are bad on purpose (`extracts.bad_rows`) and three children's ethnicity disagrees with
the return, so that the data-quality page has something to show.
"""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from data_access.demo.children import population
from data_access.demo.extracts import write_extracts
from data_access.demo.journeys import Journeys
from data_access.demo.placements import settle_breakdowns
from data_access.demo.school_calendar import window
from data_access.demo.ssda903 import return_years, write_return
from data_access.demo.support import Support
from data_access.demo.year_before import record_year_before

LAST_DAY = date(2026, 9, 30)


def write_demo(folder: Path, *, seed: int = 133, children: int = 600, years: int = 4, last_day: date = LAST_DAY) -> list[Path]:
    """Writes the demo authority into a folder; the same arguments write the same bytes.

    Returns the source folders in the order to load them: the returns by collection year (`ssda903-2022-23`, …,
    the last for part of a year if `last_day` is inside it), then `extracts`. `children` is how many are known at
    some time in the `years` up to `last_day`, included; the as-at date that follows from the data is `last_day`.
    Raises ValueError for fewer than 50 children or less than one year.
    """
    if children < 50 or years < 1:
        raise ValueError("A demo authority needs at least 50 children and one year.")
    days = window(last_day, years)
    made = population(random.Random(f"{seed} population"), days, children)
    Journeys(random.Random(f"{seed} journeys"), days).run(made)
    settle_breakdowns(random.Random(f"{seed} breakdowns"), made, days)
    support = Support(random.Random(f"{seed} support"), days, made)
    support.run()
    record_year_before(random.Random(f"{seed} year before"), days, made, support)
    sources = []
    for year in return_years(days):
        source = folder / f"ssda903-{year - 1}-{year % 100:02}"
        if write_return(random.Random(f"{seed} return {year}"), source, days, year, made, support):
            sources.append(source)
    write_extracts(folder / "extracts", days, made, support, seed)
    return [*sources, folder / "extracts"]
