"""Unit tests reach no network but loopback, where the other side is the test's own."""

from pathlib import Path

import pytest

UNIT = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(UNIT):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1"]))
