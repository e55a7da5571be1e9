"""The units of the measures: what one row is.

`CHILDREN_*` are child-periods for a set of needs; the others are events.
"""

from metrics.units.care_starts import CARE_STARTS
from metrics.units.child_periods import CHILDREN_ANY, CHILDREN_CONFIRMED, CHILDREN_RISK
from metrics.units.events import ASSESSMENTS, PROGRAMME_ENDS, PROGRAMME_STARTS

UNITS = (PROGRAMME_STARTS, ASSESSMENTS, PROGRAMME_ENDS, CHILDREN_ANY, CHILDREN_RISK, CHILDREN_CONFIRMED, CARE_STARTS)

__all__ = [
    "ASSESSMENTS", "CARE_STARTS", "CHILDREN_ANY", "CHILDREN_CONFIRMED", "CHILDREN_RISK", "PROGRAMME_ENDS", "PROGRAMME_STARTS", "UNITS",
]
