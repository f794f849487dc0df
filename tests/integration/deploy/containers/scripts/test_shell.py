from pathlib import Path

from tests.compose.projects import ROOT
from tests.integration.deploy.containers.linters import complaints

SCRIPTS = (ROOT / ".ci" / "run", *sorted((ROOT / "deploy").rglob("*.sh")))


def test_shellcheck_finds_nothing_in_our_scripts() -> None:
    assert len(SCRIPTS) > 1
    assert complaints("shellcheck", *SCRIPTS) == ""


def test_shellcheck_finds_an_unquoted_variable(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.sh"
    wrong.write_text("#!/bin/bash\nrm $1\n")

    assert "SC2086" in complaints("shellcheck", wrong)
