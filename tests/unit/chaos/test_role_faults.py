import ast
from collections.abc import Iterator

from tests.architecture.sources import ROOT, SERVICES, python_files
from tests.chaos.faults.role_faults import DIES_IN, noticed
from tests.chaos.judging.measures.answers import Answer


def labels() -> Iterator[str]:
    """Yield the labels of all crash points."""
    for path in python_files():
        if path.relative_to(ROOT).parts[0] in {*SERVICES, "libs"}:
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(func=ast.Name("crash_point"), args=[ast.Constant(str(label))]):
                        yield label


def test_a_role_dies_at_every_crash_point() -> None:
    assert sorted(DIES_IN) == sorted(labels())


def test_customers_may_find_the_port_closed_and_notice_nothing_else() -> None:
    outcomes = ["ConnectError", "200", "409", "504", "ReadError"]
    given = [Answer(request="pay", outcome=each, asked_at_s=0.0, took_s=0.1) for each in outcomes]

    assert [complaint.split()[1] for complaint in noticed(given)] == ["504", "ReadError"]
