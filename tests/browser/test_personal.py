"""The dashboard of the one person at this machine, in real browsers."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from dashboard.access.personal import system_user
from data_access.audit import entries
from data_access.load import load
from tests.browser.conftest import launch
from tests.browser.server import personal_server
from tests.data_access.files import write

PATIENCE = 120_000


@dataclass(frozen=True)
class Served:
    address: str
    first: str
    home: Path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Real data, which nobody sees in another role than a viewer's without sign-in."""
    write(tmp_path / "source", "children", *({"child_id": f"{number}"} for number in range(30)))
    write(tmp_path / "source", "assessments", *({"assessment_id": f"{number}", "child_id": f"{number}"} for number in range(30)))
    load([tmp_path / "source"], f"duckdb:///{tmp_path / 'data' / 'qs133.duckdb'}")
    with personal_server(tmp_path) as (address, first):
        yield Served(address, first, tmp_path)


LOOK = """
import encodings.idna, http.client, os, sys, urllib.error, urllib.request
from pathlib import Path
if os.geteuid() == 0:  # everything is imported: the other user may not read where Python is
    import pwd
    other = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(other.pw_gid)
    os.setuid(other.pw_uid)
for process in Path("/proc").glob("[0-9]*"):
    for name in ("environ", "cmdline"):
        try:
            if sys.argv[2].encode() in (process / name).read_bytes():
                print("found in", name)
        except OSError:
            pass
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=30).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


def test_another_user_of_the_machine_gets_nothing(served: Served) -> None:
    """As root this looks as another user, who finds no trace of the token; as anybody else, from another program."""
    token = served.first.partition("token=")[2]
    # The program that looks is told half of the token, so that it doesn't find itself.
    look = [sys.executable, "-I", "-c", LOOK, served.address, token[: len(token) // 2]]
    done = subprocess.run(look, cwd="/", capture_output=True, text=True, check=True)
    own = [line for line in done.stdout.splitlines() if line == "found in cmdline"]
    assert len(own) == 1 and done.stdout.splitlines()[-1] == "403"
    if os.geteuid() == 0:
        assert "found in environ" not in done.stdout


@pytest.fixture
def another_site(served: Served) -> Iterator[str]:
    """A page of another port that asks the dashboard for things by a browser's own means."""
    page = f"""<!doctype html><title>other</title><p id="found">nothing</p><script>
        const say = text => document.getElementById("found").textContent = text;
        fetch("{served.address}/", {{credentials: "include", mode: "no-cors"}}).catch(() => 0);
        const socket = new WebSocket("{served.address.replace('http', 'ws')}/_stcore/stream", ["streamlit"]);
        socket.onopen = () => say("opened"); socket.onerror = () => say("refused");
    </script>"""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_the_browser_that_opens_the_address_first_is_the_administrators_and_no_other(
    browser: Browser, served: Served, another_site: str,
) -> None:
    own, other = browser.new_context(), browser.new_context()
    try:
        page = own.new_page()
        page.goto(served.first)
        expect(page.get_by_text("Signed in as")).to_contain_text("administrator", timeout=PATIENCE)
        assert "token" not in page.url and page.evaluate("document.cookie").count("qs133") == 0
        page.goto(f"{served.address}/audit")
        expect(page.get_by_role("heading", name="Audit log")).to_be_visible(timeout=PATIENCE)

        stranger = other.new_page()
        for address in (served.first, served.address, f"{served.address}/audit"):
            answer = stranger.goto(address)
            assert answer is not None and answer.status == 403
        expect(stranger.get_by_text("Open the address that 'qs133 serve --personal' printed")).to_be_visible()

        foreign = own.new_page()  # the same browser, which has the cookie
        foreign.goto(another_site)
        expect(foreign.locator("#found")).to_have_text("refused", timeout=PATIENCE)

        kept = own.cookies()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Signed out")).to_be_visible(timeout=PATIENCE)
        other.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": served.address} for cookie in kept])
        answer = stranger.goto(served.address)
        assert answer is not None and answer.status == 403
    finally:
        own.close()
        other.close()
    log = sa.create_engine(f"sqlite:///{served.home / 'data' / 'workspace.sqlite'}")
    found = entries(log).select("who", "role", "action").rows()
    log.dispose()
    assert (system_user(), "administrator", "sign_in") in found


