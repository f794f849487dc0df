"""Golden samples of the events, which every consumer must decode."""

from pathlib import Path

from libs import contracts


def golden_sample(name: str) -> bytes:
    (package,) = contracts.__path__
    return (Path(package) / "golden" / f"{name}.bin").read_bytes()
