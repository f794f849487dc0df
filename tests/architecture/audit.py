"""Fails if a locked package has a known vulnerability, or if no service can tell.

Asks the services that pip-audit supports, one after another until one knows every package:
pip-audit itself reports a package that its service does not know as safe.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SERVICES = ("pypi", "osv")

EXIT_VULNERABLE = 1
EXIT_UNKNOWN = 2

AskService = Callable[[str], "Findings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    vulnerable: Sequence[str]
    """Package, version, advisory, and the versions that fix it."""
    sound: int
    unknown: Sequence[str]


class NoAnswer(Exception):
    """The service cannot be reached, or does not speak as it should."""


def requirement_files() -> list[Path]:
    return sorted((ROOT / "requirements").glob("*.txt"))


def ask(service: str) -> Findings:
    """Look every locked package up at the service. Raises NoAnswer."""
    files = (part for path in requirement_files() for part in ("--requirement", str(path)))
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--vulnerability-service", service),
            *("--disable-pip", "--require-hashes", "--progress-spinner", "off"),
            *("--format", "json", *files),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if not finished.stdout.strip():
        raise NoAnswer(finished.stderr.strip().rpartition("\n")[2])
    return findings_from(json.loads(finished.stdout))


def findings_from(report: dict[str, Any]) -> Findings:
    """Read pip-audit's report."""
    packages = report["dependencies"]
    return Findings(
        vulnerable=[
            f"{package['name']} {package['version']}: {advisory['id']}, "
            f"fixed in {', '.join(advisory['fix_versions']) or 'no version yet'}"
            for package in packages
            for advisory in package.get("vulns", ())
        ],
        sound=sum("vulns" in package and not package["vulns"] for package in packages),
        unknown=[package["name"] for package in packages if "vulns" not in package],
    )


def audit(ask_service: AskService, say: Callable[[str], object]) -> int:
    """Print the findings of the locked packages and return the exit code."""
    for service in SERVICES:
        try:
            findings = ask_service(service)
        except NoAnswer as error:
            say(f"{service}: no answer: {error}")
            continue
        if findings.vulnerable:
            say("\n".join([f"{service}: vulnerable packages", *findings.vulnerable]))
            return EXIT_VULNERABLE
        if findings.sound and not findings.unknown:
            say(f"{service}: {findings.sound} locked packages, no known vulnerability")
            return 0
        say(f"{service}: knows {findings.sound} packages, not {len(findings.unknown)} others")
    say("NOT AUDITED: no service knows every locked package; run this where one answers")
    return EXIT_UNKNOWN


if __name__ == "__main__":
    sys.exit(audit(ask, print))
