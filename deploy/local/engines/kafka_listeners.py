"""Listeners of a local Kafka broker with login, encryption, or both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.engines.engine import LOOPBACK

MODULES = {
    "PLAIN": "org.apache.kafka.common.security.plain.PlainLoginModule",
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedListeners:
    """A port for each security protocol, beside the broker's own plaintext one.

    Every user may log in by either mechanism. Users are created at the first start only. Their
    passwords are visible in the list of processes while the storage is formatted.
    """

    ports: Mapping[str, int]
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    key_and_chain: Path
    """A PEM file with the unencrypted PKCS #8 key, the certificate, and its chain."""

    def addresses(self) -> Iterator[str]:
        for protocol, port in self.ports.items():
            yield f"{protocol}://{LOOPBACK}:{port}"

    def settings(self) -> Iterator[tuple[str, str]]:
        yield "ssl.keystore.type", "PEM"
        yield "ssl.keystore.location", str(self.key_and_chain)
        yield "sasl.enabled.mechanisms", ",".join(MODULES)
        logins = "".join(f' user_{name}="{password}"' for name, password in self.users.items())
        for protocol in self.ports:
            prefix = f"listener.name.{protocol.lower()}"
            yield f"{prefix}.plain.sasl.jaas.config", f"{MODULES['PLAIN']} required{logins};"
            yield (
                f"{prefix}.scram-sha-512.sasl.jaas.config",
                f"{MODULES['SCRAM-SHA-512']} required;",
            )

    def format_arguments(self) -> Iterator[str]:
        for name, password in self.users.items():
            yield "--add-scram"
            yield f"SCRAM-SHA-512=[name={name},password={password}]"
