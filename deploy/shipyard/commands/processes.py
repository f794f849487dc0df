"""shipyard ps: the processes of the local stack."""

from collections.abc import Mapping, Sequence

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import daemon_of, plan_of_running
from deploy.local.supervision.daemon import Running
from deploy.local.supervision.memory import MIB, Memory, stack_memory
from deploy.local.supervision.readiness import pending_reasons
from deploy.shipyard.asking import ask
from deploy.shipyard.exits import INSTEAD_OF_PS, NotInContainers
from deploy.shipyard.output import AsJson, Row, show
from deploy.shipyard.readings.restarts import Restarts, recent_restarts
from deploy.shipyard.surroundings import local_folders

SUPERVISOR = "supervisor"


def ps(*, as_json: AsJson = False) -> None:
    """Show every process of the local stack.

    State, memory, restarts of the last hour and why, and what is wrong. For containers `make
    compose-ps` answers, on the machine of their engine.

    Example: shipyard ps --json
    """
    folders = local_folders()
    if not folders.environment.exists():
        raise NotInContainers(INSTEAD_OF_PS)
    show(ask(SUPERVISOR, lambda: _seen(folders)), as_json=as_json)


def _seen(folders: Folders) -> list[Row]:
    stack = plan_of_running(folders)
    processes = daemon_of(stack).processes()
    problems = pending_reasons(stack.programs(), processes)
    return rows_of(processes, problems, stack_memory(folders), recent_restarts(folders.log))


def rows_of(
    processes: Sequence[Running],
    problems: Mapping[str, str],
    memories: Sequence[Memory],
    restarts: Mapping[str, Restarts],
) -> list[Row]:
    mib = {memory.name: memory.bytes / MIB for memory in memories}
    return [
        {
            "process": each.name,
            "state": "done" if each.has_succeeded else each.state.lower(),
            "pid": each.pid or None,
            "up_s": each.uptime_s if each.pid else None,
            "mib": round(mib[each.name]) if each.name in mib else None,
            **_restarts(restarts.get(each.name)),
            "problem": problems.get(each.name),
        }
        for each in processes
    ]


def _restarts(seen: Restarts | None) -> Row:
    if seen is None:
        return {"restarts": 0, "restarted_at": None, "because": None}
    return {
        "restarts": seen.number,
        "restarted_at": seen.last_at,
        "because": seen.last_reason,
    }
