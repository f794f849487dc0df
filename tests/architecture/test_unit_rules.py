"""tests/unit/conftest.py refuses each of these, even if the code under test catches the error."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT

BREAKS_EACH_RULE = """
import contextlib, os, socket, subprocess, threading, time
from tests.unit import conftest

def test_a():
    with contextlib.suppress(Exception):
        subprocess.run(["true"])

def test_b():
    with contextlib.suppress(Exception):
        os.fork()

def test_c():
    with contextlib.suppress(Exception), socket.socket() as client:
        client.connect(("127.0.0.1", 9))

def test_d():
    with contextlib.suppress(Exception):
        socket.getaddrinfo("localhost", 9)

def test_e():
    with contextlib.suppress(Exception):
        time.sleep(0.001)

def test_f():
    threading.Event().wait(2.1)

def test_g():
    conftest.MOST_CPU_S = 0.1
    until = time.thread_time() + 0.2
    while time.thread_time() < until:
        pass
"""


def test_a_unit_test_that_breaks_a_rule_fails_and_says_which(tmp_path: Path) -> None:
    file = tmp_path / "test_rules.py"
    file.write_text(BREAKS_EACH_RULE)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.unit.conftest", "-c", "/dev/null", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    said = [
        line.partition("not a unit test: it ")[2]
        for line in done.stdout.splitlines()
        if line.startswith("E ")
    ]
    assert said == [
        *["starts a process"] * 2,
        "opens a socket",
        "looks up a host",
        "sleeps",
        "waits more than 2.0 s",
        "takes more than 0.1 s of a processor",
    ]
