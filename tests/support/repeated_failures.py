"""Shortens a test log in which one fault fails many tests: the same traceback is printed once."""

from collections import Counter

import pytest
from _pytest._code.code import ExceptionChainRepr

SHOWN_IN_FULL = 2
"""Times that the same failure is shown with its traceback and logs; two differ at times."""


class RepeatedFailures:
    """A plugin. Failures are the same if they end at the same line with the same message."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, int, str]] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.shorten(report)

    def shorten(self, report: pytest.TestReport) -> None:
        """Replace what a repeated failure prints with one line."""
        if not report.failed or not isinstance(report.longrepr, ExceptionChainRepr):
            return
        crash = report.longrepr.reprcrash
        if crash is None:
            return
        message = crash.message.partition("\n")[0]
        same = (crash.path, crash.lineno, message)
        self._seen[same] += 1
        if self._seen[same] > SHOWN_IN_FULL:
            report.longrepr = f"{crash.path}:{crash.lineno}: {message}: as {SHOWN_IN_FULL} above"
            report.sections = []
