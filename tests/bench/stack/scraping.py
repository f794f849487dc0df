"""Scrapes a stack's metrics while it is measured, as a Prometheus does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from deploy.local.supervision.checks import DIRECT
from tests.bench.stack.checkout import Checkout

SCRAPE_EVERY_S = 15.0

ANSWER_TIMEOUT_S = 10.0


@contextmanager
def scraped(checkout: Checkout) -> Iterator[None]:
    """Scrape every target that the stack has listed; a version without metrics lists none."""
    addresses = list(_addresses(checkout))
    stop = Event()
    thread = Thread(target=_scrape, args=(addresses, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _addresses(checkout: Checkout) -> Iterator[str]:
    file = checkout.local / "prometheus-targets.json"
    if file.exists():
        for each in json.loads(file.read_text(encoding="utf-8")):
            yield from each["targets"]


def _scrape(addresses: list[str], stop: Event) -> None:
    while not stop.wait(SCRAPE_EVERY_S):
        for address in addresses:
            with (
                suppress(OSError),
                DIRECT.open(f"http://{address}/metrics", timeout=ANSWER_TIMEOUT_S) as answer,
            ):
                answer.read()
