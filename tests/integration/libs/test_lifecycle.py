"""How roles and jobs end, as processes."""

import os
import signal
import subprocess
import sys

import pytest

STUCK_ROLE = """
import signal, threading, time
from libs.lifecycle import stopping
stop = threading.Event()
stopping.HARD_EXIT_AFTER_S = 0.2
stopping.stop_on_signal(stop)
print("ready", flush=True)
threading.Event().wait()
"""

ROLE_THAT_NOBODY_READS = """
import structlog
from threading import Event
from libs.lifecycle import stopping
stopping.HARD_EXIT_AFTER_S = 0.2
stopping.stop_on_signal(Event())
print("ready", flush=True)
while True:
    structlog.get_logger().info("nobody reads this")
"""


@pytest.mark.parametrize("code", [STUCK_ROLE, ROLE_THAT_NOBODY_READS], ids=["hangs", "not read"])
def test_a_role_that_hangs_or_whose_log_is_not_read_is_ended_with_exit_code_0(code: str) -> None:
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)

        try:
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()


HALF_DEAD_ROLE = """
import threading
from libs.lifecycle import stopping
from libs.lifecycle.running import run_until_stopped
stopping.HARD_EXIT_AFTER_S = 0.2

def hang(stop):
    threading.Event().wait()

def fail(stop):
    raise ValueError("broken")

run_until_stopped(hang, fail)
"""


def test_a_worker_that_hangs_does_not_keep_a_failed_role_alive() -> None:
    done = subprocess.run([sys.executable, "-c", HALF_DEAD_ROLE], timeout=10, check=False)

    assert done.returncode == 1


JOB_STOPPED_WHILE_IT_LOGS = """
import os, signal, sys
import structlog
from libs.lifecycle.stopping import end_job_on_signal

class Stopping:
    def write(self, text):
        if "working" in text:
            os.kill(os.getpid(), signal.SIGTERM)
        sys.stdout.write(text)

    def flush(self):
        sys.stdout.flush()

structlog.configure(logger_factory=structlog.PrintLoggerFactory(Stopping()))
end_job_on_signal()
structlog.get_logger().info("working")
"""


def test_a_job_that_is_stopped_while_it_writes_a_line_ends_and_logs_it() -> None:
    argv = [sys.executable, "-c", JOB_STOPPED_WHILE_IT_LOGS]

    done = subprocess.run(argv, capture_output=True, timeout=10, check=False)

    assert (done.returncode, b"job_stopped" in done.stdout) == (143, True)


WAITING_JOB = """
import sys
from threading import Event
from libs.errors import Unavailable
from libs.lifecycle.stopping import end_job_on_signal
from libs.lifecycle.waiting import wait_until_ready
end_job_on_signal()

def refuse():
    print("asked", flush=True)
    raise Unavailable("refused")

try:
    wait_until_ready("postgresql", refuse, stop=Event())
finally:
    print("left", flush=True)
"""


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_job_that_is_stopped_before_its_end_does_not_exit_with_0(signum: int) -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING_JOB], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"asked\n"
        process.send_signal(signum)
        output, _ = process.communicate(timeout=10)

    assert process.returncode == 143
    assert b"left" in output


@pytest.mark.parametrize(("crash_at", "exit_code"), [("after_claim", 137), ("after_charge", 0)])
def test_a_crash_point_ends_the_process_only_when_it_is_named(
    crash_at: str, exit_code: int
) -> None:
    code = "from libs.lifecycle.crashing import crash_point; crash_point('after_claim')"

    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "CRASH_AT": crash_at}, check=False
    )

    assert done.returncode == exit_code


ROLE_THAT_SAYS_WHAT_IS_LOADED = """
import sys
from libs.lifecycle.cli import service_cli
sys.argv = ["shop", "log"]
try:
    service_cli("shop", {"log": "libs.logging.setup:configure_logging"})
finally:
    print("structlog" in sys.modules, [name for name in sys.modules if name.startswith("rich.")])
"""


def test_a_role_logs_without_the_library_that_draws_on_terminals() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ROLE_THAT_SAYS_WHAT_IS_LOADED],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "True []\n"
