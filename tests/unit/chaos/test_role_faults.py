from typing import get_args

from libs.lifecycle.crashing import CrashLabel
from tests.chaos.faults.role_faults import DIES_IN, noticed
from tests.chaos.judging.measures.answers import Answer


def test_somebody_dies_at_every_labelled_point() -> None:
    assert list(DIES_IN) == list(get_args(CrashLabel))


def test_customers_may_find_nobody_at_the_port_and_notice_nothing_else() -> None:
    outcomes = ["ConnectError", "200", "409", "504", "ReadError"]
    given = [Answer(request="pay", outcome=each, asked_at_s=0.0, took_s=0.1) for each in outcomes]

    assert [complaint.split()[1] for complaint in noticed(given)] == ["504", "ReadError"]
