"""Apache Kafka's own jars, each checked against its line in kafka_jars.txt."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import stamina

from deploy.local.engines.errors import EngineBroken

LOCK_FILE = Path(__file__).with_name("kafka_jars.txt")

DOWNLOADS_AT_ONCE = 8
TRIES = 5

Download = Callable[[str, Path], Path]


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
    """Return this user's folder with exactly the locked jars, for all clones and test runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    lock = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    return Path(base) / "shipyard" / f"kafka-{lock[:12]}"


def download(coordinate: str, folder: Path) -> Path:
    """Download one artifact without its dependencies, somewhere below folder."""
    from jgo.maven import MavenContext  # noqa: PLC0415  # slow to import, needed on the first run

    context = MavenContext(repo_cache=folder)
    return Path(context.create_dependency(coordinate).artifact.resolve())


def fetch_jars(folder: Path, jars: Sequence[Jar], *, download: Download = download) -> None:
    """Download missing and damaged jars into folder. Raises EngineBroken that names the jars.

    Needs no network if all are there. Several processes may do this at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if not _is_intact(folder / jar.file_name, jar)]
    if not missing:
        return
    with (
        tempfile.TemporaryDirectory(dir=folder) as downloads,
        ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as threads,
    ):
        fetch = partial(_fetch, download, Path(downloads), folder)
        problems = list(threads.map(fetch, missing))
    if found := [problem for problem in problems if problem]:
        raise EngineBroken("Apache Kafka cannot be downloaded: " + "; ".join(found))


def _fetch(download: Download, downloads: Path, folder: Path, jar: Jar) -> str | None:
    """Download one jar, or return why it could not be."""
    try:
        downloaded = _try(download, downloads, jar.coordinate)
    except Exception as error:  # noqa: BLE001  # jgo documents none; each is reported by name
        return f"{jar.coordinate}: {error}"
    if not _is_intact(downloaded, jar):
        return f"{jar.coordinate}: differs from the checksum in kafka_jars.txt"
    downloaded.replace(folder / jar.file_name)
    return None


@stamina.retry(on=OSError, attempts=TRIES)
def _try(download: Download, downloads: Path, coordinate: str) -> Path:
    own = tempfile.mkdtemp(dir=downloads)  # jgo treats a partial file as complete
    return download(coordinate, Path(own))


def _is_intact(path: Path, jar: Jar) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except FileNotFoundError:
        return False
