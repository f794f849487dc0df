import pytest

from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.dockerfile import contents, read_stages
from tests.rehearsal.images import is_left_out
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
