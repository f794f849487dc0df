"""The environment of each process of the stack, with the variable names of the services.

If the caller's environment has the address of an engine, that engine is not started and its
variables are passed to the roles unchanged.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.passwords import Passwords
from deploy.local.configuration.ports import PORT_VARIABLES, Ports
from deploy.local.engines.engine import LOOPBACK

Environment = Mapping[str, str]

SANDBOX_CHAT = "1001"

DATABASES = ("order", "notification")

FOREIGN_ENGINES = ("KAFKA_", "CELERY_BROKER_URL", "POSTGRES_", "MONGO_", "TELEGRAM_")
SERVICE_PREFIXES = tuple(f"{name.upper()}_POSTGRES_" for name in DATABASES)


def relevant(environment: Environment) -> dict[str, str]:
    """Return the variables that configure the stack."""
    movers = {port.variable for port in PORT_VARIABLES.values()}
    return {
        name: value
        for name, value in environment.items()
        if name in movers or name.startswith((*FOREIGN_ENGINES, *SERVICE_PREFIXES))
    }


def started_with(folders: Folders) -> dict[str, str]:
    """Return the environment of the running stack, else that of this process."""
    if not folders.environment.exists():
        return dict(os.environ)
    return cast(dict[str, str], json.loads(folders.environment.read_text(encoding="utf-8")))


def api_key(environment: Environment) -> str:
    """Return the first API key of the REST API; empty if it has none."""
    keys = environment.get("ORDER_API_KEYS", "")
    if path := environment.get("ORDER_API_KEYS_FILE"):
        keys = keys or Path(path).read_text(encoding="utf-8")
    return next(iter(keys.replace(",", " ").split()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """Builds the environment of each service from the caller's, the ports and the passwords."""

    caller: Environment
    ports: Ports
    passwords: Passwords

    @property
    def elsewhere(self) -> frozenset[str]:
        """The servers that are not started here, because the caller's environment has them."""
        given = self.caller.get
        token = given("TELEGRAM_BOT_TOKEN") or given("TELEGRAM_BOT_TOKEN_FILE")
        addresses = {
            "kafka": given("KAFKA_BROKERS"),
            "redis": given("CELERY_BROKER_URL") or given("CELERY_BROKER_URL_FILE"),
            "postgres": given("POSTGRES_HOST"),
            "mongo": given("MONGO_HOST"),
            "telegram": token and given("TELEGRAM_CHAT_ID"),
        }
        return frozenset(name for name, address in addresses.items() if address)

    def order(self) -> Environment:
        return {
            **self.kafka(),
            **self.redis(),
            **self._postgres("order"),
            "HTTP_HOST": LOOPBACK,
            "HTTP_PORT": str(self.ports.rest),
            "INVENTORY_GRPC_HOST": LOOPBACK,
            "INVENTORY_GRPC_PORT": str(self.ports.inventory),
            "PAYMENT_GRPC_HOST": LOOPBACK,
            "PAYMENT_GRPC_PORT": str(self.ports.payment),
            "NOTIFICATION_GRPC_HOST": LOOPBACK,
            "NOTIFICATION_GRPC_PORT": str(self.ports.notification),
        }

    def inventory(self) -> Environment:
        return {**self._mongo(), "GRPC_HOST": LOOPBACK, "GRPC_PORT": str(self.ports.inventory)}

    def payment(self) -> Environment:
        return {"GRPC_HOST": LOOPBACK, "GRPC_PORT": str(self.ports.payment)}

    def assembly(self) -> Environment:
        return {**self.kafka(), **self.redis()}

    def notification(self) -> Environment:
        return {
            **self.kafka(),
            **self.redis(),
            **self._postgres("notification"),
            **self._telegram(),
            "GRPC_HOST": LOOPBACK,
            "GRPC_PORT": str(self.ports.notification),
        }

    def kafka(self) -> Environment:
        if "kafka" in self.elsewhere:
            return {}
        return {
            "KAFKA_BROKERS": f"{LOOPBACK}:{self.ports.kafka}",
            "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
            "KAFKA_SASL_MECHANISM": "",
            "KAFKA_SSL_CAFILE": "",
        }

    def redis(self) -> Environment:
        return {} if "redis" in self.elsewhere else {"CELERY_BROKER_URL": self.redis_url}

    @property
    def redis_url(self) -> str:
        """The broker's address, local or the caller's. Contains a password."""
        if url := self.caller.get("CELERY_BROKER_URL"):
            return url
        if path := self.caller.get("CELERY_BROKER_URL_FILE"):
            return Path(path).read_text(encoding="utf-8").strip()
        return f"redis://:{self.passwords.redis}@{LOOPBACK}:{self.ports.redis}/0"

    def telegram_sandbox(self) -> Environment:
        return {
            "TELEGRAM_SANDBOX_PORT": str(self.ports.telegram),
            "TELEGRAM_SANDBOX_TOKEN": self.passwords.telegram,
        }

    def _postgres(self, service: str) -> Environment:
        """Each service has a database of its own name; SERVICE_POSTGRES_NAME names one only."""
        if "postgres" in self.elsewhere:
            prefix = f"{service.upper()}_"
            own = {
                name.removeprefix(prefix): value
                for name, value in self.caller.items()
                if name.startswith(f"{prefix}POSTGRES_")
            }
            return {"POSTGRES_DB": service, **own}
        return {
            "POSTGRES_HOST": LOOPBACK,
            "POSTGRES_PORT": str(self.ports.postgres),
            "POSTGRES_USER": service,
            "POSTGRES_PASSWORD": getattr(self.passwords, service),
            "POSTGRES_DB": service,
            "POSTGRES_SSL_MODE": "disable",
        }

    def _mongo(self) -> Environment:
        if "mongo" in self.elsewhere:
            return {}
        return {
            "MONGO_HOST": LOOPBACK,
            "MONGO_PORT": str(self.ports.mongo),
            "MONGO_INITDB_ROOT_USERNAME": "",
            "MONGO_INITDB_ROOT_PASSWORD": "",
        }

    def _telegram(self) -> Environment:
        if "telegram" in self.elsewhere:
            return {}
        return {
            "TELEGRAM_BOT_TOKEN": self.passwords.telegram,
            "TELEGRAM_CHAT_ID": SANDBOX_CHAT,
            "TELEGRAM_API_URL": f"http://{LOOPBACK}:{self.ports.telegram}",
            "TELEGRAM_PROXY": "",
        }
