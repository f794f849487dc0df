import json
import stat
from dataclasses import astuple
from pathlib import Path

from deploy.local.configuration.passwords import read_or_make_passwords


def test_passwords_are_generated_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    path = tmp_path / "passwords.json"

    passwords = read_or_make_passwords(path)

    assert read_or_make_passwords(path) == passwords
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert passwords.order not in repr(passwords)


def test_a_password_that_an_older_stack_lacks_is_added_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "passwords.json"
    path.write_text(json.dumps({"postgres": "elephant-word"}), encoding="utf-8")

    passwords = read_or_make_passwords(path)

    assert passwords.postgres == "elephant-word"
    assert passwords.supervisor
    assert read_or_make_passwords(path) == passwords


def test_no_two_passwords_are_alike(tmp_path: Path) -> None:
    made = [read_or_make_passwords(tmp_path / name) for name in ("one", "other")]

    words = [word for passwords in made for word in astuple(passwords)]

    assert len(set(words)) == len(words)
