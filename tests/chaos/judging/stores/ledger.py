"""The file in which the recording payment server writes every charge."""

import json
from pathlib import Path
from uuid import UUID

from tests.chaos.judging.evidence import Charge


class Ledger:
    """One line per charge, written before the caller gets its answer."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, charge: Charge) -> None:
        entry = [str(charge.order_uuid), charge.method, str(charge.transaction_uuid)]
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def read(self) -> tuple[Charge, ...]:
        if not self._path.exists():
            return ()
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return tuple(
            Charge(order_uuid=UUID(order), method=method, transaction_uuid=UUID(transaction))
            for order, method, transaction in map(json.loads, lines)
        )
