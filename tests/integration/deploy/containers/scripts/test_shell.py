import subprocess
import sys
from pathlib import Path

from tests.compose.projects import ROOT

SCRIPTS = (ROOT / ".ci" / "run", *sorted((ROOT / "deploy").rglob("*.sh")))


def complaints(*scripts: Path) -> str:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    answer = subprocess.run(
        [str(shellcheck), *map(str, scripts)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return answer.stdout + answer.stderr if answer.returncode else ""


def test_shellcheck_finds_nothing_in_our_scripts() -> None:
    assert len(SCRIPTS) > 1
    assert complaints(*SCRIPTS) == ""


def test_shellcheck_finds_an_unquoted_variable(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.sh"
    wrong.write_text("#!/bin/bash\nrm $1\n")

    assert "SC2086" in complaints(wrong)
