"""Processes that are measured beside the stack."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psutil

from deploy.local.configuration.folders import ROOT
from tests.bench.waiting import wait_until

ENDS_WITHIN_S = 15.0


@contextmanager
def process(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[psutil.Process]:
    """Run python with these arguments; end it afterwards."""
    started = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(started.pid)
    finally:
        end(started)


def end(started: "subprocess.Popen[bytes]") -> None:
    started.terminate()
    try:
        started.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def wait_until_listening(process: psutil.Process, *, within_s: float = 30.0) -> None:
    wait_until(
        lambda: any(each.status == psutil.CONN_LISTEN for each in process.net_connections()),
        "a bare process listens",
        within_s=within_s,
    )
