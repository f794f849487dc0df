"""Looks of the last seconds, one a second."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from deploy.shipyard.problems.looks import Look
from tests.unit.order_service.builders import NOON

T = TypeVar("T")


def looked(*answers: T) -> Sequence[Look[T]]:
    """Return looks that end at noon."""
    last = len(answers) - 1
    return [Look(NOON - timedelta(seconds=last - n), each) for n, each in enumerate(answers)]
