"""Redis with TLS: clients need only an address that begins with rediss."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from libs.tasks.redis.backlog import queue_length
from order_service.client.evidence import see_queues
from order_service.client.redis_counter import RedisCounter, open_counter_store
from tests.integration.libs.conftest import TICKING, StartWorker
from tests.integration.libs.security.flower import flower
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.integration.libs.tasks.tiny_worker import QUEUE
from tests.support.eventually import eventually
from tests.support.servers.certificates import Certificates
from tests.support.servers.tls_proxy import tls_proxy


@pytest.fixture
def tls_address(redis_url: str, certificates: Certificates) -> Iterator[str]:
    """Yield host, port and database of a Redis that accepts only TLS."""
    redis = urlsplit(redis_url)
    assert redis.port
    with tls_proxy(redis.port, certificates) as port:
        yield f"127.0.0.1:{port}{redis.path}"


@pytest.fixture
def url(tls_address: str, certificates: Certificates) -> str:
    return f"rediss://{tls_address}?ssl_cert_reqs=required&ssl_ca_certs={certificates.ca}"


def test_tasks_are_queued_run_counted_and_monitored_over_tls(
    url: str, start_worker: StartWorker
) -> None:
    with flower(url) as ask:
        worker = start_worker(url, environment=TICKING)
        eventually(lambda: ask("/api/workers?status=1"), within_s=40)
        task_queue(url).enqueue([a_call(text="later", countdown_s=1)])

        eventually(lambda: worker.traces("later"), within_s=20)

        assert eventually(lambda: ask("/api/tasks?taskname=tiny.note"), within_s=20)
        assert queue_length(url, QUEUE)() >= 0
        assert QUEUE in see_queues(url)
    assert RedisCounter(open_counter_store(url)).count("a caller", window_s=60) is not None


@pytest.mark.parametrize(
    ("scheme", "said"),
    [("rediss", "unable to get local issuer certificate"), ("redis", "Connection closed")],
)
def test_a_worker_that_cannot_speak_tls_with_redis_says_why_once_and_waits(
    tls_address: str, foreign_ca: Path, start_worker: StartWorker, scheme: str, said: str
) -> None:
    url = f"{scheme}://{tls_address}?ssl_cert_reqs=required&ssl_ca_certs={foreign_ca}"
    if scheme == "redis":
        url = f"redis://{tls_address}"

    worker = start_worker(url, ready=False).process
    worker.wait_for_output(said, within_s=30)
    assert worker.output.count("waiting_for_dependency") == 1
    assert "Traceback" not in worker.output
    worker.terminate()

    assert worker.wait_for_exit() == 0
