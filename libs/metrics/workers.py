"""Metrics of several processes that answer on one port: each counts in a file of its own.

Their main process serves the sums. A process that replaces another goes on with its file, so that
nothing is counted back and the files stay as many as there are workers.
"""

import os
from collections.abc import Mapping

from prometheus_client import values
from prometheus_client.multiprocess import MultiProcessCollector

from libs.metrics.instruments import REGISTRY

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of prometheus_client: where the files are."""


def sum_up_workers(folder: str) -> Mapping[str, str]:
    """In the main process: add the files in folder to what is served.

    Returns the variables of the environment with which workers write there.
    """
    MultiProcessCollector(REGISTRY, path=folder)
    return {FOLDER: folder}


def count_for_main_process(place: int) -> None:
    """In a worker, before it makes an instrument: count in the file of its place."""
    if FOLDER in os.environ:
        values.ValueClass = values.MultiProcessValue(lambda: place)
