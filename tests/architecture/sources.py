"""The project's own Python files, generated code aside."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

SERVICES = (
    "order_service",
    "payment_service",
    "inventory_service",
    "assembly_service",
    "notification_service",
)


def python_files() -> list[Path]:
    return [
        path
        for package in (*SERVICES, "libs", "deploy", "tests")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "_pb2" not in path.name and "versions" not in path.parts
    ]
