"""Reading of projects, which other tests rely on."""

from pathlib import Path

import pytest

from tests.compose.projects import resolved, variables

SHOP = """\
services:
  shop:
    image: shop:${VERSION}
    command: [echo, "$$HOME"]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "docker-compose.yml"
    file.write_text(SHOP)
    return file


@pytest.fixture
def env_file(shop: Path) -> Path:
    return shop.with_name(".env")


def test_a_variable_is_replaced_and_two_dollars_are_one(shop: Path, env_file: Path) -> None:
    env_file.write_text("VERSION=1\n")

    service = resolved(shop)["services"]["shop"]

    assert service["image"] == "shop:1"
    assert service["command"] == ["echo", "$HOME"]


def test_an_unset_variable_is_an_error(shop: Path) -> None:
    with pytest.raises(RuntimeError, match="VERSION"):
        resolved(shop)


def test_exported_variables_of_the_caller_are_not_read(
    shop: Path, env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file.write_text("VERSION=1\n")
    monkeypatch.setenv("VERSION", "2")

    assert resolved(shop)["services"]["shop"]["image"] == "shop:1"


def test_the_variables_of_a_file_are_known_before_they_have_values(shop: Path) -> None:
    assert variables(shop) == {"VERSION"}
