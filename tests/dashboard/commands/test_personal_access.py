"""The dashboard of the one person at this machine: who comes in, and who gets nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from config.access import Role
from dashboard.access.personal import (
    ELSEWHERE,
    SIGN_IN_CONFIGURED,
    VARIABLE,
    PersonalAccess,
    new_access,
    own_host,
    personal_refusal,
    system_user,
    taken_from,
)
from dashboard.command_line import main
from dashboard.personal_gate import PersonalGate, cookies_of

PORT = 8665
HERE = f"http://localhost:{PORT}"
HIDDEN = "exact numbers"


@pytest.fixture
def access() -> PersonalAccess:
    return PersonalAccess("a key that nobody knows", "a token that nobody guesses", "somebody", PORT)


def browser(access: PersonalAccess, address: str = HERE) -> TestClient:
    """A browser without cookies in front of the gate."""
    async def page(_request: object) -> PlainTextResponse:
        return PlainTextResponse(HIDDEN)

    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(HIDDEN)
        await socket.close()

    paths = ("/", "/overview", "/_stcore/health", "/ready", "/media/a.csv", "/static/media/font.woff2", "/_stcore/upload_file/a/b")
    routes = [*(Route(path, page, methods=["GET", "PUT"]) for path in paths), WebSocketRoute("/_stcore/stream", stream)]
    return TestClient(PersonalGate(Starlette(routes=routes), access), base_url=address)


def opened(access: PersonalAccess) -> TestClient:
    """The browser that opened the address first."""
    person = browser(access)
    assert person.get("/", params={"token": access.token}).status_code == 200
    return person


def streams(person: TestClient, origin: str | None = HERE) -> bool:
    headers = {} if origin is None else {"origin": origin}
    try:
        with person.websocket_connect(f"ws://localhost:{PORT}/_stcore/stream", headers=headers) as socket:
            return socket.receive_text() == HIDDEN
    except WebSocketDisconnect:
        return False


def test_the_browser_with_the_token_gets_everything_and_a_cookie_that_no_script_reads(access: PersonalAccess) -> None:
    person = browser(access)
    answer = person.get("/", params={"token": access.token})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie and access.token not in cookie
    assert HIDDEN not in answer.text and "url=/" in answer.text and answer.headers["cache-control"] == "no-store"
    assert all(person.get(path).text == HIDDEN for path in ("/", "/overview", "/media/a.csv")) and streams(person)
    found = access.person(dict(person.cookies))
    assert found is not None and (found.who, found.role) == ("somebody", Role.ADMINISTRATOR)


def test_another_browser_gets_nothing(access: PersonalAccess) -> None:
    opened(access)
    other = browser(access)
    for path in ("/", "/overview", "/media/a.csv", "/static/media/font.woff2", "/?token=", "/?token=guessed", f"/?token={access.token}"):
        answer = other.get(path)
        assert answer.status_code == 403 and HIDDEN not in answer.text and "set-cookie" not in answer.headers
    assert other.put("/_stcore/upload_file/a/b").status_code == 403 and not streams(other)
    assert other.get("/_stcore/health").status_code == other.get("/ready").status_code == 200


def test_a_guessed_or_copied_cookie_of_another_start_gets_nothing(access: PersonalAccess) -> None:
    person = opened(access)
    value = person.cookies[access.cookie_name]
    again = PersonalAccess("another key", "another token", "somebody", PORT)
    for guess in ("", "x", "somebody", value[:-1], value[1:], value + "x", "é", "a" * 5000, again.exchange("another token") or ""):
        other = browser(access)
        answer = other.get("/", headers={"cookie": f"{access.cookie_name}={guess}".encode("latin-1")})
        assert answer.status_code == 403 and HIDDEN not in answer.text
    late = browser(again)
    assert late.get("/", headers={"cookie": f"{access.cookie_name}={value}"}).status_code == 403


def test_another_host_name_gets_nothing(access: PersonalAccess) -> None:
    """A page of another site may have its own name resolved to this machine."""
    person = opened(access)
    cookie = f"{access.cookie_name}={person.cookies[access.cookie_name]}"
    like_ours = f"localhost.evil.example:{PORT}"
    others = ("evil.example", f"evil.example:{PORT}", "localhost", "localhost:1", like_ours, f"192.168.0.7:{PORT}", "")
    for host in others:
        assert person.get("/", headers={"host": host, "cookie": cookie}).status_code == 403
        assert not own_host(host, PORT)
    for host in (f"localhost:{PORT}", f"127.0.0.1:{PORT}", f"[::1]:{PORT}"):
        assert own_host(host, PORT)
    assert browser(access, f"http://evil.example:{PORT}").get("/_stcore/health").status_code == 403
    assert not own_host(f"user@localhost:{PORT}", PORT) and not own_host("localhost:port", PORT)


def test_a_page_of_another_site_or_port_gets_nothing(access: PersonalAccess) -> None:
    person = opened(access)
    for origin in ("http://evil.example", "http://localhost:9000", "https://localhost:8665", "null"):
        assert person.get("/", headers={"origin": origin}).status_code == 403 and not streams(person, origin)
        assert person.put("/_stcore/upload_file/a/b", headers={"origin": origin}).status_code == 403
    for site in ("cross-site", "same-site"):
        assert person.get("/media/a.csv", headers={"sec-fetch-site": site}).status_code == 403
    assert not streams(person, None)
    for site in ("same-origin", "none"):
        assert person.get("/media/a.csv", headers={"sec-fetch-site": site}).text == HIDDEN


def test_signing_out_ends_the_session_whoever_holds_the_cookie(access: PersonalAccess) -> None:
    person = opened(access)
    copied = dict(person.cookies)
    access.end(copied)
    assert access.person(copied) is None and person.get("/").status_code == 403 and not streams(person)


def test_a_session_lasts_as_long_as_a_sign_in(access: PersonalAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    import itsdangerous.timed

    person = opened(access)
    now = itsdangerous.timed.time.time()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + 8 * 3600 - 60)
    assert person.get("/").status_code == 200
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + 8 * 3600 + 60)
    assert person.get("/").status_code == 403


def test_what_is_neither_a_page_nor_a_stream_goes_through(access: PersonalAccess) -> None:
    seen: list[str] = []

    async def app(scope: dict[str, object], _receive: object, _send: object) -> None:
        seen.append(str(scope["type"]))

    async def nothing() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return None

    asyncio.run(PersonalGate(app, access)({"type": "lifespan"}, nothing, send))
    assert seen == ["lifespan"]


def test_the_server_takes_the_key_out_of_its_environment() -> None:
    words, token = new_access(PORT)
    environment = {VARIABLE: words, "OTHER": "x"}
    found = taken_from(environment)
    assert found is not None and environment == {"OTHER": "x"} and found.token == token and len(token) > 40
    assert found.user == system_user() and found.key != json.loads(new_access(PORT)[0])["key"] and taken_from(environment) is None


def test_where_it_is_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert personal_refusal("localhost", sign_in=True) == SIGN_IN_CONFIGURED
    assert personal_refusal("127.0.0.1", sign_in=False) is None and personal_refusal("::1", sign_in=False) is None
    for address in ("0.0.0.0", "192.168.0.7", "", "council.example"):
        assert personal_refusal(address, sign_in=False) == ELSEWHERE
    monkeypatch.setattr("dashboard.commands.serve._sign_in_configured", lambda: True)
    assert main(["serve", "--personal"]) == 1 and "Sign-in is configured here" in capsys.readouterr().err


def test_cookies_that_cannot_be_read_are_none() -> None:
    from starlette.datastructures import Headers

    assert cookies_of(Headers({"cookie": "a=1; b=2"})) == {"a": "1", "b": "2"} and cookies_of(Headers({})) == {}
