"""Sign-in through Streamlit's OpenID Connect: who looks, what stands in place of a page for those who may not, and the demo's switch."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from config.access import Role, access
from config.toml_file import ConfigError
from dashboard.access import personal
from dashboard.access.roles import (
    DEMO_ROLE,
    DEMO_TEAM,
    FIRST_DEMO_ROLE,
    ROLE_WORDS,
    WITHOUT_SIGN_IN,
    NotAllowed,
    Person,
    SignInEnded,
    demo_person,
    person_from_claims,
    refusal_to_serve,
)
from dashboard.text.formatting import escape_markdown, upper_first
from data_access.audit import Action, AuditUnavailable, Entry, has_signed_out, record, recorded
from data_access.workspace import WorkspaceUnavailable

_logger = logging.getLogger(__name__)
_NOTED = "_sign_in_noted"
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
LEAST_COOKIE_SECRET = 32
AT_THIS_MACHINE = "at this machine (qs133 serve --personal)"
SECONDS_BETWEEN_QUESTIONS = 1.0
"""How long it is believed that somebody hasn't signed out in another process."""

_PEOPLE_KEPT = 10_000
_signed_out: set[tuple[str, str]] = set()
_still_in: dict[tuple[str, str], float] = {}


def sign_in_configured() -> bool:
    """Whether Streamlit's secrets have an [auth] section.

    Raises ConfigError where it lacks a setting or its cookie secret is short enough to be guessed.
    """
    try:
        if "auth" not in st.secrets:
            return False
    except StreamlitSecretNotFoundError:
        return False
    auth = st.secrets["auth"]
    for name in _NEEDED:
        if not auth.get(name):
            raise ConfigError(f"The section [auth] of secrets.toml lacks {name!r}. Add it: SECURITY.md has an example.")
    if len(auth["cookie_secret"]) < LEAST_COOKIE_SECRET:
        raise ConfigError(
            f"The cookie_secret in secrets.toml has fewer than {LEAST_COOKIE_SECRET} characters, and could be guessed. Make one with: "
            "python -c \"import secrets; print(secrets.token_urlsafe(48))\""
        )
    return True


def refusal_here() -> str | None:
    """Why this server must not be used from where the visitor is, or None. For servers started without `qs133 serve`, too."""
    sign_in, rules = sign_in_configured(), access()
    address: str | None = st.get_option("server.address")
    refusal = refusal_to_serve(address, sign_in=sign_in, deployment_protects=rules.deployment_protects)
    host = st.context.headers.get("Host")
    if refusal is None and host is not None:
        # A name that is not this machine's: the server is reached from elsewhere whatever address it was told, or a page of
        # another site has had its own name resolved to this machine.
        refusal = refusal_to_serve(host_name(host), sign_in=sign_in, deployment_protects=rules.deployment_protects)
    return refusal


def host_name(host: str) -> str:
    """The name or address in a Host header, without the port."""
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def visitor(workspace: Callable[[], sa.Engine]) -> tuple[Person, Callable[[], Person | None]]:
    """Who looks, and a function that says who they are by now (None: somebody who may not).

    Draws a page that says what to do, and ends the run, for a person who has not signed in or has no access.
    Raises ConfigError, and AuditUnavailable when the sign-in of somebody who would see exact figures can't be written down.
    """
    if personal.ACCESS:
        return _at_this_machine(personal.ACCESS, workspace)
    if not sign_in_configured():
        return WITHOUT_SIGN_IN, lambda: WITHOUT_SIGN_IN
    claims = dict(st.user.to_dict())
    if not claims.get("is_logged_in"):
        _sign_in_page("Sign in to see this dashboard", "It is about children in care, and only for people with access.")
    try:
        person = person_from_claims(claims, access(), _now())
    except SignInEnded as ended:
        _sign_in_page("Sign in again", str(ended))
    except NotAllowed as refused:
        _note(workspace, Entry(refused.who, "none", Action.REFUSED, _sign_in_words(claims)), needed=False)
        _no_access_page(str(refused))
    if _ended(workspace, person, _sign_in_words(claims)):
        _sign_in_page("Sign in again", "You have signed out.")
    _note(workspace, Entry(person.who, person.role_words, Action.SIGN_IN, _sign_in_words(claims)), needed=person.role.exact)
    return person, lambda: person_by_now(claims, workspace)


def everybody_is_known() -> bool:
    """Whether whoever looks is somebody: they have signed in, or it is the one person at this machine. Raises ConfigError."""
    return personal.ACCESS is not None or sign_in_configured()


def _at_this_machine(access: personal.PersonalAccess, workspace: Callable[[], sa.Engine]) -> tuple[Person, Callable[[], Person | None]]:
    cookies = dict(st.context.cookies)
    person = access.person(cookies)
    if person is None:
        st.title("Signed out", anchor=False)
        st.markdown("To go on, stop 'qs133 serve --personal' with Ctrl+C, start it again and open the address that it prints.")
        st.stop()
    _note(workspace, Entry(person.who, person.role_words, Action.SIGN_IN, AT_THIS_MACHINE), needed=True)
    return person, lambda: access.person(cookies)


