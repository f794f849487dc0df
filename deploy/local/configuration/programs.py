"""The programs of the local stack."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.local.configuration.environment import Environment, Environments
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.roles import PROGRAMS, ROLES
from deploy.local.engines.engine import LOOPBACK, Engine
from deploy.local.engines.kafka import Kafka
from deploy.local.engines.mongo import Mongo
from deploy.local.engines.postgres import Postgres
from deploy.local.engines.valkey import Valkey
from deploy.local.supervision.checks import answers_http, heartbeat_is_fresh
from deploy.local.supervision.program import Program

ENGINES = "engines"

MIGRATING = ("order", "inventory", "notification")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The programs to run, decided before anything starts."""

    folders: Folders
    environments: Environments

    def engines(self) -> Iterator[Engine]:
        data = self.folders.data
        ports, passwords = self.environments.ports, self.environments.passwords
        if "kafka" not in self.environments.elsewhere:
            yield Kafka(
                state=data / "kafka", port=ports.kafka, controller_port=ports.kafka_controller
            )
        if "redis" not in self.environments.elsewhere:
            yield Valkey(state=data / "redis", port=ports.redis, password=passwords.redis)
        if "postgres" not in self.environments.elsewhere:
            yield Postgres(
                state=data / "postgres",
                port=ports.postgres,
                superuser_password=passwords.postgres,
                databases={"order": passwords.order, "notification": passwords.notification},
            )
        if "mongo" not in self.environments.elsewhere:
            yield Mongo(state=data / "mongo", port=ports.mongo)

    def programs(self) -> list[Program]:
        return [
            *(_engine(engine) for engine in self.engines()),
            *self._telegram_sandbox(),
            *self._one_shots(),
            *self._roles(),
            self._flower(),
        ]

    def _one_shots(self) -> Iterator[Program]:
        yield Program(
            group="kafka",
            name="kafka-topics",
            argv=_python("libs.kafka", "topics"),
            environment=self.environments.kafka(),
            is_one_shot=True,
        )
        for service in MIGRATING:
            yield Program(
                group=service,
                name=f"{service}-migrate",
                argv=_python(f"{service}_service", "migrate"),
                environment=self._environment(service, f"{service}-migrate"),
                is_one_shot=True,
            )

    def _roles(self) -> Iterator[Program]:
        metrics_ports = dict(zip(PROGRAMS, self.environments.ports.each_metrics, strict=False))
        for service, roles in ROLES.items():
            for role in roles:
                name = f"{service}-{role}"
                yield Program(
                    group=service,
                    name=name,
                    argv=_python(f"{service}_service", role),
                    environment={
                        **self._environment(service, name),
                        "METRICS_PORT": str(metrics_ports.get(name, "")),
                    },
                    check=heartbeat_is_fresh(self.folders.state / name, f"{service}_service", role),
                )

    def _environment(self, service: str, name: str) -> Environment:
        own: Environment = getattr(self.environments, service)()
        return {**own, "STATE_DIR": str(self.folders.state / name)}

    def _telegram_sandbox(self) -> Iterator[Program]:
        if "telegram" not in self.environments.elsewhere:
            name = "telegram-sandbox"
            yield Program(
                group="telegram",
                name=name,
                argv=_python("deploy.telegram_sandbox"),
                environment=self._environment("telegram_sandbox", name),
                check=answers_http(f"http://{LOOPBACK}:{self.environments.ports.telegram}/"),
            )

    def _flower(self) -> Program:
        port = self.environments.ports.flower
        return Program(
            group="flower",
            name="flower",
            argv=_python(
                *("celery", "flower", f"--address={LOOPBACK}", f"--port={port}"),
                *("--read_only", "--max_tasks=10000", "--purge_offline_workers=60"),
            ),
            environment={
                **self.environments.redis(),
                "FLOWER_UNAUTHENTICATED_API": "true",
                "CELERY_CONFIG_MODULE": "libs.contracts.flower_settings",
            },
            check=answers_http(f"http://{LOOPBACK}:{port}/healthcheck"),
        )


def _engine(engine: Engine) -> Program:
    command = engine.command()
    return Program(
        group=ENGINES,
        name=engine.name,
        argv=command.argv,
        environment=command.environment,
        folder=command.folder,
        stop_signal=command.stop_signal,
        check=engine.check,
    )


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)
