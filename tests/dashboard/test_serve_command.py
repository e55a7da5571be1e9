"""`qs133 serve` and `qs133 demo`: what they refuse before anything is started."""

from __future__ import annotations

import pytest

from dashboard.command_line import main


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "²"])
def test_a_port_that_there_cannot_be_is_a_usage_error(capsys: pytest.CaptureFixture[str], command: str, port: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, f"--port={port}"])
    assert ended.value.code == 2 and f"'{port}' is not a port" in capsys.readouterr().err
