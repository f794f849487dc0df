"""The rehearsal, step by step."""

from collections.abc import Mapping
from pathlib import Path

from libs.testing.telegram import TelegramSandbox
from tests.rehearsal.backup import back_up_and_restore
from tests.rehearsal.broker import check_broker
from tests.rehearsal.compose_files import PROJECTS
from tests.rehearsal.confine import landlock_version
from tests.rehearsal.containers import Container, read_containers
from tests.rehearsal.customers import ask, buy, hear, order_as_documented
from tests.rehearsal.doors import check_doors
from tests.rehearsal.env_files import DeployCopy, env_values
from tests.rehearsal.images import Image, build_image
from tests.rehearsal.limits import check_writes, memory_table
from tests.rehearsal.operating import api_key, filled_in, render_environments
from tests.rehearsal.people import People
from tests.rehearsal.plan import Plan, foreign_image, make_plan
from tests.rehearsal.projects import Say, System
from tests.rehearsal.real_compose import check_reading
from tests.rehearsal.repairing import repair
from tests.rehearsal.secrets import check_logs
from tests.rehearsal.variables import check_variables


def act(folder: Path, sandbox: TelegramSandbox, *, people: People, say: Say) -> None:
    """Bring the whole system up, use it, look at it, and bring it down. Raises Problem."""
    copy = render_environments(folder, filled_in(sandbox))
    containers = _containers(copy)
    say(_reading(copy, containers))
    images = _images(containers, folder / "images", people=people, say=say)
    plan = make_plan(containers, images, people=people, folder=folder)
    for line in plan.addresses.table():
        say(line)
    check_variables(plan, {name: env_values(copy.rendered(name)) for name in PROJECTS})
    say("every variable is read by somebody and has a template")
    system = System(plan=plan, say=say)
    try:
        system.up()
        _look(plan, system, say)
        order_as_documented(plan, copy, say)
        order = buy(plan, api_key(copy), say)
        hear(sandbox, order, say)
        system.migrate_again()
        ask(plan, say)
        repair(plan, order, say)
        say(f"{back_up_and_restore(plan)} orders are in a dump and in what it restores")
        system.measure()
        say("memory: " + ", ".join(memory_table(system.lasting())))
        system.down()
        say(f"no password and no token is in {check_logs(folder / 'log', copy)} logs")
    finally:
        system.kill()


def rehearse_plain_broker(folder: Path, *, people: People, say: Say) -> None:
    """Start the broker as it is without the operator's word: it asks nobody for a password."""
    folder = folder / "plain"
    copy = render_environments(folder, {})
    core = read_containers("core", copy.rendered("core"))
    (broker,) = (each for each in core if each.name == "kafka")
    plan = make_plan({broker.name: broker}, {}, people=people, folder=folder)
    running = plan.running(broker.name)
    try:
        running.start()
        running.wait_healthy()
    finally:
        running.kill()
    say("kafka is healthy without passwords too")


def _containers(copy: DeployCopy) -> dict[str, Container]:
    return {
        each.name: each for name in PROJECTS for each in read_containers(name, copy.rendered(name))
    }


def _reading(copy: DeployCopy, containers: Mapping[str, Container]) -> str:
    if version := check_reading(copy, containers.values()):
        return (
            f"Docker Compose {version} reads all {len(containers)} containers as they are rehearsed"
        )
    return "NOT REHEARSED  how Docker Compose reads the files: it is not installed"


def _images(
    containers: Mapping[str, Container], folder: Path, *, people: People, say: Say
) -> dict[str, Image]:
    built = {
        each.image: build_image(each.service["build"], folder / each.project, people)
        for each in containers.values()
        if "build" in each.service
    }
    say(f"{len(built)} images, each with its own packages and files")
    return built


def _look(plan: Plan, system: System, say: Say) -> None:
    is_closed = landlock_version() > 0
    ours = [each.place for each in system.lasting() if not foreign_image(each.place.container)]
    for place in ours:
        check_writes(place, is_whole_system_closed=is_closed)
    say(f"{len(ours)} containers can write to their own small folders only")
    say(f"the broker has all {check_broker(plan)} properties as they are configured")
    say(f"no password, no entry: {', '.join(check_doors(plan))}")
