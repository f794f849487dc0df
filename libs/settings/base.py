"""Settings from the environment: frozen, read once, every problem listed at once."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

EXIT_BAD_CONFIGURATION = 78
"""EX_CONFIG of sysexits.h. Supervisors must not restart a process that exits with it."""


class SecretFiles(PydanticBaseSettingsSource):
    """NAME_FILE holds the path of a file whose content is the value of NAME."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = str(field.alias or field_name)
        path = os.environ.get(f"{name}_FILE")
        if not path:
            return None, name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), name, False
        except OSError as error:
            raise UnreadableSecret(name, path, error) from error

    def __call__(self) -> dict[str, Any]:
        found = (
            self.get_field_value(field, name)
            for name, field in self.settings_cls.model_fields.items()
        )
        return {name: value for value, name, _ in found if value is not None}


class UnreadableSecret(Exception):
    def __init__(self, name: str, path: str, error: OSError) -> None:
        super().__init__(f"{name}_FILE={path}: {error.strerror}")


class Settings(BaseSettings):
    """Base of every settings class; fields are named by their environment variable (alias).

    The docstring of a field is what a service's README says about its variable.
    An empty variable counts as unset. NAME wins over NAME_FILE.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, use_attribute_docstrings=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # no .env file is read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # see SecretFiles
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls)


S = TypeVar("S", bound=Settings)


def from_environment(settings: type[S]) -> S:
    """Read the settings. Prints every problem, a line each, and exits 78 if there is one."""
    try:
        return settings()
    except UnreadableSecret as error:
        _exit(str(error))
    except ValidationError as error:
        _exit(*(_problem(dict(each)) for each in error.errors(include_input=False)))


def _problem(error: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"]) or "environment"
    return f"{name}: {'is not set' if error['type'] == 'missing' else error['msg']}"


def _exit(*problems: str) -> NoReturn:
    for problem in problems:
        sys.stderr.write(f"bad configuration: {problem}\n")
    raise SystemExit(EXIT_BAD_CONFIGURATION)
