"""Somebody at a running dashboard without a browser: speaks Streamlit's own messages, and keeps all that a browser would be given."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

SECONDS = 300
MESSAGE, CHART, TABLE, FILE = "message", "chart", "table", "file"
"""Where something came from: words of a message, a chart's numbers and hover texts, a table's cells, a file or picture by its address."""


@dataclass
class Wire:
    """A session at `address`, as the demo role in `query`. `given` has what came, each with where from and on which page."""

    address: str
    query: str
    given: list[tuple[str, str, str]] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    """By name, the hash of each page that the navigation has."""
    _switches: dict[str, list[str]] = field(default_factory=dict)
    _session: str = ""

    def walk(self) -> None:
        """Opens every page of the navigation, and on each whatever can be opened."""
        self._open("", "")
        for page, script in list(self.pages.items()):
            self._open(page, script)

    def _open(self, page: str, script: str) -> None:
        socket = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self._switches = {}
        with connect(socket, origin=Origin(self.address), subprotocols=[Subprotocol("streamlit")], max_size=None) as connection:
            self._draw(connection, page, script)
            if self._switches:
                self._draw(connection, page, script)

    def _draw(self, connection: ClientConnection, page: str, script: str) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.page_name = self.query, script, ""
        for switch, options in self._switches.items():
            widget = state.widget_states.widgets.add()
            widget.id = switch
            widget.string_array_value.data.extend(options)
        connection.send(message.SerializeToString())
        files: list[str] = []
        while True:
            came = ForwardMsg.FromString(connection.recv(timeout=SECONDS, decode=False))
            files += self._keep(came, page)
            if came.WhichOneof("type") == "script_finished":
                break
        for file in dict.fromkeys(files):
            self._fetch(connection, file, page)

    def _keep(self, came: ForwardMsg, page: str) -> Iterator[str]:
        """Keeps what a message says, and gives what is to be fetched: addresses, and ids of files that are made when asked for."""
        for entry in came.navigation.app_pages:
            self.pages[entry.url_pathname or entry.page_name] = entry.page_script_hash
        self._session = came.new_session.initialize.session_id or self._session
        element = came.delta.new_element
        if element.WhichOneof("type") == "button_group" and "more_" in element.button_group.id:
            self._switches[element.button_group.id] = [
                f"{option.content_icon} {option.content}".strip() for option in element.button_group.options
            ]
        if element.WhichOneof("type") == "exception":
            raise AssertionError(element.exception.message)
        for text, raw in _fields(came):
            if raw:
                self.given.append((TABLE, page, table_words(raw)))
            elif text.startswith("{") and '"data"' in text and '"layout"' in text:
                self.given.append((CHART, page, chart_words(text)))
            elif re.fullmatch(r"/?media/\S+", text):
                yield text
            else:
                self.given.append((MESSAGE, page, text))
                yield from re.findall(r"/media/[0-9a-f]+\.\w+", text)
        if element.WhichOneof("type") == "download_button" and element.download_button.deferred_file_id:
            yield f"deferred:{element.download_button.deferred_file_id}"

    def _fetch(self, connection: ClientConnection, file: str, page: str) -> None:
        if file.startswith("deferred:"):
            message = BackMsg()
            message.backend_operation_request.request_id, message.backend_operation_request.session_id = file, self._session
            message.backend_operation_request.deferred_file.file_id = file.removeprefix("deferred:")
            connection.send(message.SerializeToString())
            while True:
                came = ForwardMsg.FromString(connection.recv(timeout=SECONDS, decode=False))
                if came.WhichOneof("type") == "backend_operation_response":
                    assert not came.backend_operation_response.error_msg, came.backend_operation_response.error_msg
                    file = came.backend_operation_response.deferred_file.url
                    break
        with urllib.request.urlopen(f"{self.address}/{file.lstrip('/')}", timeout=SECONDS) as answer:
            self.given.append((FILE, page, file_words(answer.read().decode("utf-8", errors="replace"))))


def _fields(message: Message) -> Iterator[tuple[str, bytes]]:
    """Every text and every string of bytes of a message, whatever holds it."""
    for descriptor, value in message.ListFields():
        for each in value if descriptor.is_repeated else [value]:
            if descriptor.type == FieldDescriptor.TYPE_MESSAGE and isinstance(each, Message):
                yield from _fields(each)
            elif descriptor.type == FieldDescriptor.TYPE_MESSAGE:  # the key of a map
                held = value[each]
                yield from _fields(held) if isinstance(held, Message) else [(str(held), b"")]
            elif descriptor.type == FieldDescriptor.TYPE_BYTES:
                yield "", each
            elif descriptor.type == FieldDescriptor.TYPE_STRING:
                yield each, b""


def table_words(raw: bytes) -> str:
    """An Arrow table's cells as CSV, and whole numbers beside each other as '7 of 23', because that is how tables have them."""
    cells = pl.read_ipc_stream(io.BytesIO(raw)).with_columns(pl.all().cast(pl.String))
    beside = [
        f"{after} of {before}" for row in cells.iter_rows() for before, after in itertools.pairwise(row)
        if before and after and before.isdecimal() and after.isdecimal()
    ]
    return "\n".join([cells.write_csv(), *beside])


def file_words(text: str) -> str:
    """A file, and where it is a CSV file with numerators and denominators, these as '7 of 23' too."""
    rows = csv.DictReader(io.StringIO(text)) if "numerator" in text.partition("\n")[0] else ()
    counts = ((row["numerator"], row["denominator"]) for row in rows)
    return "\n".join([text, *(f"{k.removesuffix('.0')} of {n}" for k, n in counts if k and n)])


def chart_words(spec: str) -> str:
    """A Plotly figure's JSON, with its arrays of numbers written out."""
    return json.dumps(_written_out(json.loads(spec)), ensure_ascii=False)


def _written_out(part: Any) -> Any:
    if isinstance(part, dict):
        if {"dtype", "bdata"} <= part.keys():
            return np.frombuffer(base64.b64decode(part["bdata"]), dtype=np.dtype(part["dtype"])).tolist()
        return {name: _written_out(each) for name, each in part.items()}
    return [_written_out(each) for each in part] if isinstance(part, list) else part
