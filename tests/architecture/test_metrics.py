"""Each declared metric is measured somewhere."""

import ast

from libs.metrics.declared.every import PAGES
from libs.metrics.declared.kinds import Declared
from tests.architecture.sources import ROOT, SERVICES, python_files


def _imported() -> set[tuple[str, str]]:
    return {
        (str(node.module), alias.name)
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in {"libs", *SERVICES}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_each_declared_metric_is_measured() -> None:
    declared = {
        (page.__name__, name)
        for page in PAGES.values()
        for name, value in vars(page).items()
        if isinstance(value, Declared)
    }

    assert declared - _imported() == set()
