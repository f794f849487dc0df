"""Fails if a requirements file no longer satisfies pyproject.toml.

The lock is compiled again with itself as the preference, so that a new release of a dependency
does not make it stale; only a change of pyproject.toml does.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = (
    "order",
    "payment",
    "inventory",
    "assembly",
    "notification",
    "core",
    "operator",
    "dev",
    "docs",
)


def stale_locks() -> list[str]:
    """Names of the requirements files that make lock would change."""
    with tempfile.TemporaryDirectory() as folder:
        return [extra for extra in EXTRAS if not _is_fresh(extra, Path(folder) / f"{extra}.txt")]


def _is_fresh(extra: str, copy: Path) -> bool:
    lock = ROOT / "requirements" / f"{extra}.txt"
    shutil.copy(lock, copy)
    subprocess.run(  # the locked uv of this virtual environment
        [
            str(Path(sys.executable).with_name("uv")),
            *("pip", "compile", "--quiet", "--universal", "--generate-hashes"),
            *("--no-emit-index-url", "--no-emit-find-links", "--no-header"),
            *("--extra", extra, "pyproject.toml", "--output-file", str(copy)),
        ],
        check=True,
        cwd=ROOT,
    )
    return _pins(copy) == _pins(lock)


def _pins(lock: Path) -> list[str]:
    return [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]


if __name__ == "__main__":
    if stale := stale_locks():
        sys.exit("stale locks, run make lock: " + ", ".join(f"requirements/{x}.txt" for x in stale))
