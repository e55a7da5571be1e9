"""What stands in front of Streamlit: messages that are dropped, floods that wait, files that go to their owners, and what is compressed."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from dashboard.own_files import OwnFiles, keep_deferred_files_apart
from dashboard.static_compression import StaticCompression
from dashboard.stream_limits import MESSAGES_A_SECOND, MESSAGES_AT_ONCE, MOST_BYTES, NEEDED, Allowance, StreamLimits

STREAM = "/_stcore/stream"


def message(kind: str) -> bytes:
    made = BackMsg()
    field = BackMsg.DESCRIPTOR.fields_by_name[kind]
    if field.message_type:
        getattr(made, kind).SetInParent()
    else:
        setattr(made, kind, True)
    return made.SerializeToString()


def echoing() -> tuple[Starlette, list[bytes]]:
    """An application that notes what it receives and sends it back."""
    seen: list[bytes] = []

    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                seen.append(await socket.receive_bytes())
                await socket.send_bytes(seen[-1])
        except WebSocketDisconnect:
            pass

    return Starlette(routes=[WebSocketRoute(STREAM, stream)]), seen


def test_only_the_messages_that_pages_need_reach_streamlit() -> None:
    app, seen = echoing()
    kinds = [field.name for field in BackMsg.DESCRIPTOR.fields]
    with TestClient(StreamLimits(app)).websocket_connect(STREAM) as socket:
        for kind in kinds:
            socket.send_bytes(message(kind))
        socket.send_bytes(b"\xff\xff\xff\xff")  # can't be read: Streamlit ends the websocket for it
        for _ in range(len(NEEDED) + 1):
            socket.receive_bytes()
    assert [BackMsg.FromString(data).WhichOneof("type") for data in seen[:-1]] == [kind for kind in kinds if kind in NEEDED]
    assert {"clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"} <= set(kinds) - NEEDED


def test_a_message_that_is_too_big_ends_the_websocket() -> None:
    app, seen = echoing()
    with TestClient(StreamLimits(app)).websocket_connect(STREAM) as socket:
        socket.send_bytes(b"\x00" * (MOST_BYTES + 1))
        socket.send_bytes(message("rerun_script"))
    assert seen == []


def test_a_flood_waits_and_people_do_not() -> None:
    now = 0.0
    allowance = Allowance(MESSAGES_A_SECOND, MESSAGES_AT_ONCE, lambda: now)
    assert [allowance.wait() for _ in range(int(MESSAGES_AT_ONCE))] == [0] * int(MESSAGES_AT_ONCE)
    flood = [allowance.wait() for _ in range(100)]
    assert flood == pytest.approx([number / MESSAGES_A_SECOND for number in range(1, 101)])
    now = 1000.0
    assert allowance.wait() == 0


def test_more_streams_than_there_is_room_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.stream_limits.MOST_STREAMS", 2)
    app, _ = echoing()
    client = TestClient(StreamLimits(app))
    third = (pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM))
    with client.websocket_connect(STREAM), client.websocket_connect(STREAM), third[0], third[1]:
        pass
    with client.websocket_connect(STREAM) as socket:
        socket.send_bytes(message("app_heartbeat"))
        assert socket.receive_bytes()


def offer(name: str, kind: str) -> ForwardMsg:
    """What Streamlit sends a page that offers a file to download."""
    made = ForwardMsg()
    button = made.delta.new_element.download_button
    button.id, button.label, button.form_id, button.disabled, button.ignore_rerun, button.type = "1", name, "", True, True, "secondary"
    button.url = MediaFileManager(MemoryMediaFileStorage("/media")).add(name.encode(), kind, "1", name, is_for_static_download=True)
    return made


def address(name: str, kind: str) -> str:
    return offer(name, kind).delta.new_element.download_button.url


def files_app(kind: str) -> TestClient:
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_bytes(offer(socket.query_params["file"], kind).SerializeToString())
        await socket.close()

    async def file(request: Request) -> Response:
        return PlainTextResponse(f"the file {request.path_params['name']}")

    routes = [WebSocketRoute(STREAM, stream), Route("/media/{name}", file), Route("/static/media/{name}", file)]
    return TestClient(OwnFiles(Starlette(routes=routes)))


# TOML has no ending that Python knows, so the address ends where the message's next field begins.
@pytest.mark.parametrize("kind", ["text/csv", "application/toml"])
def test_a_file_goes_to_whom_its_address_was_sent(kind: str) -> None:
    client = files_app(kind)
    ada, vera, nobody = ({"cookie": "_streamlit_user=ada; x=1"}, {"cookie": "_streamlit_user=vera"}, {})
    for person, file in ((ada, "audit"), (vera, "protected"), (nobody, "icon")):
        with client.websocket_connect(f"{STREAM}?file={file}", headers=person) as socket:
            socket.receive_bytes()
    found = {
        (who, file): client.get(address(file, kind), headers=headers).status_code
        for who, headers in (("ada", ada), ("vera", vera), ("nobody", nobody)) for file in ("audit", "protected", "icon", "guessed")
    }
    assert {key for key, status in found.items() if status == 200} == {("ada", "audit"), ("vera", "protected"), ("nobody", "icon")}
    more = {"cookie": "_streamlit_user=ada; _streamlit_user__1=more"}
    assert client.get(f"{address('audit', kind)}?x", headers=more).status_code == 404
    assert client.get("/static/media/font.woff2").status_code == 200


def test_a_file_that_is_made_when_wanted_is_made_for_its_own_session() -> None:
    files = MediaFileManager(MemoryMediaFileStorage("/media"))
    asked: list[str] = []
    original = DeferredFileHandler.handle
    keep_deferred_files_apart()
    try:
        files._deferred_ids_by_session["hers"].add("log")
        files.execute_deferred = lambda file: asked.append(file) or "/media/made.csv"
        handler = DeferredFileHandler(lambda: files)
        request = BackendOperationRequest(request_id="1")
        request.deferred_file.file_id = "log"
        refused = asyncio.run(handler.handle(request, "theirs"))
        assert refused.error_msg and not refused.deferred_file.url and asked == []
        assert asyncio.run(handler.handle(request, "hers")).deferred_file.url == "/media/made.csv" and asked == ["log"]
    finally:
        setattr(DeferredFileHandler, original.__name__, original)


def test_scripts_are_sent_compressed_and_compressed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    script, count = b"const a = 1;\n" * 1000, 0

    async def answer(request: Request) -> Response:
        kind = {"js": "text/javascript", "woff2": "font/woff2"}[request.path_params["kind"]]
        return Response(script, media_type=kind, headers={"ETag": '"1"', "Cache-Control": "public, immutable"})

    def compress(data: bytes, level: int, *, mtime: int) -> bytes:
        nonlocal count
        count += 1
        return real(data, level, mtime=mtime)

    real = gzip.compress
    monkeypatch.setattr("dashboard.static_compression.gzip.compress", compress)
    client = TestClient(StaticCompression(Starlette(routes=[Route("/static/a.{kind}", answer), Route("/media/a.{kind}", answer)])))
    for _ in range(3):
        got = client.get("/static/a.js")
        assert got.content == script and got.headers["content-encoding"] == "gzip" and int(got.headers["content-length"]) < 1000
        assert got.headers["cache-control"] == "public, immutable" and "accept-encoding" in got.headers["vary"].lower()
    assert count == 1
    for path, headers in (("/static/a.woff2", {}), ("/media/a.js", {}), ("/static/a.js", {"accept-encoding": "br"}),
                          ("/static/a.js", {"range": "bytes=0-9"})):
        plain = client.get(path, headers=headers)
        assert "content-encoding" not in plain.headers and plain.content == script
    assert count == 1


def test_fonts_may_be_kept_and_files_made_for_somebody_may_not() -> None:
    from dashboard.server import SecurityHeaders

    async def answer(_request: Request) -> Response:
        return PlainTextResponse("x", headers={"Cache-Control": "public, max-age=31536000"})

    client = TestClient(SecurityHeaders(Starlette(routes=[Route("/{path:path}", answer)])))
    assert client.get("/static/media/font.woff2").headers["cache-control"] == "public, max-age=31536000"
    assert client.get("/media/file.csv").headers["cache-control"] == "no-store"


def test_what_is_not_a_websocket_goes_through() -> None:
    seen: list[str] = []

    async def app(scope: dict[str, object], _receive: object, _send: object) -> None:
        seen.append(str(scope["type"]))

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return None

    for made in (StreamLimits(app), OwnFiles(app), StaticCompression(app)):
        asyncio.run(made({"type": "lifespan"}, receive, send))
    assert seen == ["lifespan"] * 3
