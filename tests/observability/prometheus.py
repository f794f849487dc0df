"""Debian's Prometheus and its promtool. CI installs them; elsewhere their tests may be skipped."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from deploy.local.engines import owned
from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from tests.observability.expressions import ALERTS, CONFIGURATION
from tests.support.eventually import eventually
from tests.support.servers.telegram import DIRECT

PROGRAMS = {name: shutil.which(name) for name in ("prometheus", "promtool")}

DEPLOYED_INTERVALS: Mapping[str, str] = yaml.safe_load(CONFIGURATION.read_text())["global"]

needs_prometheus = pytest.mark.skipif(
    None in PROGRAMS.values(), reason="no Prometheus here: apt-get install prometheus"
)


def intervals_of(seconds: int) -> Mapping[str, str]:
    return dict.fromkeys(DEPLOYED_INTERVALS, f"{seconds}s")


def complaints(*arguments: str | Path) -> str:
    """Return what promtool says; nothing if it accepts."""
    answer = subprocess.run(
        ["promtool", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    return answer.stdout + answer.stderr if answer.returncode else ""


class Prometheus:
    """Scrapes what a file of targets names, and evaluates the alert rules."""

    def __init__(self, state_dir: Path, targets: Path, *, intervals: Mapping[str, str]) -> None:
        self._state_dir = state_dir
        self._port = free_port()
        self._configuration = {
            "global": dict(intervals),
            "rule_files": [str(ALERTS)],
            "scrape_configs": [
                {"job_name": "shipyard", "file_sd_configs": [{"files": [str(targets)]}]}
            ],
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._state_dir.mkdir(parents=True)
        configuration = self._state_dir / "prometheus.yml"
        configuration.write_text(yaml.safe_dump(self._configuration))
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-I", owned.__file__, str(os.getpid())),
                *("prometheus", f"--config.file={configuration}"),
                f"--storage.tsdb.path={self._state_dir / 'data'}",
                f"--web.listen-address={LOOPBACK}:{self._port}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self._answers, within_s=30)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def values(self, expression: str) -> list[tuple[Mapping[str, str], float]]:
        """Return what the expression is now: the labels and the value of each of its series."""
        found = self._asked("query", query=expression)["result"]
        return [(each["metric"], float(each["value"][1])) for each in found]

    def alerts(self) -> list[Mapping[str, Any]]:
        """Return the alerts that fire, or would if their cause lasted."""
        alerts: list[Mapping[str, Any]] = self._asked("alerts")["alerts"]
        return alerts

    def _answers(self) -> bool:
        try:
            return bool(self.values("vector(1)"))
        except OSError:
            return False

    def _asked(self, what: str, **query: str) -> Any:
        address = f"http://{LOOPBACK}:{self._port}/api/v1/{what}?{urlencode(query)}"
        with DIRECT.open(address, timeout=10) as answer:
            return json.load(answer)["data"]
