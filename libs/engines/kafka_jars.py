"""Apache Kafka's own jars, each checked against its line in kafka_jars.txt."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from libs.engines.errors import EngineBroken

LOCK_FILE = Path(__file__).with_name("kafka_jars.txt")

DOWNLOADS_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def locked_jars() -> list[Jar]:
    lines = LOCK_FILE.read_text(encoding="utf-8").splitlines()
    pairs = [line.split() for line in lines if line and not line.startswith("#")]
    return [Jar(coordinate=coordinate, sha256=sha256) for coordinate, sha256 in pairs]


def cache_folder() -> Path:
    """Return where this user keeps exactly the locked jars, for all checkouts and test runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    lock = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    return Path(base) / "shipyard" / f"kafka-{lock[:12]}"


def fetch_jars(folder: Path) -> None:
    """Fetch into folder what is missing or damaged there. Raises EngineBroken naming the jars.

    Needs no network when all is there. Several processes may do it at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in locked_jars() if not _is_intact(folder / jar.file_name, jar)]
    if missing:
        _fetch_all(missing, folder)


def _fetch_all(jars: Sequence[Jar], folder: Path) -> None:
    with (
        tempfile.TemporaryDirectory(dir=folder) as downloads,
        ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as threads,
    ):
        problems = list(threads.map(lambda jar: _fetch(jar, Path(downloads), folder), jars))
    if found := [problem for problem in problems if problem]:
        raise EngineBroken("Apache Kafka can not be downloaded: " + "; ".join(found))


def _fetch(jar: Jar, downloads: Path, folder: Path) -> str | None:
    from jgo.maven import MavenContext  # noqa: PLC0415  # slow to import, needed on the first run

    try:
        context = MavenContext(repo_cache=downloads)
        downloaded = context.create_dependency(jar.coordinate).artifact.resolve()
    except Exception as error:  # noqa: BLE001  # jgo documents none; each is reported by name
        return f"{jar.coordinate}: {error}"
    if not _is_intact(downloaded, jar):
        return f"{jar.coordinate}: is not the file that kafka_jars.txt names"
    downloaded.replace(folder / jar.file_name)
    return None


def _is_intact(path: Path, jar: Jar) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except FileNotFoundError:
        return False
