from typing import get_args

from libs.lifecycle.crashing import CrashLabel
from tests.chaos.role_faults import DIES_IN


def test_somebody_dies_at_every_labelled_point() -> None:
    assert list(DIES_IN) == list(get_args(CrashLabel))
