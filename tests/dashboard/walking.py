"""Walks the dashboard's pages as a demo visitor, and gives all that a browser would be given: words, charts' data, tables, files."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.elements.widgets import button
from streamlit.testing.v1 import AppTest

from config.settings import PROJECT_FOLDER
from dashboard.screens.measures.measure import MORE as SWITCHES
from dashboard.session.filters import MORE

SECONDS = 600
OPENED = {words.partition(" ")[2]: name for name, (words, _) in SWITCHES.items()}
"""What a measure's block has on request, by the words of its switch without the icon."""
WITH_TABLE = ("table", "dataframe", "arrow_table", "arrow_data_frame")


@dataclass
class Seen:
    """What one page gave: everything as text, and its files by name, each made when it is called."""

    page: str
    text: str
    files: dict[str, Callable[[], bytes]] = field(default_factory=dict)

    def rows(self, name: str) -> list[dict[str, str]]:
        """A CSV file's rows."""
        return list(csv.DictReader(io.StringIO(self.files[name]().decode())))


def html_words(app: AppTest) -> str:
    """The words of a page's HTML, without its markup; a paragraph or an item of a list is a line."""
    lines = (re.sub(r"</(p|li|td|th)>", "\n", element.proto.body) for element in app.get("html"))
    return "\n".join(html.unescape(re.sub(r"<[^>]*>", "", line)) for line in lines)


class Visitor:
    """Somebody in a role with filters in the address, who unfolds and opens whatever a page has."""

    def __init__(self, patch: pytest.MonkeyPatch, role: str, **address: str) -> None:
        self.files: dict[str, Callable[[], bytes]] = {}
        given = button.marshall_file

        def remember(path: str, data: Any, proto: Any, mime: str | None, file_name: str | None = None, **more: Any) -> None:
            self.files[file_name or ""] = data if callable(data) else lambda: data
            given(path, data, proto, mime, file_name, **more)

        patch.setattr(button, "marshall_file", remember)
        self.app = AppTest.from_file(str(PROJECT_FOLDER / "dashboard" / "app.py"), default_timeout=SECONDS)
        for name, value in {"demo_role": role, **address}.items():
            self.app.query_params[name] = value
        self.app.session_state[MORE] = True
        self._run("overview")

    def pages(self) -> list[str]:
        """The pages that the navigation has."""
        return list(dict.fromkeys(Path(info["script_path"]).stem for info in self.app._registered_pages.values()))

    def go(self, page: str) -> Seen:
        """Opens a page that the navigation has; ValueError for one that it hasn't."""
        self.files = {}
        self.app.switch_page(f"../pages/{page}.py")
        return self._run(page)

    def press(self, key: str) -> Seen:
        """Presses the button that has a key or a label."""
        found = next(each for each in self.app.button if key in (each.key, each.label))
        found.click()
        return self._run("")

    def _run(self, page: str) -> Seen:
        self.app.run()
        if blocks := [each for each in self.app.button_group if str(each.key).startswith("more_")]:
            for each in blocks:
                each.set_value([OPENED[option] for option in each.options])
            self.files.clear()
            self.app.run()
        assert not self.app.exception, [error.value for error in self.app.exception]
        self.last = Seen(page, "\n".join(self._texts()), dict(self.files))
        return self.last

    def _texts(self) -> Iterator[str]:
        for part in (self.app.main, self.app.sidebar):
            for node in part:
                proto = getattr(node, "proto", None)
                if proto is not None and getattr(node, "key", None) not in ("demo_role", "demo_team"):
                    yield json.dumps(MessageToDict(proto), ensure_ascii=False)
                if getattr(node, "type", "") in WITH_TABLE:
                    yield node.value.to_csv()
