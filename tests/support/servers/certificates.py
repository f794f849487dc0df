"""Certificates for the servers of one test, signed by the test's own authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """PEM files of a server's certificate, its key, and the signing authority."""

    ca: Path
    certificate: Path
    key: Path
    key_and_certificate: Path

    @classmethod
    def in_folder(cls, folder: Path, *names: str) -> Self:
        """Return the folder's certificates; the first call creates them (for loopback)."""
        files = cls(
            ca=folder / "ca.pem",
            certificate=folder / "server.pem",
            key=folder / "server.key",
            key_and_certificate=folder / "server.both.pem",
        )
        if not folder.exists():
            folder.mkdir(parents=True)
            files._make(names or ("127.0.0.1", "localhost"))
        return files

    def _make(self, names: Sequence[str]) -> None:
        authority = trustme.CA()
        server = authority.issue_cert(*names)
        chain = b"".join(blob.bytes() for blob in server.cert_chain_pems)
        key = load_pem_private_key(server.private_key_pem.bytes(), password=None).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        self.ca.write_bytes(authority.cert_pem.bytes())
        self.certificate.write_bytes(chain)
        self.key.write_bytes(key)
        self.key_and_certificate.write_bytes(key + chain)
