"""The project's own Python files, generated code aside."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

SERVICES = tuple(sorted(path.name for path in ROOT.glob("*_service")))


def python_files() -> list[Path]:
    return [
        path
        for package in (*SERVICES, "libs", "deploy", "examples", "tests")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "_pb2" not in path.name and "versions" not in path.parts
    ]
