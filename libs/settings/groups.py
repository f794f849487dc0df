"""The groups of variables that several services share; a role's settings class mixes them in."""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, FilePath, SecretStr, model_validator

from libs.health.heartbeat import DEFAULT_STATE_DIR
from libs.settings.addresses import Brokers, Host, HostOrFolder, Port, RedisUrl
from libs.settings.base import Settings


class ProcessSettings(Settings):
    logger_level: Literal["debug", "info", "warning", "error"] = Field("info", alias="LOGGER_LEVEL")
    """debug, info, warning or error."""
    logger_as_json: bool = Field(default=True, alias="LOGGER_AS_JSON")
    """A JSON object per line, or text for a terminal."""
    state_dir: Path = Field(DEFAULT_STATE_DIR, alias="STATE_DIR")
    """Folder of the health files."""


class RoleSettings(ProcessSettings):
    """What every role needs. A command serves no metrics: it may run beside its role."""

    metrics_port: Port | None = Field(None, alias="METRICS_PORT")
    """Port of a role's metrics at /metrics; without one they are not served."""
    metrics_host: Host = Field("127.0.0.1", alias="METRICS_HOST")
    """Address of the metrics; 0.0.0.0 in a container."""


class KafkaSettings(Settings):
    kafka_brokers: Brokers = Field(alias="KAFKA_BROKERS")
    """HOST:PORT, several with commas between."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", alias="KAFKA_SECURITY_PROTOCOL"
    )
    """PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        None, alias="KAFKA_SASL_MECHANISM"
    )
    """PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; a SASL protocol needs it."""
    kafka_sasl_username: str | None = Field(None, alias="KAFKA_SASL_USERNAME")
    """A SASL protocol needs it."""
    kafka_sasl_password: SecretStr | None = Field(None, alias="KAFKA_SASL_PASSWORD")
    """A SASL protocol needs it."""
    kafka_ssl_cafile: FilePath | None = Field(None, alias="KAFKA_SSL_CAFILE")
    """PEM file of the authority that signed the brokers' certificates."""

    @model_validator(mode="after")
    def _a_login_is_complete(self) -> Self:
        login = (self.kafka_sasl_mechanism, self.kafka_sasl_username, self.kafka_sasl_password)
        if self.kafka_security_protocol.startswith("SASL_") and not all(login):
            raise ValueError(
                f"KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol} needs"
                " KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
            )
        return self


class KafkaRoleSettings(ProcessSettings, KafkaSettings):
    """What every role that speaks to Kafka needs."""


class CelerySettings(Settings):
    celery_broker_url: RedisUrl = Field(alias="CELERY_BROKER_URL")
    """redis://USER:PASSWORD@HOST:PORT/DATABASE, the database that all services share;
    for TLS rediss://…?ssl_cert_reqs=required&ssl_ca_certs=/path."""

    @model_validator(mode="after")
    def _rediss_says_how(self) -> Self:
        """Without a parameter for TLS, Celery's client would talk to rediss:// in the clear."""
        url = urlsplit(self.celery_broker_url.get_secret_value())
        told = parse_qs(url.query)
        if url.scheme == "rediss" and "ssl_cert_reqs" not in told:
            raise ValueError("rediss:// in CELERY_BROKER_URL needs ?ssl_cert_reqs=required")
        for ca in told.get("ssl_ca_certs", ()):
            if not Path(ca).is_file():
                raise ValueError(f"ssl_ca_certs in CELERY_BROKER_URL: there is no file {ca}")
        return self


class PostgresSettings(Settings):
    postgres_host: HostOrFolder = Field(alias="POSTGRES_HOST")
    """Host, or folder of a Unix socket."""
    postgres_port: Port = Field(5432, alias="POSTGRES_PORT")
    """Port of PostgreSQL."""
    postgres_user: str = Field(alias="POSTGRES_USER")
    """User that owns the tables."""
    postgres_password: SecretStr = Field(alias="POSTGRES_PASSWORD")
    """Password of the user."""
    postgres_db: str = Field(alias="POSTGRES_DB")
    """Database of this service."""
    postgres_ssl_mode: Literal[
        "disable", "allow", "prefer", "require", "verify-ca", "verify-full"
    ] = Field("prefer", alias="POSTGRES_SSL_MODE")
    """sslmode of libpq: disable, allow, prefer, require, verify-ca or verify-full."""
    postgres_ssl_root_cert: FilePath | None = Field(None, alias="POSTGRES_SSL_ROOT_CERT")
    """PEM file of the authority that signed the server's certificate."""


class GrpcServerSettings(Settings):
    """With a certificate and its key the server speaks TLS and nothing else."""

    grpc_host: Host = Field("127.0.0.1", alias="GRPC_HOST")
    """Address to listen on; 0.0.0.0 in a container."""
    grpc_tls_cert: FilePath | None = Field(None, alias="GRPC_TLS_CERT")
    """PEM file of the server's certificate; with it and its key only TLS is spoken."""
    grpc_tls_key: FilePath | None = Field(None, alias="GRPC_TLS_KEY")
    """PEM file of the certificate's key; both or none."""

    @model_validator(mode="after")
    def _a_certificate_has_its_key(self) -> Self:
        if bool(self.grpc_tls_cert) != bool(self.grpc_tls_key):
            raise ValueError("GRPC_TLS_CERT and GRPC_TLS_KEY go together")
        return self


class MongoSettings(Settings):
    """No user name means a server that asks for none, no authority one without TLS."""

    mongo_host: Host = Field(alias="MONGO_HOST")
    """Host of MongoDB, or of anything that speaks its protocol."""
    mongo_port: Port = Field(27017, alias="MONGO_PORT")
    """Port of MongoDB."""
    mongo_auth_db: str = Field("admin", alias="MONGO_AUTH_DB")
    """Database that knows the user."""
    mongo_username: str | None = Field(None, alias="MONGO_INITDB_ROOT_USERNAME")
    """User; without one the server must ask for none."""
    mongo_password: SecretStr | None = Field(None, alias="MONGO_INITDB_ROOT_PASSWORD")
    """Password of the user; both or none."""
    mongo_tls_ca: FilePath | None = Field(None, alias="MONGO_TLS_CA")
    """PEM file of the authority that signed the server's certificate; with it TLS is spoken."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.mongo_username) != bool(self.mongo_password):
            raise ValueError("a user name and a password of MongoDB go together")
        return self
