import json
import os
from pathlib import Path

import pytest

from deploy.local.configuration.busy_ports import port_problems
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import ports_of_running
from deploy.local.configuration.ports import ports_from
from deploy.local.errors import CannotStart
from tests.unit.deploy.builders import a_stack, environments


def test_a_variable_moves_its_port_and_an_empty_one_does_not() -> None:
    ports = ports_from({"HTTP_PORT": "9080", "FLOWER_PORT": ""})

    assert (ports.rest, ports.flower) == (9080, 5555)


def test_the_ports_of_a_stack_are_those_that_it_was_started_with(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    before = ports_of_running(folders).rest
    folders.environment.write_text(json.dumps({"HTTP_PORT": "9080"}))

    assert (before, ports_of_running(folders).rest) == (ports_from(os.environ).rest, 9080)


def test_every_wrong_port_is_named() -> None:
    with pytest.raises(CannotStart) as refused:
        ports_from({"HTTP_PORT": "80a", "FLOWER_PORT": "65536", "REDIS_PORT": "6379"})

    assert [problem.partition(" ")[0] for problem in refused.value.problems] == [
        "HTTP_PORT=80a",
        "FLOWER_PORT=65536",
    ]


def test_a_busy_port_is_one_line_with_the_variable_that_moves_it() -> None:
    problems = port_problems(environments(), busy=lambda port: port == 8080)

    (problem,) = problems
    assert problem.startswith("port 8080 (REST API) is in use")
    assert problem.endswith("set HTTP_PORT to a free port")


def test_each_role_has_a_port_for_its_metrics_and_0_means_none(tmp_path: Path) -> None:
    def given(caller: dict[str, str]) -> set[str]:
        programs = a_stack(tmp_path, caller).programs()
        return {
            port for each in programs if (port := each.environment.get("METRICS_PORT")) is not None
        }

    assert given({"METRICS_PORT": "20500"}) == {str(20500 + number) for number in range(12)}
    assert given({"METRICS_PORT": "0"}) == {""}


def test_all_ports_of_metrics_must_be_free() -> None:
    (problem,) = port_problems(environments(), busy=lambda port: port == 19205)

    assert "METRICS_PORT" in problem


def test_the_last_port_of_metrics_must_be_a_port() -> None:
    assert ports_from({"METRICS_PORT": "65524"}).each_metrics[-1] == 65535
    with pytest.raises(CannotStart):
        ports_from({"METRICS_PORT": "65525"})


def test_an_engine_elsewhere_needs_no_port_here() -> None:
    foreign = environments({"KAFKA_BROKERS": "kafka:9092", "POSTGRES_HOST": "db"})

    problems = port_problems(foreign, busy=lambda port: port in {19092, 19093, 15432})

    assert problems == []


def test_two_programs_on_one_port_are_reported_before_they_start() -> None:
    (problem,) = port_problems(environments({"FLOWER_PORT": "8080"}), busy=lambda _: False)

    assert "FLOWER_PORT" in problem
    assert "HTTP_PORT" in problem
