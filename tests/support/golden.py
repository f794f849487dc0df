"""The samples that every consumer must be able to decode."""

from pathlib import Path
from typing import Literal

from libs import contracts


def golden_sample(name: Literal["order_paid", "ship_assembled"]) -> bytes:
    (package,) = contracts.__path__
    return (Path(package) / "golden" / f"{name}.bin").read_bytes()
