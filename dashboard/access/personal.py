"""The dashboard for the one person at this machine: a token that works once, the cookie that it becomes, and who may come in with it.

`qs133 serve --personal` starts the server with a key and a token in its environment, which only that person's processes can read. The
key is another at each start, so an earlier start's tokens and cookies are worth nothing.
"""

from __future__ import annotations

import getpass
import hmac
import json
import os
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer

from config.access import Role, access
from config.toml_file import ConfigError
from dashboard.access.roles import Person, is_this_machine

VARIABLE = "PERSONAL_DASHBOARD"
TOKEN = "token"
_SALT = "personal"
SIGN_IN_CONFIGURED = (
    "Sign-in is configured here, so everybody signs in, also at this machine: leave out --personal, or start in a folder without sign-in."
)
ELSEWHERE = "With --personal, the dashboard is served on this machine only. Leave out --address, or give localhost."


def personal_refusal(address: str, *, sign_in: bool) -> str | None:
    """Why the dashboard can't be served for one person on an address, or None where it can."""
    if sign_in:
        return SIGN_IN_CONFIGURED
    return None if is_this_machine(address) else ELSEWHERE


@dataclass
class PersonalAccess:
    """Who may come in while one server runs. `user` is the operating system's name of the person, `port` the server's."""

    key: str
    token: str
    user: str
    port: int
    used: bool = False
    ended: set[str] = field(default_factory=set)

    @property
    def cookie_name(self) -> str:
        """A cookie counts for all ports of a host; two dashboards must not overwrite each other's."""
        return f"qs133_personal_{self.port}"

    def exchange(self, token: str) -> str | None:
        """The cookie's value for the token; None for another one, and when it has been used."""
        if self.used or not hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        self.used = True
        return self._signer().dumps(secrets.token_urlsafe(16))

    def session(self, cookies: Mapping[str, str]) -> str | None:
        """The session that a browser's cookies belong to; None for a cookie that is missing, guessed, too old or signed out."""
        try:
            found = self._signer().loads(cookies.get(self.cookie_name, ""), max_age=int(access().sign_in_hours * 3600))
        except (BadData, ConfigError):
            return None
        return found if isinstance(found, str) and found not in self.ended else None

    def end(self, cookies: Mapping[str, str]) -> None:
        """Ends a session here, whoever may hold a copy of its cookie."""
        if session := self.session(cookies):
            self.ended.add(session)

    def person(self, cookies: Mapping[str, str]) -> Person | None:
        """The person, if the cookies are theirs: no weaker than `--exact`, which they have as well."""
        return Person(self.user, self.user, Role.ADMINISTRATOR) if self.session(cookies) else None

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=_SALT)


def new_access(port: int) -> tuple[str, str]:
    """What a server's environment variable has to say, and the token."""
    token = secrets.token_urlsafe(32)
    return json.dumps({"key": secrets.token_urlsafe(32), "token": token, "user": system_user(), "port": port}), token


def taken_from(environment: MutableMapping[str, str]) -> PersonalAccess | None:
    """The access that `qs133 serve --personal` has set up, taken out of the environment, which libraries may show or hand on."""
    held = environment.pop(VARIABLE, None)
    return PersonalAccess(**json.loads(held)) if held else None


def system_user() -> str:
    """The operating system's name of whoever runs this, which nobody sets in the shell where the system can be asked."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, AttributeError):
        pass
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "user without a name"


def own_host(host: str, port: int) -> bool:
    """Whether a Host header names this machine and this server. Another site's name may have been resolved to this machine."""
    try:
        address = urlsplit(f"//{host}")
        return address.username is None and is_this_machine(address.hostname) and (address.port or 80) == port
    except ValueError:
        return False


ACCESS = taken_from(os.environ)
"""What this server was started with; None in every other."""