GUESSES = ("", "guessed", "InNvbWVib2R5Ig.aGVyZQ.c2lnbmVk")


def answer_to(address: str, path: str = "/", **headers: str) -> int:
    """The status of a request with just these headers; underscores stand for hyphens."""
    host, _, port = address.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    try:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in {"Host": f"{host}:{port}", **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def stream_of(address: str, cookie: str, host: str | None = None, origin: str | None = None) -> int:
    """The status of the answer to a browser that asks for the stream of a page: 101 where it is opened."""
    own = address.removeprefix("http://")
    return answer_to(
        address, "/_stcore/stream", Host=host or own, Origin=origin or f"http://{host or own}", Cookie=cookie, Connection="Upgrade",
        Upgrade="websocket", Sec_WebSocket_Version="13", Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==", Sec_WebSocket_Protocol="streamlit",
    )


def test_a_guessed_cookie_and_another_name_of_the_machine_get_nothing(browser: Browser, served: Served) -> None:
    own, other = browser.new_context(), browser.new_context()
    elsewhere = launch(browser.browser_type, "--host-resolver-rules=MAP council.example 127.0.0.1")
    port = served.address.rpartition(":")[2]
    try:
        page = own.new_page()
        page.goto(served.first)
        expect(page.get_by_text("Signed in as")).to_contain_text("administrator", timeout=PATIENCE)
        (kept,) = [cookie for cookie in own.cookies() if cookie["name"].startswith("qs133")]
        assert kept["httpOnly"] and kept["sameSite"] == "Strict"
        right = f"{kept['name']}={kept['value']}"
        assert answer_to(served.address, Cookie=right) == 200 and stream_of(served.address, right) == 101

        begins, signed = kept["value"][:1], kept["value"][1:]
        for guess in (*GUESSES, kept["value"][:-1], f"{'B' if begins == 'A' else 'A'}{signed}", kept["value"].rpartition(".")[0]):
            wrong = f"{kept['name']}={guess}"
            assert answer_to(served.address, Cookie=wrong) == 403 and stream_of(served.address, wrong) == 403
        stranger = other.new_page()
        other.add_cookies([{"name": kept["name"], "value": "guessed", "url": served.address}])
        answer = stranger.goto(served.address)
        assert answer is not None and answer.status == 403

        for host in (f"council.example:{port}", f"localhost.council.example:{port}", "localhost", f"192.0.2.1:{port}"):
            assert answer_to(served.address, Host=host, Cookie=right) == 403 and stream_of(served.address, right, host) == 403
        assert stream_of(served.address, right, origin="http://council.example") == 403
        visitor = elsewhere.new_context()
        visitor.add_cookies([{"name": kept["name"], "value": kept["value"], "url": f"http://council.example:{port}"}])
        answer = (under_another_name := visitor.new_page()).goto(f"http://council.example:{port}/")
        assert answer is not None and answer.status == 403
        expect(under_another_name.get_by_text("reached as localhost")).to_be_visible()
    finally:
        own.close()
        other.close()
        elsewhere.close()


def test_what_an_earlier_start_gave_out_is_worth_nothing(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(served.first)
        expect(page.get_by_text("Signed in as")).to_contain_text("administrator", timeout=PATIENCE)
        (kept,) = [cookie for cookie in context.cookies() if cookie["name"].startswith("qs133")]
    finally:
        context.close()
    home = served.home / "again"
    home.mkdir()
    with personal_server(home) as (address, first):
        port = address.rpartition(":")[2]
        assert answer_to(address, Cookie=f"qs133_personal_{port}={kept['value']}") == 403
        assert answer_to(address, f"/?{served.first.partition('?')[2]}") == 403
        assert answer_to(address, f"/?{first.partition('?')[2]}") == 200
        assert answer_to(address, f"/?{first.partition('?')[2]}") == 403
