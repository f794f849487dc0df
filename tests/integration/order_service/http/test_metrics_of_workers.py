"""The metrics of several HTTP processes are served by their main process, as one sum."""

from collections.abc import Sequence
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from libs.health.heartbeat import last_touches
from tests.integration.order_service.http.rest_client import RestClient, http_role
from tests.support.eventually import eventually
from tests.support.roles import RoleProcess

CALLS = 30

COUNT = "shipyard_http_request_duration_seconds_count"


@pytest.fixture
def environment(away_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {
        **away_environment,
        "HTTP_WORKERS": "2",
        "METRICS_PORT": str(free_port()),
        "TMPDIR": str(tmp_path),
    }


def calls_of(port: str, route: str) -> float:
    text = httpx.get(f"http://{LOOPBACK}:{port}/metrics", trust_env=False).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == COUNT and sample.labels["route"] == route
    )


def workers_of(process: RoleProcess) -> Sequence[psutil.Process]:
    return psutil.Process(process.pid).children()


def are_up(process: RoleProcess, environment: dict[str, str]) -> bool:
    touches = last_touches(Path(environment["STATE_DIR"]), "order_service.http")
    beating = {int(name.partition("-")[0]) for name in touches}
    workers = {worker.pid for worker in workers_of(process)}
    return len(workers) == 2 and workers <= beating


def ask_for_documentation(client: RestClient) -> None:
    for _ in range(CALLS):
        assert client.call("GET", "/openapi.json").status == 200


def test_the_calls_of_all_workers_are_summed_up(environment: dict[str, str]) -> None:
    with http_role(environment) as (process, client):
        eventually(lambda: are_up(process, environment), within_s=20)

        ask_for_documentation(client)

        assert calls_of(environment["METRICS_PORT"], "api-docs.openapi_json") == CALLS


def test_a_worker_that_died_takes_no_count_with_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with http_role(environment) as (process, client):
        eventually(lambda: are_up(process, environment), within_s=20)
        ask_for_documentation(client)
        files = len(list(tmp_path.rglob("*.db")))
        for worker in workers_of(process):
            worker.kill()
        eventually(lambda: are_up(process, environment), within_s=30)

        ask_for_documentation(client)

        assert calls_of(environment["METRICS_PORT"], "api-docs.openapi_json") == 2 * CALLS
        assert len(list(tmp_path.rglob("*.db"))) == files


def test_one_process_writes_no_files(environment: dict[str, str], tmp_path: Path) -> None:
    with http_role({**environment, "HTTP_WORKERS": "1"}) as (_, client):
        ask_for_documentation(client)

        assert calls_of(environment["METRICS_PORT"], "api-docs.openapi_json") == CALLS
        assert list(tmp_path.rglob("*.db")) == []
