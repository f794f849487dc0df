import ast
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from libs.settings.base import Settings
from tests.architecture.sources import ROOT, SERVICES, python_files

LONGEST_FILE_LINES = 300
LONGEST_FUNCTION_LINES = 30
"""From def to its last line, docstring and inner functions included, decorators not."""

IMPORT_ALL = """
import importlib, pkgutil, {service}
for module in pkgutil.walk_packages({service}.__path__, "{service}."):
    if ".migrations." not in module.name and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_needs_nothing_but_itself_and_libs(service: str, tmp_path: Path) -> None:
    for package in (service, "libs"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )

    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL.format(service=service)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in python_files()}

    assert [path for path, lines in lengths.items() if lines > LONGEST_FILE_LINES] == []


def test_no_function_is_longer_than_30_lines() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno and node.end_lineno - node.lineno >= LONGEST_FUNCTION_LINES
    ] == []


def test_every_package_file_is_empty() -> None:
    assert [
        path for path in python_files() if path.name == "__init__.py" and path.read_text()
    ] == []


@pytest.mark.parametrize("service", SERVICES)
def test_use_cases_and_models_take_time_ids_and_chance_as_arguments(service: str) -> None:
    banned = {"utcnow", "now", "today", "uuid4", "uuid1", "random", "monotonic"}

    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for layer in ("service", "model")
        for path in (ROOT / service / layer).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _called(node) in banned
    ]

    assert calls == []


def test_a_variable_of_the_environment_is_named_in_one_place() -> None:
    """Two fields for one variable would let the services drift apart in defaults and types."""
    declared = Counter(
        alias
        for path in python_files()
        if "settings" in path.parts or path.name == "settings.py"
        for alias in _aliases(path)
    )
    shared = {"GRPC_PORT", "QUEUE_LIMIT"}

    assert {name for name, times in declared.items() if times > 1} <= shared


def test_only_app_reads_settings() -> None:
    readers = [
        path.relative_to(ROOT)
        for service in SERVICES
        for path in (ROOT / service).rglob("*.py")
        if "app" not in path.relative_to(ROOT / service).parts
        if {"os.environ", "os.getenv", "from_environment"} & _reads(path)
    ]

    assert readers == []


def test_the_settings_base_is_frozen() -> None:
    assert Settings.model_config["frozen"] is True


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _aliases(path: Path) -> list[str]:
    return [
        str(keyword.value.value)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "alias" and isinstance(keyword.value, ast.Constant)
    ]


def _reads(path: Path) -> set[str]:
    """Return the names that a file uses; a library's switch may be set in the environment."""
    nodes = ast.walk(ast.parse(path.read_text()))
    names = Counter(
        ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute | ast.Name)
    )
    names["os.environ"] -= names["os.environ.setdefault"]
    return set(+names)
