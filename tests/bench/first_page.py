"""What the first page costs a server that was just started, in the protected view and in the exact one; and what record keys cost a load.

`python -m tests.bench.first_page ROLE` draws the overview once, of the settings' database, and prints its seconds of processor time.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

import sqlalchemy as sa

from config.access import Role
from config.settings import PROJECT_FOLDER
from data_access.engines import engine
from data_access.load.record_keys import record_key
from data_access.tables import child
from tests.bench.measuring import Authority, Row

AIM = 1.1
"""Times what exact numbers cost."""
ROUNDS = 5


def rows(each: Authority) -> list[Row]:
    """The overview for a viewer against an analyst's, after a start and after a load, and a load with keys against one without."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "QS133_DATABASE_URL": f"duckdb:///{folder}/reporting.duckdb", "QS133_WORKSPACE_URL": f"sqlite:///{folder}/workspace.sqlite",
            "QS133_AUDIT_URL": f"sqlite:///{folder}/workspace.sqlite",
        }
        exact, protected, first, loads = list[float](), list[float](), list[float](), list[float]()
        for _ in range(ROUNDS):
            loads.append(_processor_seconds("-m", "dashboard.command_line", "load", *map(str, each.sources), settings=settings))
            first.append(_drawn(Role.VIEWER, settings))
            exact.append(_drawn(Role.ANALYST, settings))
            protected.append(_drawn(Role.VIEWER, settings))
        keys = _keys(settings["QS133_DATABASE_URL"])
    least, loading = statistics.median(exact), statistics.median(loads)
    return [
        Row(f"a load with record keys against one without, {each.words}", loading / (loading - keys), "times", AIM, loading),
        *(
            Row(f"{words}, protected against exact, {each.words}", seconds / least, "times", AIM, seconds)
            for words, seconds in (
                ("first page after a start", statistics.median(protected)), ("first page after a load", statistics.median(first)),
            )
        ),
    ]


def _keys(address: str) -> float:
    """Seconds of processor time that the keys of all children take."""
    with engine(address).connect() as connection:
        ids = connection.scalars(sa.select(child.c.child_id)).all()
    start = time.process_time()
    for each in ids:
        record_key(b"a secret that is as long as any", each)
    return time.process_time() - start


def _processor_seconds(*arguments: str, settings: Mapping[str, str]) -> float:
    """What Python takes with these arguments."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=PROJECT_FOLDER, env=os.environ | settings)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _drawn(role: Role, settings: Mapping[str, str]) -> float:
    """Seconds of processor time of a start and the overview, in a process of its own."""
    return _processor_seconds("-m", "tests.bench.first_page", role.value, settings=settings)


def _draw(role: Role) -> None:
    """Draws it here, as somebody in a role who needs no sign-in."""
    from streamlit import config
    from streamlit.testing.v1 import AppTest

    from dashboard.access import roles

    config._main_script_path = str(PROJECT_FOLDER / "dashboard" / "server.py")
    config.get_config_options(force_reparse=True)
    roles.WITHOUT_SIGN_IN = roles.Person("Somebody", "somebody", role)
    app = AppTest.from_file(str(PROJECT_FOLDER / "dashboard" / "app.py"), default_timeout=600)
    app.run()
    assert not app.exception, app.exception


if __name__ == "__main__":
    _draw(Role(sys.argv[1]))
