"""An audit without an answer must not pass."""

from tests.architecture.audit import (
    EXIT_UNKNOWN,
    EXIT_VULNERABLE,
    Findings,
    NoAnswer,
    audit,
    findings_from,
)

SOUND: dict[str, object] = {"name": "sound", "version": "1.0", "vulns": []}
VULNERABLE: dict[str, object] = {
    "name": "broken",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}],
}
NOT_HEARD_OF: dict[str, object] = {"name": "stranger", "skip_reason": "Dependency not found"}


def outcome(**reports: list[dict[str, object]]) -> tuple[int, str]:
    said: list[str] = []

    def ask(service: str) -> Findings:
        if service not in reports:
            raise NoAnswer("name or service not known")
        return findings_from({"dependencies": reports[service]})

    return audit(ask, said.append), "\n".join(said)


def test_packages_without_an_advisory_pass() -> None:
    code, said = outcome(pypi=[SOUND, SOUND])

    assert (code, said) == (0, "pypi: 2 locked packages, no known vulnerability")


def test_a_vulnerable_package_fails_and_is_named_with_the_version_that_fixes_it() -> None:
    code, said = outcome(pypi=[SOUND, NOT_HEARD_OF, VULNERABLE])

    assert code == EXIT_VULNERABLE
    assert "broken 1.0: PYSEC-1, fixed in 1.1" in said


def test_the_next_service_is_asked_when_one_knows_no_package() -> None:
    code, said = outcome(pypi=[NOT_HEARD_OF], osv=[SOUND])

    assert code == 0
    assert "osv: 1 locked packages" in said


def test_an_audit_that_left_one_package_out_fails() -> None:
    code, said = outcome(pypi=[SOUND, NOT_HEARD_OF])

    assert code == EXIT_UNKNOWN
    assert "NOT AUDITED" in said


def test_an_audit_without_an_answer_fails_and_says_why() -> None:
    code, said = outcome()

    assert code == EXIT_UNKNOWN
    assert "name or service not known" in said


def test_an_audit_of_nothing_fails() -> None:
    assert outcome(pypi=[], osv=[])[0] == EXIT_UNKNOWN
