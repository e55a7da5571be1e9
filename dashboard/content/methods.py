"""The methods explained at length for the definitions page, with their sources."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One method: an anchor, a title, and Markdown."""

    id: str
    title: str
    text: str


INTERVALS = Method("intervals", "Intervals: how sure a number is", """
With 20 children, one child more or less moves a share by 5 percentage points. A **95% confidence interval** says how far a number
could be from what the service would show with many more children: intervals made this way hold the true level 19 times out of 20.

- **Shares** have Wilson's score interval, which stays between 0% and 100% and is right for small numbers.
- **Rates** have the exact Poisson interval below 10 events and Byar's approximation from 10.
- **Averages** have Student's t interval, and none below two children.
- **Attendance** is sessions over sessions, but a child who misses one session often misses the next. Its interval therefore treats each
  child's sessions as one piece of evidence. It is much wider than one that counts sessions as if they were separate, and right.

Groups are added up before an interval is taken. *Sources: Newcombe (1998), Statistics in Medicine 17:857; APHO Technical Briefing 3;
Breslow and Day (1987); Cochran (1977), Sampling Techniques, chapter 6.*
""")

PROCESS_CONTROL = Method("process-control", "Process control: has anything really changed?", """
Every series goes up and down. Process control tells the ups and downs that belong to a steady service (**common cause**) from those that
call for a reason (**special cause**).

The **line in the middle** is the average. The **limits** on both sides are where nearly all points of a steady service lie. Which chart
draws them depends on the measure, and is said under each chart:

- **XmR**, for programmes and assessments: limits come from how much neighbouring periods differ, 2.66 times their average difference on
  each side.
- **P chart**, for shares whose numbers of children differ by more than a quarter around their mean: limits are wider where there are
  fewer children.
- **U chart**, for rates: limits are wider where there are fewer children or days.
- **Run chart**, below 13 complete periods: the median, and two questions. Is the longest run on one side longer than chance explains?
  Does the line cross the median less often than chance explains?

- **Exact limits**, where fewer than five a period have the outcome or lack it: they come from the probabilities themselves.
- **Laney's charts**, for measures of children who stay: limits come from the spread between children, and are wider where periods vary
  more than that explains.
- Where there is a **rhythm of the year** (attendance, suspensions, SDQ), a period is compared with the average for its time of year, and
  with the same period a year before as long as there are less than three years.

A point is **flagged** when one of these holds, each of which is rare while nothing changes:

- it lies outside the limits;
- it is one of seven or more in a row on one side of the average (a shift);
- it is one of seven or more in a row that rise, or fall, each time (a trend);
- it is one of two in three neighbours that lie more than two thirds of the way to a limit, all three on the same side of the average.

**Not every rule holds for every measure**; the line under a chart says which don't. Where a point looks back further than its period (a
plan of the last 183 days, training of the last two years), neighbouring points count much of the same, and only a point outside the limits
is a signal. Where few are counted, a run is a signal once it is as unlikely as seven points on one side usually are. Around seasonal
averages a run has nine points. With these rules at most one in ten series in which nothing changes shows any signal in 16 periods, and at
most 3 in 100 one in the latest.

The **first icon** says what the latest complete period is. Blue dots: improvement. Orange dots: concern, a change for the worse. Grey
dots: no clear change. H says that values are unusually high, L that they are unusually low; which of the two is better depends on the
measure. Where both improvement and concern could be said, improvement is shown.

The **second icon** holds the target against the limits of the latest period. P (pass): the target lies outside the limits on their good
side, so as things are it will be met consistently. F (fail): it lies outside on the bad side, so it will be missed consistently.
?: it lies within the limits, so it will be met at times. There is no second icon while the latest period is unusual: it comes back once the
change is explained and limits begin anew. A target of 100% (or 0%) can never lie outside the limits on the good side: nothing
that varies is shown as sure to reach it.

**Incomplete periods** are drawn hollow and take no part. A **rebase** begins limits anew on a day on which something was changed. It is a
person's decision with a reason, shown on the chart, and needs 13 new periods before limits come back.

*Sources: NHS England, Making Data Count; Wheeler (2000), Understanding Variation; Montgomery, Introduction to Statistical Quality
Control; Anhøj and Olesen (2014), PLOS ONE 9(11): e113825.*
""")

TARGETS = Method("targets", "Targets: will we meet ours?", """
NICE sets no levels: 100% (or 0%) is the aspiration, and desired levels of achievement are defined locally. A target is a number for a
measure with the date from which it holds, and there may be one for a placement of its own.

A value has **met** its target when its whole interval lies on the good side, has **missed** it when the whole interval lies on the bad
side, and is **not clear yet** when the interval reaches across. With small numbers 'not clear yet' is often the honest answer. A measure
without a target is compared with none. What grows with the length of the period, such as children who were suspended, has a target for
one length, and at other lengths nothing is compared.
""")

EQUALITY = Method("equality", "Equality: is anyone served worse?", """
Each group is compared with **the rest of the children**: not with 'White', which would make one group the yardstick of the others, and
not with all, which holds the group itself. 'Not recorded' is shown but not compared.

The **gap** is a difference in percentage points with Newcombe's interval. The **number of children** it stands for is how many more or
fewer children of the group there would be at the rest's level. Fisher's exact test says how easily chance alone gives such a gap, and as
there are many comparisons on a page, Benjamini and Hochberg's procedure keeps false alarms to one in twenty of those that are called
clear.

Below 10 children on either side nothing is said; below 30 the comparison is marked unreliable. Where the interval spans zero the words
are 'no clear difference'. Small groups are never called equal: nobody can tell.

*Sources: Newcombe (1998), Statistics in Medicine 17:873; Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B
57:289.*
""")

DISCLOSURE = Method("disclosure", "Small numbers: nobody may learn of a single child", """
Numbers below 10 children can point to a child. The exact view shows them to people whose role allows it, and says on every page and
export that it is not for sharing. In the protected view totals are exact. Numbers for groups are rounded at random to a multiple of 3,
never more than 2 from the truth, so that nobody can work out one child by subtracting. Groups therefore may not add up to the total: use
the total. Groups of fewer than about 10 children are hidden, and a period is shown once it is over. A hidden number is drawn as 'hidden to
protect children', never as a gap and never as 0; a number that was rounded to none is written '0 to 2'.
""")

METHODS = (INTERVALS, PROCESS_CONTROL, TARGETS, EQUALITY, DISCLOSURE)
