from typing import Any

import pytest

from assembly_service.config.settings import ConsumerSettings
from libs.settings.base import from_environment
from tests.support.environment import CELERY, KAFKA


def set_environment(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    for name, value in (KAFKA | CELERY | changes).items():
        monkeypatch.setenv(name, str(value))


def test_by_default_a_ship_takes_one_to_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch)

    settings = from_environment(ConsumerSettings)

    assert (settings.build_time_min_s, settings.build_time_max_s) == (1, 10)
    assert settings.queue_limit == 5000


def test_a_build_time_up_to_the_redrive_delay_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, ASSEMBLY_BUILD_TIME_MAX_S=20)

    assert from_environment(ConsumerSettings).build_time_max_s == 20


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ASSEMBLY_BUILD_TIME_MIN_S": 5, "ASSEMBLY_BUILD_TIME_MAX_S": 4}, "MIN_S=5 is above"),
        ({"ASSEMBLY_BUILD_TIME_MIN_S": -1}, "ASSEMBLY_BUILD_TIME_MIN_S"),
        ({"ASSEMBLY_BUILD_TIME_MAX_S": 21}, "redrives"),
        ({"QUEUE_LIMIT": 0}, "QUEUE_LIMIT"),
    ],
)
def test_a_setting_that_cannot_work_is_one_line_and_exit_code_78(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, int],
    reason: str,
) -> None:
    set_environment(monkeypatch, **changes)

    with pytest.raises(SystemExit) as exit_info:
        from_environment(ConsumerSettings)

    (line,) = capsys.readouterr().err.splitlines()
    assert exit_info.value.code == 78
    assert reason in line
