import subprocess
import sys

from tests.support.roles import ROOT


def test_a_hung_process_leaves_its_stacks_and_exit_code_70() -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "from libs.kafka.bridge.watchdog import exit_hung; exit_hung(['paid'])",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 70
    assert "in exit_hung" in ended.stderr
