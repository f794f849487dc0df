"""Labelled places at which a process can be made to die, as kill -9 would, to prove recovery."""

import os
from typing import Literal

EXIT_KILLED = 137
"""What a shell reports of a process that was killed by SIGKILL."""

CrashLabel = Literal[
    "after_key_claim",
    "after_create_commit",
    "after_claim",
    "after_charge",
    "after_paid_commit",
    "after_kafka_ack",
    "after_hand_off",
    "before_ship_publish",
    "after_ship_ack",
    "after_delivery_claim",
    "after_telegram_send",
]


def crash_point(label: CrashLabel) -> None:
    """End the process at once, nothing flushed, if CRASH_AT names this label."""
    if os.environ.get("CRASH_AT") == label:
        os._exit(EXIT_KILLED)