def person_by_now(claims: Mapping[str, Any], workspace: Callable[[], sa.Engine]) -> Person | None:
    """The person of these claims under the settings and at the time of the call; None when they may not look any more.

    Raises AuditUnavailable where nobody can say whether somebody who sees exact figures has signed out.
    """
    try:
        person = person_from_claims(claims, access(), _now())
        return None if _ended(workspace, person, _sign_in_words(claims)) else person
    except (SignInEnded, NotAllowed, ConfigError):
        return None


def demo_switch(teams: Callable[[], list[str]]) -> Person:
    """Draws the switch between roles, and gives the person in the chosen one. Only for made-up data that needs no sign-in."""
    with st.sidebar.container(border=True):
        chosen = st.selectbox(
            "This authority is made up. View it as", [role.value for role in Role], index=FIRST_DEMO_ROLE.rank, format_func=upper_first,
            key=DEMO_ROLE, bind="query-params",
        )
        role = Role(chosen)
        st.caption(ROLE_WORDS[role])
        team = st.selectbox("The manager's team", teams(), key=DEMO_TEAM, bind="query-params") if role is Role.MANAGER else None
    return demo_person(role, team)


def _ended(workspace: Callable[[], sa.Engine], person: Person, words: str) -> bool:
    """Whether this sign-in has ended with a sign-out, in whichever browser. Raises AuditUnavailable for who sees exact figures."""
    key = person.who, words
    if key in _signed_out:
        return True
    if time.monotonic() - _still_in.get(key, -SECONDS_BETWEEN_QUESTIONS) < SECONDS_BETWEEN_QUESTIONS:
        return False
    try:
        ended = has_signed_out(workspace(), *key)
    except (AuditUnavailable, WorkspaceUnavailable) as problem:
        if person.role.exact:
            raise AuditUnavailable(f"No exact numbers are shown while nobody can say who has signed out. {problem}") from problem
        return False
    if ended:
        _signed_out.add(key)
        return True
    if len(_still_in) > _PEOPLE_KEPT:
        _still_in.clear()
    _still_in[key] = time.monotonic()
    return False


def signed_in_as(person: Person, workspace: Callable[[], sa.Engine]) -> None:
    """Who is signed in, in which role, and the way out."""
    with st.sidebar.container(border=True):
        st.markdown(f"Signed in as **{escape_markdown(person.name)}**, {escape_markdown(person.role_words)}")
        if st.button("Sign out", icon=":material/logout:"):
            sign_out(person, workspace)


def sign_out(person: Person, workspace: Callable[[], sa.Engine]) -> None:
    """Ends the person's session here, whoever has a copy of its cookie. Raises AuditUnavailable where that can't be written down."""
    words = AT_THIS_MACHINE if personal.ACCESS else _sign_in_words(dict(st.user.to_dict()))
    if personal.ACCESS:
        personal.ACCESS.end(dict(st.context.cookies))
    record(workspace(), Entry(person.who, person.role_words, Action.SIGN_OUT, words))
    if personal.ACCESS:
        st.rerun()
    _signed_out.add((person.who, words))
    st.logout()


def refused_page(sentence: str) -> None:
    """In place of every page where the dashboard must not be served."""
    st.title("This dashboard is not served here", anchor=False)
    st.warning(sentence, icon=":material/lock:")


def _sign_in_page(title: str, words: str) -> None:
    st.title(title, anchor=False)
    st.markdown(words)
    if st.button("Sign in", icon=":material/login:"):
        st.login()
    st.stop()


def _no_access_page(words: str) -> None:
    st.title("No access", anchor=False)
    st.warning(escape_markdown(words), icon=":material/lock:")
    if st.button("Sign out", icon=":material/logout:"):
        st.logout()
    st.stop()


def _note(workspace: Callable[[], sa.Engine], entry: Entry, *, needed: bool) -> None:
    """Writes a sign-in down once, however many windows and clicks it lasts."""
    if st.session_state.get(_NOTED) == entry:
        return
    try:
        if not recorded(workspace(), entry):
            record(workspace(), entry)
        st.session_state[_NOTED] = entry
    except AuditUnavailable:
        if needed:
            raise
        _logger.warning("A sign-in could not be written to the audit log.")


def _sign_in_words(claims: Mapping[str, Any]) -> str:
    """Which sign-in this is: when the identity provider made it."""
    try:
        made = datetime.datetime.fromtimestamp(float(claims["iat"]), datetime.UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return "signed in at an unknown time"
    return f"signed in at {made:%Y-%m-%d %H:%M:%S} UTC"


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
