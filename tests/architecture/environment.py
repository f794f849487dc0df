"""The environment: a table per role in each service's README, and deploy/env/*.env.template.

The tables are made from the settings classes, the templates from the master beside them. Fails if
one is not fresh; writes it with --write.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from libs.settings.base import Settings
from tests.architecture.roles import settings_of
from tests.architecture.sources import ROOT, SERVICES

START = "<!-- made by make env-docs from config/settings.py -->"
END = "<!-- end of what make env-docs has made -->"
HEAD = ("| variable | default | meaning | roles |", "|---|---|---|---|")


def written(readme: str, roles: Mapping[str, type[Settings]]) -> str:
    """Return the README with a fresh table between the markers. Raises ValueError without them."""
    before, rest = readme.split(START)
    _, after = rest.split(END)
    return before + "\n".join([START, *HEAD, *rows(roles), END]) + after


def rows(roles: Mapping[str, type[Settings]]) -> Iterator[str]:
    """Yield a row for each variable: first what one role reads, last what all read."""
    readers: dict[tuple[str, str, str], list[str]] = {}
    for role, settings in roles.items():
        for field in settings.model_fields.values():
            row = (f"`{field.alias}`", default(field), meaning(field))
            readers.setdefault(row, []).append(role)
    for row, names in sorted(readers.items(), key=lambda each: len(each[1])):
        yield f"| {' | '.join(row)} | {'all' if len(names) == len(roles) else ', '.join(names)} |"


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    shown = value.get_secret_value() if isinstance(value, SecretStr) else value
    if isinstance(shown, bool):
        return str(shown).lower()
    return "none" if shown in (None, "") else str(shown)


def meaning(field: FieldInfo) -> str:
    """Return the field's docstring in one line. Raises ValueError if there is none."""
    if not field.description:
        raise ValueError(f"{field.alias} has no docstring in its settings class")
    return " ".join(field.description.split())


def template(project: str, master: str) -> str:
    """Return NAME=${PROJECT_NAME} for each variable of the master template with its prefix."""
    prefix = f"{project.upper()}_"
    names = re.findall(rf"^{prefix}(\w+)=", master, re.MULTILINE)
    return "".join(f"{name}=${{{prefix}{name}}}\n" for name in names)


def stale_files() -> Mapping[Path, str]:
    """Return the fresh text of each README and template that is not fresh."""
    env, readmes = ROOT / "deploy" / "env", {each: ROOT / each / "README.md" for each in SERVICES}
    master = (env / ".env.template").read_text()
    fresh = {path: written(path.read_text(), settings_of(name)) for name, path in readmes.items()}
    for path in env.glob("*.env.template"):
        if project := path.name.removesuffix(".env.template"):
            fresh[path] = template(project, master)
    return {path: text for path, text in fresh.items() if text != path.read_text()}


if __name__ == "__main__":
    stale = stale_files()
    if "--write" in sys.argv:
        for path, text in stale.items():
            path.write_text(text)
    elif stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        sys.exit(f"stale environment, run make env-docs: {names}")
