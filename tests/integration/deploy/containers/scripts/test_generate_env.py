import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compose.env_files import DeployCopy, env_values
from tests.compose.projects import PROJECTS, resolved


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_first_run_creates_everything_with_random_secrets(copy: DeployCopy) -> None:
    answer = copy.generate()

    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    assert answer.stdout == "environment files: 7 rendered, 0 skipped\n"
    secret = env_values(copy.env_file)["CORE_REDIS_PASSWORD"]
    assert len(secret) == 48
    assert "generate-me" not in env_values(copy.env_file).values()
    assert env_values(copy.rendered("order"))["CELERY_BROKER_URL"] == (
        f"redis://services:{secret}@redis:6379/0"
    )


def test_no_two_secrets_are_the_same(copy: DeployCopy) -> None:
    copy.generate()

    secrets = re.findall(
        r"^[A-Z_]+=(?:shipyard:)?([0-9a-f]{48})$", copy.env_file.read_text(), re.MULTILINE
    )
    assert len(secrets) == len(set(secrets)) == 15


def test_only_the_owner_can_read_what_holds_secrets(copy: DeployCopy) -> None:
    copy.generate()

    assert mode(copy.env_file) == 0o600
    assert {mode(copy.rendered(service)) for service in PROJECTS} == {0o600}


def test_an_env_file_that_others_could_read_is_closed(copy: DeployCopy) -> None:
    copy.generate()
    copy.env_file.chmod(0o644)

    copy.generate()

    assert mode(copy.env_file) == 0o600


def test_what_the_operator_wrote_is_never_overwritten(copy: DeployCopy) -> None:
    copy.generate()
    edited = copy.env_file.read_text().replace("ORDER_HTTP_PORT=8080", "ORDER_HTTP_PORT=9999")
    copy.env_file.write_text(edited)

    copy.generate()

    assert copy.env_file.read_text() == edited
    assert env_values(copy.rendered("order"))["HTTP_PORT"] == "9999"


def test_a_secret_that_is_still_to_be_generated_is_filled_in_later(copy: DeployCopy) -> None:
    template = copy.root / "deploy" / "env" / ".env.template"
    shutil.copy(template, copy.env_file)

    copy.generate()

    assert len(env_values(copy.env_file)["ORDER_POSTGRES_PASSWORD"]) == 48
    assert copy.env_file.read_text().count("generate-me") == 1  # the comment that explains it


def test_without_envsubst_nothing_is_done(copy: DeployCopy, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "env", "dirname", "cp", "grep", "chmod", "mkdir", "mv", "cat"):
        (tools / tool).symlink_to(shutil.which(tool) or pytest.fail(f"{tool} is missing"))

    answer = copy.generate(PATH=str(tools))

    assert answer.returncode == 1
    assert "envsubst" in answer.stderr
    assert not copy.env_file.exists()


def test_a_missing_template_is_warned_about_and_skipped(copy: DeployCopy) -> None:
    copy.template("payment").unlink()

    answer = copy.generate()

    assert answer.returncode == 0
    assert answer.stderr == "warning: no template for payment, skipped\n"
    assert answer.stdout == "environment files: 6 rendered, 1 skipped\n"
    assert not copy.rendered("payment").exists()


def test_a_variable_that_an_old_env_file_lacks_is_warned_about(copy: DeployCopy) -> None:
    copy.generate()
    lines = copy.env_file.read_text().splitlines(keepends=True)
    copy.env_file.write_text("".join(x for x in lines if "ORDER_HTTP_PORT" not in x))

    answer = copy.generate(SERVICES="order")

    assert "ORDER_HTTP_PORT is not in" in answer.stderr


@pytest.mark.parametrize(
    "value",
    ["a$b", "a`id`b", "$(id)", "a b", 'a"b', r"a\b", r"a\\b", "a#b", "a #b", "${ORDER_HTTP_PORT}"],
)
def test_a_value_in_single_quotes_reaches_the_container_as_it_is(
    copy: DeployCopy, value: str
) -> None:
    answer = generate_with(copy, {"ORDER_POSTGRES_PASSWORD": f"'{value}'"})

    order = resolved(copy.compose_file("order"))["services"]["order-http"]
    assert (answer.returncode, answer.stderr) == (0, "")
    assert order["environment"]["POSTGRES_PASSWORD"] == value


