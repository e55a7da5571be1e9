"""`qs133 serve` and `qs133 demo`: what they refuse before anything is started."""

from __future__ import annotations

import socket

import pytest

from dashboard.command_line import main


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "²"])
def test_a_port_that_there_cannot_be_is_a_usage_error(capsys: pytest.CaptureFixture[str], command: str, port: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, f"--port={port}"])
    assert ended.value.code == 2 and f"'{port}' is not a port" in capsys.readouterr().err


def test_where_something_else_is_served_no_dashboard_is_promised(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--address", "127.0.0.1", "--port", str(port)]) == 1
    told = capsys.readouterr().err
    assert f"can't be served on port {port} of 127.0.0.1: something else is there already" in told and "The dashboard is at" not in told
