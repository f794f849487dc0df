"""What the figures depend on beside the code."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import psutil

LIBRARIES = ("aiohttp", "celery", "flask", "grpcio", "kafka-python", "psycopg2-binary", "redis")

CPU_MODEL = "model name"


def machine() -> Mapping[str, str]:
    """Describe the machine, its load now, and the versions."""
    return {
        "processors": f"{os.cpu_count()} of {_processor()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load average": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "kernel": platform.release(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(CPU_MODEL):
            return line.partition(":")[2].strip()
    return platform.machine()
