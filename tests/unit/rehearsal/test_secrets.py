from pathlib import Path

import pytest

from tests.rehearsal.env_files import DeployCopy
from tests.rehearsal.operating import render_environments
from tests.rehearsal.problem import Problem
from tests.rehearsal.secrets import check_logs, secrets_of

WORD = "word-of-the-bot"


@pytest.fixture
def copy(tmp_path: Path) -> DeployCopy:
    return render_environments(tmp_path, {"NOTIFICATION_TELEGRAM_BOT_TOKEN": f"123:{WORD}"})


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / "kafka.log").write_text("listening")
    return folder


def test_what_was_made_is_secret_and_so_is_the_bots_word(copy: DeployCopy) -> None:
    secrets = secrets_of(copy)

    assert len(secrets) == 10
    assert secrets.pop("NOTIFICATION_TELEGRAM_BOT_TOKEN") == WORD
    assert {len(word) for word in secrets.values()} == {48}


def test_logs_without_a_secret_are_counted(copy: DeployCopy, logs: Path) -> None:
    assert check_logs(logs, copy) == 1


def test_a_secret_in_a_log_is_told_by_its_name_alone(copy: DeployCopy, logs: Path) -> None:
    (logs / "bot.log").write_text(f"https://telegram.example/bot123:{WORD}/getMe")

    with pytest.raises(Problem, match=r"BOT_TOKEN in bot\.log$") as problem:
        check_logs(logs, copy)
    assert WORD not in str(problem.value)
