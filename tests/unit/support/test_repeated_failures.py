"""A fault that fails many tests does not fill the log."""

import pytest

from tests.support.repeated_failures import SHOWN_IN_FULL, RepeatedFailures
from tests.support.roles import LINES_SHOWN, last_lines


def construct(message: str) -> None:
    raise TypeError(message)


def a_report(number: int, message: str) -> pytest.TestReport:
    with pytest.raises(TypeError) as raised:
        construct(message)
    return pytest.TestReport(
        nodeid=f"test_{number}",
        location=("test.py", number, f"test_{number}"),
        keywords={},
        outcome="failed",
        longrepr=raised.getrepr(style="long"),
        when="setup",
        sections=[("Captured stdout", "a long log")],
    )


def printed(*messages: str) -> list[bool]:
    """Return for each failing test whether it is printed in full."""
    shortened = RepeatedFailures()
    reports = [a_report(number, message) for number, message in enumerate(messages)]
    for report in reports:
        shortened.pytest_runtest_logreport(report)
    return [bool(report.sections) and not isinstance(report.longrepr, str) for report in reports]


def test_the_same_failure_is_printed_in_full_only_at_first() -> None:
    same = printed(*["no argument"] * (SHOWN_IN_FULL + 3))

    assert same == [True] * SHOWN_IN_FULL + [False] * 3


def test_another_failure_is_printed_in_full() -> None:
    messages = [*["no argument"] * SHOWN_IN_FULL, "another"]

    assert printed(*messages) == [True] * (SHOWN_IN_FULL + 1)


def test_a_long_output_of_a_role_is_cut_to_its_end() -> None:
    shown = last_lines("\n".join(map(str, range(10_000)))).splitlines()

    assert len(shown) == LINES_SHOWN + 1
    assert (shown[0], shown[-1]) == (f"({10_000 - LINES_SHOWN} lines before)", "9999")
