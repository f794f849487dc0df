import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.engines import ports
from deploy.local.engines.ports import free_port, release_port

WANT_ONE_PORT = """
import sys
from deploy.local.engines import ports
ports.CANDIDATES = [int(sys.argv[1])] * 10 * len(ports.CANDIDATES) + [*ports.CANDIDATES]
print(ports.free_port())
"""


def port_of_who_wants(wanted: int) -> int:
    argv = [sys.executable, "-c", WANT_ONE_PORT, str(wanted)]
    return int(subprocess.run(argv, check=True, capture_output=True, timeout=30).stdout)


def test_a_port_is_given_out_once_while_its_process_lives() -> None:
    mine = free_port()

    others = {port_of_who_wants(mine) for _ in range(5)}

    assert mine not in others


def is_reserved(port: int) -> bool:
    with (ports.RESERVATIONS / str(port)).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_released_port_can_be_given_out_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Uses its own folder: another run may take the port as soon as it is released."""
    monkeypatch.setattr(ports, "RESERVATIONS", tmp_path)
    mine = free_port()
    was_reserved = is_reserved(mine)

    release_port(mine)

    assert was_reserved
    assert not is_reserved(mine)


def test_a_port_is_given_out_once_in_a_process() -> None:
    given = [free_port() for _ in range(50)]

    assert len(set(given)) == len(given)


def test_only_the_owner_can_read_the_files_that_reserve_ports() -> None:
    free_port()

    assert ports.RESERVATIONS.stat().st_mode & 0o777 == 0o700
    assert ports.RESERVATIONS.stat().st_uid == os.getuid()
