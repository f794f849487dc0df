"""Log events from WARNING up are explained to operators."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import ROOT, SERVICES, python_files

METHODS = ("warning", "error", "exception", "critical")

NAME = re.compile(r"[a-z]+(_[a-z]+)+")


def _said() -> Iterator[str]:
    """Yield the events that code logs, or passes on as an alarm."""
    for path in python_files():
        if path.relative_to(ROOT).parts[0] in {*SERVICES, "libs"}:
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(func=ast.Attribute(attr=method), args=[ast.Constant(event), *_]):
                        if method in METHODS and NAME.fullmatch(str(event)):
                            yield str(event)
                    case ast.keyword(arg="alarm", value=ast.Constant(str(event))):
                        yield event


def test_every_warning_and_error_is_explained_to_the_operator() -> None:
    explained = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "operations.md").read_text()))

    assert set(_said()) - explained == set()
