"""The API key of the demo and of the command line."""

from pathlib import Path

from deploy.local.configuration.environment import api_key


def test_the_first_of_several_keys_is_used() -> None:
    assert api_key({"ORDER_API_KEYS": "one, two"}) == "one"


def test_keys_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("one\ntwo\n")

    assert api_key({"ORDER_API_KEYS_FILE": str(tmp_path / "keys")}) == "one"


def test_an_open_api_is_called_without_a_key() -> None:
    assert api_key({}) == ""
