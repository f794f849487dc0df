"""Arguments of an operator reach the programs that make runs."""

import pytest

from tests.compose.env_files import DeployCopy
from tests.compose.projects import PROJECTS


@pytest.fixture
def shows_api_key(copy: DeployCopy) -> None:
    """Put a Python into the copy's environment that only prints its key."""
    python = copy.root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "key: $API_KEY"\n')
    python.chmod(0o700)
    (copy.root / "requirements").mkdir()
    for name in ("requirements/dev.txt", "requirements/uv.txt", ".venv/.installed"):
        (copy.root / name).touch()


@pytest.mark.parametrize(
    ("words", "environment", "services"),
    [
        ([], {}, set(PROJECTS)),
        ([], {"SERVICES": "core,order"}, {"core", "order"}),
        (["SERVICES=core,order"], {}, {"core", "order"}),
    ],
    ids=["all by default", "named in the environment", "named on the command line"],
)
def test_the_named_services_are_rendered(
    copy: DeployCopy, words: list[str], environment: dict[str, str], services: set[str]
) -> None:
    copy.run("make", "env", *words, **environment)

    assert {path.parent.name for path in copy.root.glob("deploy/compose/*/.env")} == services


@pytest.mark.usefixtures("shows_api_key")
@pytest.mark.parametrize("environment", [{"API_KEY": "word"}, {}], ids=["a key", "no key"])
def test_the_api_key_may_come_from_the_environment(
    copy: DeployCopy, environment: dict[str, str]
) -> None:
    shown = copy.run("make", "test-api", **environment).stdout

    assert shown == f"key: {environment.get('API_KEY', '')}\n"