@pytest.mark.parametrize("value", ["a$b", "a`id>ran`b", "$(id>ran)", '"$(touch ran)"'])
def test_nothing_in_an_env_file_is_executed(copy: DeployCopy, value: str) -> None:
    generate_with(copy, {"ORDER_POSTGRES_PASSWORD": value})

    order = resolved(copy.compose_file("order"))["services"]["order-http"]
    assert list(copy.root.rglob("ran")) == []
    assert order["environment"]["POSTGRES_PASSWORD"] == value.strip('"')


def test_a_value_may_refer_to_a_variable_above_it(copy: DeployCopy) -> None:
    generate_with(copy, {"ORDER_POSTGRES_DB": "shop-${ORDER_HTTP_PORT}"})

    assert env_values(copy.rendered("order"))["POSTGRES_DB"] == "shop-8080"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"ORDER_POSTGRES_PASSWORD": "a b"}, "holds a space"),
        ({"ORDER_POSTGRES_PASSWORD": "a'b"}, "holds a single quote"),
        ({"ORDER_HTTP_PORT": "8080\nexport A=b"}, "is not NAME=value"),
        ({"CORE_REDIS_PASSWORD": "hush/hush"}, "CORE_REDIS_PASSWORD may hold letters"),
        ({"CORE_REDIS_FLOWER_PASSWORD": "hush@hush"}, "CORE_REDIS_FLOWER_PASSWORD may hold"),
        ({"CORE_REDIS_READER_PASSWORD": "hush@hush"}, "CORE_REDIS_READER_PASSWORD may hold"),
        ({"CORE_KAFKA_SASL_PASSWORD": "hush;hush"}, "CORE_KAFKA_SASL_PASSWORD may hold letters"),
        ({"CORE_KAFKA_OPERATOR_PASSWORD": "hush;hush"}, "CORE_KAFKA_OPERATOR_PASSWORD may hold"),
        (
            {"ASSEMBLY_CELERY_BROKER_URL": "redis://services:hush/hush@redis:6379/0"},
            "ASSEMBLY_CELERY_BROKER_URL is not redis://",
        ),
        ({"ORDER_CELERY_BROKER_URL": "amqp://hush@rabbit"}, "ORDER_CELERY_BROKER_URL is not"),
        ({"CORE_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "error: core's Kafka speaks"),
        ({"CORE_KAFKA_SECURITY_PROTOCOL": "SSL"}, "error: core's Kafka speaks"),
        (
            {
                "CORE_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
                "CORE_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
            },
            "error: core's Kafka speaks",
        ),
    ],
)
def test_a_value_that_no_container_can_use_is_refused_in_one_line_without_the_secret(
    copy: DeployCopy, chosen: Mapping[str, str], said: str
) -> None:
    answer = generate_with(copy, chosen)

    assert answer.returncode == 1
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert "hush" not in answer.stderr
    assert not copy.rendered("core").exists()


@pytest.mark.parametrize(
    ("chosen", "part"),
    [
        ({"ORDER_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "SECURITY_PROTOCOL"),
        (
            {"CORE_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT", "ORDER_KAFKA_SASL_PASSWORD": "mine"},
            "SASL_PASSWORD",
        ),
    ],
)
def test_a_service_that_core_would_not_let_in_is_refused(
    copy: DeployCopy, chosen: Mapping[str, str], part: str
) -> None:
    answer = generate_with(copy, chosen)

    assert answer.returncode == 1
    assert answer.stderr == (
        f"error: ORDER_KAFKA_BROKERS is core's Kafka, but ORDER_KAFKA_{part}"
        f" differs from CORE_KAFKA_{part}\n"
    )


@pytest.mark.parametrize(
    "chosen",
    [
        {"CORE_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"},
        {"ORDER_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512"},
        {"ORDER_KAFKA_BROKERS": "kafka.example:9093", "ORDER_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"},
    ],
)
def test_logins_that_core_knows_and_other_values_are_accepted(
    copy: DeployCopy, chosen: Mapping[str, str]
) -> None:
    answer = generate_with(copy, chosen)

    assert (answer.returncode, answer.stderr) == (0, "")


def generate_with(
    copy: DeployCopy, chosen: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Generate from an .env with some changed lines."""
    text = (copy.root / "deploy" / "env" / ".env.template").read_text()
    for name, value in chosen.items():
        line = f"{name}={value}"
        text = re.sub(rf"^{name}=.*$", line.replace("\\", r"\\"), text, flags=re.MULTILINE)
    copy.env_file.write_text(text)
    return copy.generate()
