"""The project's own images, as folders."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.dockerfile import Stage, contents, read_stages, rights
from tests.rehearsal.environments import install
from tests.rehearsal.people import People
from tests.rehearsal.problem import Problem

VENV = "/opt/venv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    stage: Stage
    places: Mapping[str, Path]
    """Where its folders are; nobody may write there."""

    def own_places(self) -> Iterator[Path]:
        """Yield the folders with the project's own files."""
        return (place for inside, place in self.places.items() if inside != VENV)


def build_image(build: Mapping[str, object], folder: Path, people: People) -> Image:
    """Build what the Dockerfile says, at folder. Raises Problem."""
    arguments = {str(name): str(value) for name, value in dict(build["args"]).items()}  # type: ignore[call-overload]  # as the schema has it
    stages = read_stages((ROOT / str(build["dockerfile"])).read_text(), arguments)
    target = str(build.get("target") or list(stages)[-1])
    install(arguments["SERVICE"], people.python, folder / "venv")
    copied = contents(stages, target)
    for inside, source in copied.items():
        _copy_context(source, folder / "files" / inside.lstrip("/"))
    give_rights(stages, target, folder / "files")
    roots = {f"/{inside.split('/')[1]}" for inside in copied}
    places = {VENV: folder / "venv", **{root: folder / "files" / root[1:] for root in roots}}
    for root in roots:
        _compile(folder / "venv", places[root])
        _close(places[root])
    return Image(stage=stages[target], places=places)


def _copy_context(source: str, target: Path) -> None:
    original = ROOT / source
    if not original.exists():
        raise Problem(f"the Dockerfile copies {source}, which does not exist")
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    shutil.copytree(original, target, ignore=ignoring(rules))


def ignoring(rules: list[str]) -> Callable[[str, list[str]], set[str]]:
    """Return what copytree may ask: which names in a folder .dockerignore leaves out."""
    patterns = [rule for rule in rules if rule and not rule.startswith("#")]

    def ignored(folder: str, names: list[str]) -> set[str]:
        here = Path(folder).relative_to(ROOT)
        return {name for name in names if is_left_out((here / name).as_posix(), patterns)}

    return ignored


def is_left_out(path: str, patterns: list[str]) -> bool:
    """Whether the last pattern that fits the path, or a folder above it, leaves it out."""
    left_out = False
    parts = path.split("/")
    ways = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    for pattern in patterns:
        wanted = pattern.removeprefix("!")
        names = parts if wanted.startswith("**/") else ways
        if any(fnmatch(name, wanted.removeprefix("**/")) for name in names):
            left_out = not pattern.startswith("!")
    return left_out


def _compile(venv: Path, folder: Path) -> None:
    done = subprocess.run(
        [str(venv / "bin" / "python"), "-m", "compileall", "-q", "-j2", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Problem(f"compileall: {done.stdout.strip()}")


def give_rights(stages: Mapping[str, Stage], name: str, files: Path) -> None:
    """Take all rights from everybody but the owner, as umask 077 does, then do every chmod.

    Raises Problem if the image's user could not read a file.
    """
    for path in files.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    for folder, words in rights(stages, name):
        subprocess.run(words, cwd=files / folder.lstrip("/"), check=True)
    for path in files.rglob("*"):
        needed = 0o005 if path.is_dir() else 0o004
        if path.stat().st_mode & needed != needed:
            raise Problem(f"/{path.relative_to(files)} is closed to the user of the image")


def _close(folder: Path) -> None:
    """Take away the right to write, which for the caller itself is all that protects the files."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
