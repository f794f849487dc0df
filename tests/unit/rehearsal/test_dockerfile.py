from pathlib import Path

import pytest

from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.dockerfile import DOCKERFILE, contents, python_version, read_stages
from tests.rehearsal.images import give_rights, is_left_out
from tests.rehearsal.problem import Problem

TEXT = """\
# a comment
FROM python:3.11 AS code
ARG SERVICE
WORKDIR /app
COPY libs libs
COPY ${SERVICE}_service ${SERVICE}_service
RUN one \\
    && two $HOME
FROM python:3.11 AS runtime
ENV PATH=/opt/venv/bin:$PATH \\
    MODE=quiet
WORKDIR /app
USER 10001:10001
FROM runtime AS service
COPY --from=code /app /app
CMD ["sh", "-c", "exec ${SERVICE}"]
"""


def test_a_stage_has_what_the_stage_before_it_had() -> None:
    service = read_stages(TEXT, {"SERVICE": "shop"})["service"]

    assert service.environment["MODE"] == "quiet"
    assert service.environment["PATH"].startswith("/opt/venv/bin:/usr/local/bin")
    assert (service.folder, service.user) == ("/app", "10001:10001")
    assert service.command == ("sh", "-c", "exec ${SERVICE}")


def test_what_a_stage_copies_from_another_comes_from_the_context() -> None:
    stages = read_stages(TEXT, {"SERVICE": "shop"})

    assert contents(stages, "service") == {
        "/app/libs": "libs",
        "/app/shop_service": "shop_service",
    }


def test_an_unknown_instruction_is_refused() -> None:
    with pytest.raises(Problem, match="ONBUILD"):
        read_stages("FROM a AS b\nONBUILD RUN x\n", {})


@pytest.mark.parametrize(
    ("path", "is_out"),
    [
        ("README.md", True),
        ("libs/kafka", False),
        ("libs/engines/kafka.py", True),
        ("order_service/app", False),
        ("order_service/app/__pycache__", True),
        ("libs/contracts/events/v1/events.proto", True),
    ],
)
def test_the_image_gets_what_dockerignore_leaves(path: str, *, is_out: bool) -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()

    assert is_left_out(path, [line for line in lines if line and line[0] != "#"]) is is_out


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Where an image's files are while it is built."""
    code = tmp_path / "app" / "libs" / "code.py"
    code.parent.mkdir(parents=True)
    code.touch(mode=0o644)
    return tmp_path


def test_what_umask_077_closed_is_opened_by_the_dockerfile(files: Path) -> None:
    opened = TEXT.replace("RUN one", "RUN chmod -R a+rX . && one")

    give_rights(read_stages(opened, {"SERVICE": "shop"}), "service", files)

    assert (files / "app" / "libs").stat().st_mode & 0o777 == 0o755
    assert (files / "app" / "libs" / "code.py").stat().st_mode & 0o777 == 0o644


def test_what_stays_closed_to_the_images_user_is_told(files: Path) -> None:
    with pytest.raises(Problem, match="/app is closed"):
        give_rights(read_stages(TEXT, {"SERVICE": "shop"}), "service", files)


@pytest.mark.parametrize("target", ["core", "service"])
def test_the_projects_own_images_can_be_read_by_their_user(files: Path, target: str) -> None:
    text = DOCKERFILE.read_text()

    give_rights(read_stages(text, {"SERVICE": "shop"}), target, files)


def test_stages_on_two_versions_of_python_are_told() -> None:
    assert python_version(TEXT) == "3.11"
    with pytest.raises(Problem, match=r"3\.11 and 3\.12"):
        python_version(TEXT.replace("python:3.11", "python:3.12", 1))
