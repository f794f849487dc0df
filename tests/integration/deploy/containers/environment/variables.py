"""Finds the readers of variables: settings, compose files, engines, Flower, other code."""

import ast
import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from libs.kafka.__main__ import TopicsSettings
from libs.settings.base import Settings
from tests.architecture.roles import settings_of
from tests.architecture.sources import SERVICES
from tests.compose.projects import COMPOSE, Service, variables
from tests.integration.deploy.containers.environment.shipyard import read_by_shipyard

SETTINGS: Mapping[str, Collection[type[Settings]]] = {
    "core": (TopicsSettings,),
    "operator": (),
    **{service.removesuffix("_service"): settings_of(service).values() for service in SERVICES},
}

NO_SETTING = {"CRASH_AT": "makes a process die in tests"}
"""Variables that code reads directly and that are in no template on purpose."""

READ_BY_ENGINES = {
    "core": {"REDIS_OPERATOR_PASSWORD", "REDIS_READER_PASSWORD", "FLOWER_BASIC_AUTH"},
    "operator": read_by_shipyard(),
}
"""Variables of a project's file that only a third-party program reads."""

KNOWN_TO_IMAGES = {
    "confluentinc/cp-kafka:": r"CLUSTER_ID|KAFKA_[A-Z_]+",  # all of these become properties
    "mongo:": r"MONGO_INITDB_(ROOT_USERNAME|ROOT_PASSWORD|DATABASE)",
    "postgres:": r"POSTGRES_(USER|PASSWORD|DB|INITDB_ARGS|HOST_AUTH_METHOD)",
    "redis:": r"REDISCLI_AUTH",
    "oliver006/redis_exporter:": r"REDIS_(ADDR|USER|PASSWORD|EXPORTER_CONFIG_COMMAND)",
    "danielqsj/kafka-exporter:": r"[^\\W\\w]",  # arguments only
    "prometheuscommunity/postgres-exporter:": r"DATA_SOURCE_(URI|USER|PASS)",
    "percona/mongodb_exporter:": r"MONGODB_(USER|PASSWORD)",
    "prom/prometheus:": r"GOMEMLIMIT",
    "grafana/grafana:": r"GF_[A-Z_]+",
    "nginxinc/nginx-unprivileged:": r"NGINX_[A-Z_]+",
    "kafbat/kafka-ui:": (
        r"JAVA_OPTS|KAFKA_CLUSTERS_\d+_(NAME|BOOTSTRAPSERVERS|READONLY|PROPERTIES_[A-Z_]+)"
    ),
}
"""Variables of third-party images, as their documentation lists them."""

READ_BY_CELERY = {"CELERY_BROKER_URL", "CELERY_CONFIG_MODULE"}

FLOWERS_OPTIONS = """
import flower.options, tornado.options
print(*(f"FLOWER_{name.upper()}" for name in tornado.options.options))
"""


def read_by(project: str) -> set[str]:
    """Return the variables that its services, its compose file and its engines read."""
    settings = {
        str(field.alias or name)
        for role in SETTINGS[project]
        for name, field in role.model_fields.items()
    }
    by_compose = variables(COMPOSE / project / "docker-compose.yml")
    return settings | by_compose | READ_BY_ENGINES.get(project, set())


def misplaced(project: str, names: Collection[str]) -> set[str]:
    """Return a template's unread variables, and variables that are read and missing in it."""
    return set(names) ^ read_by(project)


def named_in_commands(service: Service) -> set[str]:
    """Return the variables that a shell expands in the command or the health check."""
    words = [*(service.get("command") or ()), *service.get("healthcheck", {}).get("test", ())]
    return set(re.findall(r"\$\{?([A-Z][A-Z0-9_]*)", " ".join(words)))


def unread_by_image(service: Service, of_its_file: Collection[str]) -> set[str]:
    """Name a third-party image's own variables that it does not read."""
    (known,) = (
        names for image, names in KNOWN_TO_IMAGES.items() if service["image"].startswith(image)
    )
    given = set(service["environment"]) - set(of_its_file) - named_in_commands(service)
    return {name for name in given if not re.fullmatch(known, name)}


def unread_by_flower(given: Collection[str], of_its_file: Collection[str]) -> set[str]:
    """Name Flower's variables without an option, and other variables that it does not read."""
    asked = {name for name in given if name.startswith("FLOWER_") or name not in of_its_file}
    return asked - flowers_options() - READ_BY_CELERY


def flowers_options() -> set[str]:
    """Ask Flower in a separate process, because its options are global."""
    done = subprocess.run(
        [sys.executable, "-c", FLOWERS_OPTIONS],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stdout.split())


def without_template(files: Iterable[Path], names: Collection[str]) -> set[str]:
    """Name variables that code reads directly, unless NO_SETTING or a template has them."""
    return set(direct_reads(files)) - set(names) - NO_SETTING.keys()


def direct_reads(files: Iterable[Path]) -> Iterator[str]:
    """Yield the names in os.environ.get("NAME"), os.environ["NAME"] and os.getenv("NAME")."""
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="get" | "getenv" as name, value=of)):
                    argument = node.args[0] if node.args else None
                    reads = name == "getenv" or "environ" in ast.unparse(of)
                case ast.Subscript(value=of, slice=argument, ctx=ast.Load()):
                    reads = ast.unparse(of).endswith("environ")
                case _:
                    continue
            if reads and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
