"""The reader that the other tests stand on."""

from collections.abc import Mapping

import pytest

from tests.rehearsal.compose_files import interpolated_text, merged

NOTHING: Mapping[str, str] = {}


def test_lists_add_up_but_a_command_is_replaced() -> None:
    parent = {"tmpfs": ["/a"], "command": ["sleep"], "healthcheck": {"test": ["A"], "retries": 3}}
    own = {"tmpfs": ["/b"], "command": ["serve"], "healthcheck": {"test": ["B"]}}

    assert merged(parent, own) == {
        "tmpfs": ["/a", "/b"],
        "command": ["serve"],
        "healthcheck": {"test": ["B"], "retries": 3},
    }


def test_two_dollars_are_one_and_a_name_is_its_value() -> None:
    assert interpolated_text("$$HOME ${PORT}", {"PORT": "1"}.__getitem__) == "$HOME 1"


@pytest.mark.parametrize("text", ["$PORT", "${PORT:-1}", "a$"])
def test_any_other_dollar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="lone"):
        interpolated_text(text, str)


def test_an_unset_variable_is_an_error() -> None:
    with pytest.raises(KeyError, match="PORT"):
        interpolated_text("${PORT}", NOTHING.__getitem__)
