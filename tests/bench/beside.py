"""Processes that are measured beside the stack."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy.local.configuration.folders import ROOT
from deploy.local.engines import owned
from tests.bench.waiting import wait_until

ENDS_WITHIN_S = 15.0


def start_owned(
    argv: Sequence[str], environment: Mapping[str, str], *, folder: Path = ROOT
) -> "subprocess.Popen[bytes]":
    """Start a program that is killed when this process ends in any way."""
    return subprocess.Popen(
        [sys.executable, "-I", owned.__file__, str(os.getpid()), *argv],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def process(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[psutil.Process]:
    """Run python with these arguments; end it afterwards."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    started = start_owned([sys.executable, *arguments], variables)
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
