"""Uploads by whoever has a websocket: only where a page takes files, to whom it was sent, once."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.screens.load.uploads import UPLOADER
from dashboard.upload_limits import UPLOADS, UploadLimits

STREAM = "/_stcore/stream"
ASKS = BackMsg()
ASKS.file_urls_request.request_id = "1"


def app() -> tuple[TestClient, list[bytes]]:
    """A server whose page has an uploader where the address says so, and which gives out a place whenever it is asked."""
    seen: list[bytes] = []

    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_bytes(f"a page with $$ID-1-{socket.query_params['key']}".encode())
        try:
            while True:
                seen.append(await socket.receive_bytes())
                await socket.send_bytes(f"{UPLOADS}session/{socket.query_params['place']}\x12".encode())
        except WebSocketDisconnect:
            pass

    async def upload(request: Request) -> Response:
        return PlainTextResponse(f"{len(await request.body())} bytes", status_code=201)

    routes = [WebSocketRoute(STREAM, stream), Route(UPLOADS + "{session}/{file}", upload, methods=["PUT", "DELETE", "OPTIONS"])]
    return TestClient(UploadLimits(Starlette(routes=routes))), seen


def test_a_page_without_an_uploader_takes_no_file_and_gives_out_no_place() -> None:
    client, seen = app()
    with client.websocket_connect(f"{STREAM}?key=filters&place=a") as socket:
        socket.receive_bytes()
        socket.send_bytes(ASKS.SerializeToString())
        socket.send_bytes(b"\xff\xff")  # can't be read, and goes through for Streamlit to refuse
        socket.receive_bytes()
    assert seen == [b"\xff\xff"]
    for method in ("PUT", "DELETE", "POST"):
        assert client.request(method, f"{UPLOADS}session/a", content=b"x" * 1000).status_code == 403
    assert client.options(f"{UPLOADS}session/a").status_code == 201


def test_a_file_comes_from_whom_the_page_was_sent_to_and_once() -> None:
    client, seen = app()
    ada, vera = {"cookie": "_streamlit_user=ada"}, {"cookie": "_streamlit_user=vera"}
    with client.websocket_connect(f"{STREAM}?key={UPLOADER}False_0&place=b", headers=ada) as socket:
        socket.receive_bytes()
        socket.send_bytes(ASKS.SerializeToString())
        socket.receive_bytes()
    assert len(seen) == 1
    for headers, place, status in ((vera, "b", 403), ({}, "b", 403), (ada, "guessed", 403), (ada, "b", 201), (ada, "b", 403)):
        assert client.put(f"{UPLOADS}session/{place}", content=b"x", headers=headers).status_code == status
    assert client.delete(f"{UPLOADS}session/b", headers=vera).status_code == 403
    assert client.delete(f"{UPLOADS}session/b", headers=ada).status_code == 201
