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


@pytest.mark.parametrize(
    ("ago_s", "ends"),
    [(LIVES_S, 7), (0.5, 0), (-3600, 7)],
    ids=["it ran for a while", "one early end may be an accident", "the clock was set back"],
)
def test_a_program_is_restarted_at_once(memory: Path, ago_s: float, ends: int) -> None:
    started(memory, ago_s=ago_s, ends=ends)

    assert wait_s(early_ends(memory, now_s=NOW_S)) == 0


def test_every_further_early_end_doubles_the_wait_up_to_the_longest(memory: Path) -> None:
    waits = []
    for ends in range(1, 8):
        started(memory, ago_s=0.5, ends=ends)
        waits.append(wait_s(early_ends(memory, now_s=NOW_S)))

    assert waits == [1, 2, 4, 8, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]


@pytest.mark.parametrize("content", ["", "many"])
def test_a_memory_that_cannot_be_read_costs_no_wait(memory: Path, content: str) -> None:
    memory.write_text(content, encoding="utf-8")

    assert wait_s(early_ends(memory, now_s=NOW_S)) == 0
