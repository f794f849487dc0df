"""The payment server's faults, passed to its process through a file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from deploy.local.engines.files import write_private


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTrouble:
    """Shares of orders at whose first charge the server dies or answers late."""

    dies: float = 0.0
    late: float = 0.0


class TroubleFile:
    """Holds the faults; without the file there are none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, trouble: PaymentTrouble) -> None:
        write_private(self._path, json.dumps(asdict(trouble)))

    def read(self) -> PaymentTrouble:
        try:
            return PaymentTrouble(**json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return PaymentTrouble()

    def remove(self) -> None:
        self._path.unlink()


def concerns(share: float, order_uuid: UUID) -> bool:
    return order_uuid.int % 100 < share * 100
