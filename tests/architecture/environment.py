"""The environment per role in each service's README, made from the settings classes.

Fails if a README is not fresh; writes it with --write.
"""

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


def stale_readmes() -> Mapping[Path, str]:
    """Return the fresh text of each README that is not fresh."""
    readmes = {ROOT / service / "README.md": settings_of(service) for service in SERVICES}
    fresh = {path: written(path.read_text(), roles) for path, roles in readmes.items()}
    return {path: text for path, text in fresh.items() if text != path.read_text()}


if __name__ == "__main__":
    stale = stale_readmes()
    if "--write" in sys.argv:
        for path, text in stale.items():
            path.write_text(text)
    elif stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        sys.exit(f"stale environment tables, run make env-docs: {names}")
