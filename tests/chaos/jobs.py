"""Runs each scenario in its own process, some of them in parallel."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from threading import Thread
from typing import NamedTuple

import psutil

from deploy.local.engines import owned
from libs.logging.setup import configure_logging
from tests.chaos.faults.faults import SCENARIOS
from tests.chaos.run import Row, run_scenario


class Job(NamedTuple):
    scenario: str
    seed: int


def run_jobs(jobs: Sequence[Job], *, at_once: int) -> Iterator[Row]:
    """Yield each job's row when it is ready; a job that could not run is a failed row."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(at_once, mp_context=context, initializer=_end_with_owner) as pool:
        rows = [pool.submit(_run, job) for job in jobs]
        try:
            for row in as_completed(rows):
                yield row.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _end_with_owner() -> None:
    """End this process, and its stack with it, when the main process is killed."""
    owner, own = psutil.Process(os.getppid()), psutil.Process()
    Thread(target=owned.watch, args=(owner, own), daemon=True).start()


def _run(job: Job) -> Row:
    configure_logging("error", as_json=False)
    scenario = next(each for each in SCENARIOS if each.name == job.scenario)
    _say(job, f"{scenario.about} (make chaos SCENARIO={job.scenario} SEED={job.seed})")
    try:
        return run_scenario(scenario, seed=job.seed, say=lambda line: _say(job, line))
    except Exception as error:  # noqa: BLE001  # its own failure, and not all of them can be pickled
        return Row(scenario=job.scenario, seed=job.seed, violations=[f"not run: {error!r}"])


def _say(job: Job, line: str) -> None:
    print(f"{job.scenario}: {line}", flush=True)  # noqa: T201  # from a process that has no console
