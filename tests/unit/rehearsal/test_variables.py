from pathlib import Path

from tests.rehearsal.foreign import unread_but
from tests.rehearsal.redis_image import RedisImage
from tests.rehearsal.ui_image import UiImage
from tests.rehearsal.variables import direct_reads, of_project, settings_of
from tests.unit.rehearsal.builders import a_container

PAYMENT = settings_of("payment")


def test_a_project_whose_template_has_what_is_read_is_well() -> None:
    assert list(of_project("payment", PAYMENT)) == []


def test_a_variable_that_nobody_reads_is_named() -> None:
    assert list(of_project("payment", {*PAYMENT, "GRPC_PROT"})) == [
        "payment: nobody reads GRPC_PROT"
    ]


def test_a_variable_without_a_template_is_named() -> None:
    assert list(of_project("payment", PAYMENT - {"GRPC_PORT"})) == [
        "payment: GRPC_PORT is read and in no template"
    ]


def test_a_variable_that_the_command_or_the_health_check_names_is_read() -> None:
    container = a_container(
        "shop",
        {"A": "1", "B": "2", "C": "3"},
        command=["sh", "-c", "echo $A"],
        healthcheck={"test": ["CMD-SHELL", "test ${B}"]},
    )

    assert unread_but(frozenset(), container) == {"C"}


def test_the_client_of_redis_reads_its_password() -> None:
    container = a_container("redis", {"REDISCLI_AUTH": "x", "REDIS_PORT": "1"})

    assert RedisImage().unread(container) == {"REDIS_PORT"}


def test_a_misspelt_variable_of_kafka_ui_is_read_by_nobody() -> None:
    given = {"KAFKA_CLUSTERS_0_NAME": "a", "KAFKA_CLUSTERS_0_READONLI": "true"}

    assert UiImage().unread(a_container("ui", given)) == {"KAFKA_CLUSTERS_0_READONLI"}


def test_reads_past_the_settings_are_found(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "import os\n"
        "from os import environ\n"
        "os.environ.get('ONE')\n"
        "os.environ['TWO']\n"
        "environ['THREE']\n"
        "os.getenv('FOUR', '')\n"
        "os.environ['SET'] = 'x'\n"
        "{}.get('OTHER')\n"
    )

    assert set(direct_reads([code])) == {"ONE", "TWO", "THREE", "FOUR"}
