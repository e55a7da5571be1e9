"""Who is looking, what their role lets them have, and where the dashboard may be served. Streamlit has no part in this."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.access import Access, Grant, Role
from dashboard.text.formatting import listing

DATA_QUALITY = "data_quality"
LOAD = "load"
AUDIT_LOG = "audit"
RELEASE = "released"
LEAST_ROLE = {DATA_QUALITY: Role.ANALYST, LOAD: Role.ANALYST, RELEASE: Role.ADMINISTRATOR, AUDIT_LOG: Role.ADMINISTRATOR}
"""The pages that not everybody has, and the least role that has them. All others are everybody's."""

ROLE_WORDS = {
    Role.VIEWER: "Viewer: the protected view",
    Role.MANAGER: "Manager: exact numbers for your own teams",
    Role.ANALYST: "Analyst: exact numbers",
    Role.ADMINISTRATOR: "Administrator: exact numbers, released periods and the audit log",
}
DEMO_ROLE, DEMO_TEAM = "demo_role", "demo_team"
"""Keys, in the address too, of what somebody chooses who looks at the made-up authority."""
FIRST_DEMO_ROLE = Role.ANALYST
"""What somebody who looks at the made-up authority sees first: everything a service would see of itself."""

NAMING_CLAIMS = ("email", "preferred_username", "upn", "sub")
"""Who a person is in the audit log: the first of these claims that the sign-in carries."""


class SignInEnded(Exception):
    """The sign-in is too old, or doesn't say how old it is; the person has to sign in again."""


class NotAllowed(Exception):
    """The person has signed in, and the settings give them nothing to see. `who` is who they are."""

    def __init__(self, who: str) -> None:
        super().__init__(f"You are signed in as {who}, and have no access to this dashboard. Ask whoever runs it to give you a role.")
        self.who = who


@dataclass(frozen=True)
class Person:
    """`name` is for the page, `who` for the audit log. `teams` and `providers` are a manager's, and empty for all others."""

    name: str
    who: str
    role: Role
    teams: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    @property
    def role_words(self) -> str:
        """The role as the audit log has it: 'manager (teams: North, South)'."""
        parts = [f"{name}: {', '.join(values)}" for name, values in (("teams", self.teams), ("providers", self.providers)) if values]
        return f"{self.role} ({'; '.join(parts)})" if parts else self.role.value

    @property
    def part_words(self) -> str:
        """Whose children a manager's numbers are, in words: 'team ‘North’', 'teams ‘A’ and ‘B’ and provider ‘C’'; empty for all others."""
        parts = []
        for noun, values in (("team", self.teams), ("provider", self.providers)):
            if values:
                parts.append(f"{noun}{'s' * (len(values) > 1)} {listing([f'‘{value}’' for value in values])}")
        return " and ".join(parts)

    def may_have(self, page: str) -> bool:
        """Whether the person's role has a page."""
        return self.role.rank >= LEAST_ROLE.get(page, Role.VIEWER).rank


WITHOUT_SIGN_IN = Person("", "without sign-in", Role.VIEWER)
"""Whoever looks at a dashboard that has no sign-in."""


def person_from_claims(claims: Mapping[str, Any], access: Access, now: datetime.datetime) -> Person:
    """The person whom a sign-in's claims describe, with the role that `access` gives them.

    `now` has a time zone. Raises SignInEnded and NotAllowed.
    """
    _check_age(claims, access.sign_in_hours, now)
    who = next((str(claims[name]) for name in NAMING_CLAIMS if claims.get(name)), "someone without a name")
    name = str(claims.get("name") or who)
    fitting = [grant for grant in access.grants if _fits(grant, claims)]
    if not fitting:
        if access.everyone_else is None:
            raise NotAllowed(who)
        return Person(name, who, access.everyone_else)
    role = max((grant.role for grant in fitting), key=lambda role: role.rank)
    counting = [grant for grant in fitting if grant.role is role]
    teams = sorted({team for grant in counting for team in grant.teams})
    providers = sorted({provider for grant in counting for provider in grant.providers})
    return Person(name, who, role, tuple(teams), tuple(providers))


def demo_person(role: Role, team: str | None) -> Person:
    """Somebody who looks at the made-up authority in a role; a manager of one team."""
    teams = (team,) if role is Role.MANAGER and team else ()
    return Person("", "demo visitor", role, teams)


def _check_age(claims: Mapping[str, Any], hours: float, now: datetime.datetime) -> None:
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise SignInEnded("Your sign-in does not say when it was made. Sign in again.")
    age = now.timestamp() - issued
    if not -300 <= age < hours * 3600:  # five minutes for clocks that differ
        raise SignInEnded("Your sign-in has ended. Sign in again to continue.")


def _fits(grant: Grant, claims: Mapping[str, Any]) -> bool:
    """Whether a claim is, or as a list holds, one of the grant's values. E-mail addresses differ in more than capitals."""
    if grant.claim == "email" and claims.get("email_verified") in (False, "false"):
        return False
    held = claims.get(grant.claim)
    values = held if isinstance(held, list) else [held]
    if grant.claim == "email":
        return bool({value.casefold() for value in values if isinstance(value, str)} & {value.casefold() for value in grant.values})
    return any(isinstance(value, str) and value in grant.values for value in values)


def is_this_machine(address: str | None) -> bool:
    """Whether a server that listens on this address can be reached from this machine only. None and '' are every address."""
    if not address:
        return False
    if address.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def refusal_to_serve(address: str | None, *, sign_in: bool, deployment_protects: bool) -> str | None:
    """Why the dashboard must not be served on an address, or None when it may be."""
    if sign_in or deployment_protects or is_this_machine(address):
        return None
    return (
        f"Without sign-in, the dashboard is served on this machine only, and {address or 'every network address'} can be reached from "
        "others. Either set up sign-in in .streamlit/secrets.toml (SECURITY.md says how), or serve it on localhost, or, where the "
        "deployment itself keeps others out, set deployment_protects = true in config/access.toml."
    )
