"""A program that refuses root, started by root."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.engines import unprivileged


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's program is executed unchanged")
def test_a_program_may_execute_a_file_in_a_folder_of_root_alone(tmp_path: Path) -> None:
    folder = tmp_path / "of-root"
    folder.mkdir(mode=0o700)
    tool = folder / "tool"
    tool.touch(mode=0o700)

    asked = subprocess.run(
        [sys.executable, unprivileged.__file__, "/usr/bin/test", "-x", tool], check=False
    )

    assert asked.returncode == 0
