"""People who look at the dashboard, for tests that are not about what they may see."""

from __future__ import annotations

from config.access import Role
from dashboard.access.roles import Person
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import Reporting

ANALYST = Person("Ann", "ann", Role.ANALYST)


class Agreeing:
    """A guard that lets everything through."""

    def before_exact(self) -> None:
        """Agrees."""

    def before_export(self, what: str) -> None:
        """Agrees."""


def exact(reporting: Reporting) -> PermittedReporting:
    """All figures, exact, as an analyst sees them."""
    return PermittedReporting(reporting, ANALYST, Agreeing())
