"""Health checks that are small programs."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compose.projects import Service

MONGOSH = """\
#!/bin/sh
mkdir -p "$HOME/.mongodb/mongosh"
echo "$*" >"$HOME/.mongodb/mongosh/$$_log"
echo "$ANSWER"
"""
"""Writes a log of each run, as the real one does."""


@pytest.fixture
def mongo_is_healthy(all_containers: Mapping[str, Service], tmp_path: Path) -> "MongoIsHealthy":
    shell, script = all_containers["inventory-mongo"]["healthcheck"]["test"]
    assert shell == "CMD-SHELL"
    mongosh = tmp_path / "mongosh"
    mongosh.write_text(MONGOSH)
    mongosh.chmod(0o700)
    return MongoIsHealthy(script.replace("/tmp", str(tmp_path)), tmp_path)  # noqa: S108


@dataclass(frozen=True)
class MongoIsHealthy:
    script: str
    folder: Path

    def __call__(self, answer: str) -> bool:
        """Run the check with a mongosh that gives this answer."""
        path = f"{self.folder}:{os.environ['PATH']}"
        done = subprocess.run(
            ["/bin/sh", "-c", self.script], env={"PATH": path, "ANSWER": answer}, check=False
        )
        return done.returncode == 0

    def logs(self) -> list[str]:
        return [path.read_text() for path in self.folder.rglob("*_log")]


@pytest.mark.parametrize(
    ("answer", "is_well"), [("1", True), ("0", False), ("10", False), ("error 111", False)]
)
def test_only_one_answer_of_mongo_is_healthy(
    mongo_is_healthy: MongoIsHealthy, answer: str, *, is_well: bool
) -> None:
    assert mongo_is_healthy(answer) is is_well


def test_the_health_check_asks_the_address_that_others_use(
    mongo_is_healthy: MongoIsHealthy,
) -> None:
    """While the image creates its user, a server that is not ready listens on 127.0.0.1."""
    mongo_is_healthy("1")

    (asked,) = mongo_is_healthy.logs()
    assert "mongodb://inventory-mongo:27017" in asked.split()


def test_logs_of_mongosh_do_not_accumulate(mongo_is_healthy: MongoIsHealthy) -> None:
    for _ in range(3):
        mongo_is_healthy("1")

    assert len(mongo_is_healthy.logs()) == 1
