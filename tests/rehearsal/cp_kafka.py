"""How the image confluentinc/cp-kafka turns its environment into a broker's properties.

From its scripts `configure` and `launch`: every KAFKA_* variable becomes a property but for those
that the start script reads; log.dirs has a default; the storage is formatted with CLUSTER_ID.
"""

import re
from collections.abc import Mapping

from tests.rehearsal.problem import Problem

NEEDED = (
    "CLUSTER_ID",
    "KAFKA_PROCESS_ROLES",
    "KAFKA_ADVERTISED_LISTENERS",
    "KAFKA_CONTROLLER_LISTENER_NAMES",
    "KAFKA_CONTROLLER_QUORUM_VOTERS",
)

REFUSED = ("KAFKA_ADVERTISED_PORT", "KAFKA_ADVERTISED_HOST", "KAFKA_HOST", "KAFKA_PORT")
"""Deprecated: the image does not start with one of them."""

FOR_JAVA = ("KAFKA_HEAP_OPTS", "KAFKA_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_GC_LOG_OPTS")
"""Read by kafka-run-class; JMX belongs here too, and nothing uses it."""

NO_PROPERTY = (
    *FOR_JAVA,
    "KAFKA_VERSION",
    "KAFKA_LOG4J_OPTS",
    "KAFKA_JMX_OPTS",
    "KAFKA_LOG4J_ROOT_LOGLEVEL",
    "KAFKA_LOG4J_LOGGERS",
    "KAFKA_TOOLS_LOG4J_LOGLEVEL",
)

SIGNS = {"_": ".", "__": "_", "___": "-"}


def property_name(variable: str) -> str:
    """Return a variable's property: KAFKA_NODE_ID is node.id, __ is an underscore, ___ a dash."""
    rest = variable.removeprefix("KAFKA_").lower()
    return re.sub(r"_{1,3}", lambda match: SIGNS[match[0]], rest)


def properties(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the broker reads from its file. Raises Problem where the image would exit."""
    if missing := [name for name in NEEDED if not environment.get(name)]:
        raise Problem(f"cp-kafka does not start without {', '.join(missing)}")
    if refused := [name for name in REFUSED if environment.get(name)]:
        raise Problem(f"cp-kafka does not start with {', '.join(refused)}")
    advertised = environment["KAFKA_ADVERTISED_LISTENERS"]
    if "SSL://" in advertised or re.search(r"SASL_.*://", advertised):
        raise Problem("cp-kafka asks for files with a listener that is named like a protocol")
    return {
        "log.dirs": "/var/lib/kafka/data",
        **{
            property_name(name): value
            for name, value in environment.items()
            if name.startswith("KAFKA_") and name not in NO_PROPERTY
        },
    }


def java_options(environment: Mapping[str, str]) -> list[str]:
    """Return what kafka-run-class hands to Java from the environment.

    Raises Problem if it would log what the collector does: ten files of 100 MB in /var/log/kafka.
    """
    if not environment.get("KAFKA_GC_LOG_OPTS"):
        raise Problem("cp-kafka keeps up to 1 GB of the collector's log without KAFKA_GC_LOG_OPTS")
    return [word for name in FOR_JAVA for word in environment.get(name, "").split()]


def unread(environment: Mapping[str, str]) -> set[str]:
    """Name the variables of which neither the image's scripts nor Java learn."""
    return {name for name in environment if not name.startswith("KAFKA_") and name != "CLUSTER_ID"}
