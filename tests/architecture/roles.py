"""The roles and commands of each service, and the settings class of each."""

from collections.abc import Mapping
from importlib import import_module

from libs.settings.base import Settings


def entry_points(service: str) -> Mapping[str, str]:
    """Return module:function of each role, command and group of commands."""
    main = import_module(f"{service}.__main__")
    return {**main.ROLES, **getattr(main, "COMMANDS", {}), **getattr(main, "GROUPS", {})}


def settings_of(service: str) -> Mapping[str, type[Settings]]:
    """Return the settings class of each, which has its name."""
    settings = import_module(f"{service}.config.settings")
    return {role: getattr(settings, class_name(role)) for role in entry_points(service)}


def class_name(role: str) -> str:
    return f"{role.title()}Settings"
