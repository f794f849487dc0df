"""Arguments of an operator reach the programs that make runs."""

import pytest

from tests.compose.env_files import DeployCopy


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


def rendered(copy: DeployCopy) -> set[str]:
    return {path.parent.name for path in copy.root.glob("deploy/compose/*/.env")}


def test_all_services_are_rendered_by_default(copy: DeployCopy) -> None:
    copy.run("make", "env")

    assert len(rendered(copy)) == 6


def test_services_may_be_named_in_the_environment(copy: DeployCopy) -> None:
    copy.run("make", "env", SERVICES="core,order")

    assert rendered(copy) == {"core", "order"}


def test_services_may_be_named_on_the_command_line(copy: DeployCopy) -> None:
    copy.run("make", "env", "SERVICES=core,order")

    assert rendered(copy) == {"core", "order"}


@pytest.mark.usefixtures("shows_api_key")
def test_the_api_key_may_come_from_the_environment(copy: DeployCopy) -> None:
    assert copy.run("make", "test-api", API_KEY="word").stdout == "key: word\n"


@pytest.mark.usefixtures("shows_api_key")
def test_without_a_key_none_is_passed(copy: DeployCopy) -> None:
    assert copy.run("make", "test-api").stdout == "key: \n"
