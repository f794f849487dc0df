"""Fails if the committed protobuf code differs from a fresh run of protoc."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "libs" / "contracts"


def stale_files() -> list[str]:
    """Relative paths of generated files that differ from a fresh run of protoc."""
    protos = [str(path.relative_to(ROOT)) for path in sorted(CONTRACTS.rglob("*.proto"))]
    services = [path for path in protos if "service " in (ROOT / path).read_text()]
    with tempfile.TemporaryDirectory() as folder:
        _protoc(f"--python_out={folder}", f"--pyi_out={folder}", *protos)
        _protoc(f"--grpc_python_out={folder}", *services)
        fresh = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in Path(folder).rglob("*_pb2*")
        }
    committed = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for path in CONTRACTS.rglob("*_pb2*.py*")
        if path.suffix != ".pyc"
    }
    return sorted(
        name for name in fresh.keys() | committed.keys() if fresh.get(name) != committed.get(name)
    )


def _protoc(*arguments: str) -> None:
    subprocess.run(  # our own interpreter and our own files
        [sys.executable, "-m", "grpc_tools.protoc", "-I", ".", *arguments], check=True, cwd=ROOT
    )


if __name__ == "__main__":
    if stale := stale_files():
        sys.exit("stale generated code, run make proto: " + ", ".join(stale))
