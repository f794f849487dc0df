import hashlib
from pathlib import Path

import pytest
import stamina

from deploy.local.engines.errors import EngineBroken
from deploy.local.engines.kafka_jars import Jar, fetch_jars, locked_jars

CONTENT = b"classes"
JAR = Jar(coordinate="org.ships:hull:1.0", sha256=hashlib.sha256(CONTENT).hexdigest())


class FakeRepository:
    """Writes the same content for every download, into a file that must not exist."""

    def __init__(self, content: bytes = CONTENT) -> None:
        self._content = content
        self.asked: list[str] = []

    def __call__(self, coordinate: str, folder: Path) -> Path:
        self.asked.append(coordinate)
        path = folder / "downloaded.jar"
        with path.open("xb") as file:
            file.write(self._content)
        return path


@pytest.mark.parametrize("before", [None, CONTENT[:3]], ids=["missing", "damaged"])
def test_a_missing_or_damaged_jar_is_fetched_once(tmp_path: Path, before: bytes | None) -> None:
    repository, jar = FakeRepository(), tmp_path / "hull-1.0.jar"
    if before is not None:
        jar.write_bytes(before)

    for _ in range(2):
        fetch_jars(tmp_path, [JAR], download=repository)

    assert jar.read_bytes() == CONTENT
    assert repository.asked == ["org.ships:hull:1.0"]


def test_a_jar_that_is_not_the_locked_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineBroken, match=r"org.ships:hull:1.0: differs from the checksum"):
        fetch_jars(tmp_path, [JAR], download=FakeRepository(b"something else"))

    assert list(tmp_path.iterdir()) == []


def test_a_download_that_the_network_broke_is_retried(tmp_path: Path) -> None:
    repository = FakeRepository()

    def broken_once(coordinate: str, folder: Path) -> Path:
        downloaded = repository(coordinate, folder)
        if len(repository.asked) == 1:
            raise ConnectionError("reset in the middle of the file")
        return downloaded

    with stamina.set_testing(True, attempts=10, cap=True):
        fetch_jars(tmp_path, [JAR], download=broken_once)

    assert (tmp_path / "hull-1.0.jar").read_bytes() == CONTENT


def test_a_failed_download_names_its_jar(tmp_path: Path) -> None:
    def no_network(coordinate: str, folder: Path) -> Path:
        raise OSError("no network")

    with (
        stamina.set_testing(True, attempts=10, cap=True),
        pytest.raises(EngineBroken, match=r"org.ships:hull:1.0: no network"),
    ):
        fetch_jars(tmp_path, [JAR], download=no_network)


def test_no_two_locked_jars_share_a_file_name() -> None:
    names = [jar.file_name for jar in locked_jars()]

    assert len(set(names)) == len(names)
