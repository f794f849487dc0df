"""The samples that every consumer must be able to decode."""

from pathlib import Path

from libs import contracts


def golden_sample(name: str) -> bytes:
    (package,) = contracts.__path__
    return (Path(package) / "golden" / f"{name}.bin").read_bytes()
