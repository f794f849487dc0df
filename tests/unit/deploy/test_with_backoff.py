import os
from pathlib import Path

import pytest

from deploy.local.supervision.with_backoff import LIVES_S, LONGEST_WAIT_S, early_ends, wait_s

NOW_S = 1_800_000_000.0


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "role.starts"


def started(memory: Path, *, ago_s: float, ends: int) -> None:
    memory.write_text(str(ends), encoding="utf-8")
    os.utime(memory, (NOW_S - ago_s, NOW_S - ago_s))


def test_the_first_start_is_at_once(memory: Path) -> None:
    assert wait_s(early_ends(memory, now_s=NOW_S)) == 0


def test_a_program_that_ran_for_a_while_is_restarted_at_once(memory: Path) -> None:
    started(memory, ago_s=LIVES_S, ends=7)

    assert wait_s(early_ends(memory, now_s=NOW_S)) == 0


def test_one_early_end_may_be_an_accident(memory: Path) -> None:
    started(memory, ago_s=0.5, ends=0)

    assert wait_s(early_ends(memory, now_s=NOW_S)) == 0


def test_every_further_early_end_doubles_the_wait_up_to_the_longest(memory: Path) -> None:
    waits = []
    for ends in range(1, 8):
        started(memory, ago_s=0.5, ends=ends)
        waits.append(wait_s(early_ends(memory, now_s=NOW_S)))

    assert waits == [1, 2, 4, 8, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_a_clock_that_was_set_back_costs_no_wait(memory: Path) -> None:
    started(memory, ago_s=-3600, ends=7)

    assert wait_s(early_ends(memory, now_s=NOW_S)) == 0


@pytest.mark.parametrize("content", ["", "many"])
def test_a_memory_that_cannot_be_read_costs_no_wait(memory: Path, content: str) -> None:
    memory.write_text(content, encoding="utf-8")

    assert wait_s(early_ends(memory, now_s=NOW_S)) == 0
