"""Every variable is read by somebody, and what is read has a place in a template."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from assembly_service.config.settings import AssemblySettings
from inventory_service.config.settings import InventorySettings
from libs.kafka.__main__ import TopicsSettings
from libs.settings.base import Settings
from notification_service.config.settings import NotificationSettings
from order_service.config.settings import OrderSettings
from payment_service.config.settings import PaymentSettings
from tests.rehearsal.compose_files import variables
from tests.rehearsal.plan import Plan, foreign_image
from tests.rehearsal.problem import Problem

SETTINGS: Mapping[str, type[Settings]] = {
    "core": TopicsSettings,
    "order": OrderSettings,
    "inventory": InventorySettings,
    "payment": PaymentSettings,
    "assembly": AssemblySettings,
    "notification": NotificationSettings,
}

NO_SETTING = {"CRASH_AT": "makes a process die in tests"}
"""Read directly, and in no template on purpose."""

FLOWERS_OPTIONS = """
import flower.options, tornado.options
print(*(f"FLOWER_{name.upper()}" for name in tornado.options.options))
"""

READ_BY_CELERY = {"CELERY_BROKER_URL", "CELERY_CONFIG_MODULE"}

READ_BY_ENGINES = {"core": {"REDIS_OPERATOR_PASSWORD", "FLOWER_BASIC_AUTH"}}
"""Variables of a project's file that only a program which is not ours reads."""


def settings_of(project: str) -> set[str]:
    """Return the names that the services' own settings have."""
    fields = SETTINGS[project].model_fields
    return {str(field.alias or name) for name, field in fields.items()}


def read_by(project: str) -> set[str]:
    """Return the names that its services, its compose file and its engines read."""
    return settings_of(project) | variables(project) | READ_BY_ENGINES.get(project, set())


def check_variables(plan: Plan, rendered: Mapping[str, Mapping[str, str]]) -> None:
    """Raise Problem naming every variable that nobody reads, or that has no template."""
    found = [
        *(line for project in rendered for line in of_project(project, set(rendered[project]))),
        *of_foreign_images(plan, rendered),
        *of_flower(plan, set(rendered["core"])),
        *of_code(plan, rendered),
    ]
    if found:
        raise Problem("\n".join(found))


def of_project(project: str, rendered: set[str]) -> Iterator[str]:
    for name in sorted(rendered - read_by(project)):
        yield f"{project}: nobody reads {name}"
    for name in sorted(settings_of(project) - rendered):
        yield f"{project}: {name} is read and in no template"


def of_foreign_images(plan: Plan, rendered: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Look at what an image is given beside its project's file."""
    for container in plan.containers.values():
        if image := foreign_image(container):
            for name in sorted(image.unread(container) - set(rendered[container.project])):
                yield f"{container.name}: nobody reads {name}"


def of_flower(plan: Plan, rendered: set[str]) -> Iterator[str]:
    """Ask Flower itself for its options."""
    place = plan.places["flower"]
    place.settle()
    known = {*place.run(("python", "-c", FLOWERS_OPTIONS)).stdout.split(), *READ_BY_CELERY}
    for name in sorted(set(place.container.environment) - known - rendered):
        yield f"flower: nobody reads {name}"


def of_code(plan: Plan, rendered: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Look for variables that the copied files read past the settings."""
    for container in plan.containers.values():
        if "build" in container.service:
            image = plan.images[container.image]
            files = (path for place in image.own_places() for path in place.rglob("*.py"))
            known = {*rendered[container.project], *NO_SETTING}
            for name in sorted(set(direct_reads(files)) - known):
                yield f"{container.project}: {name} is read and in no template"


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
