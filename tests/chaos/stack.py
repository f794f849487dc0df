"""The whole system on its own folders and ports; the harness controls its engines."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local.configuration.environment import Environment, Environments, relevant
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.passwords import read_or_make_passwords
from deploy.local.configuration.plan import daemon_of, save_plan
from deploy.local.configuration.ports import PORT_VARIABLES, ports_from
from deploy.local.configuration.programs import ENGINES, Stack
from deploy.local.configuration.roles import ROLES
from deploy.local.down import bring_down
from deploy.local.engines.errors import EngineBroken
from deploy.local.engines.ports import free_port, release_port
from deploy.local.engines.process import EngineProcess
from deploy.local.supervision.checks import heartbeat_is_fresh
from deploy.local.supervision.program import Program
from deploy.local.supervision.readiness import Say, wait_until_ready
from tests.chaos.faults.peers.payment_trouble import TroubleFile
from tests.chaos.judging.stores.ledger import Ledger
from tests.chaos.supervising import Supervised

PAYMENT = "payment-grpc"

LEDGER = "ledger.jsonl"
PAYMENT_TROUBLE = "payment_trouble.json"
KEPT = "kept-logs"

ALL_ROLES = [f"{service}-{role}" for service, roles in ROLES.items() for role in roles]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosStack:
    stack: Stack
    engines: Mapping[str, EngineProcess]
    roles: Supervised
    programs: Sequence[Program]

    def wait_until_ready(self) -> None:
        """Wait until every role is ready. Raises NotReady after two minutes."""
        wait_until_ready(self.programs, self.roles.processes, say=lambda _: None)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.stack.folders.local / LEDGER)

    @property
    def payment_trouble(self) -> TroubleFile:
        return TroubleFile(self.stack.folders.local / PAYMENT_TROUBLE)

    def environment_of(self, name: str) -> Environment:
        return next(each.environment for each in self.programs if each.name == name)


@contextmanager
def chaos_stack(copied: Sequence[str], *, copies: int, say: Say) -> Iterator[ChaosStack]:
    """Start everything, with the given number of copies of roles; leave nothing behind.

    On an exception, keep the logs and print their folder.
    """
    folders = Folders(local=Path(tempfile.mkdtemp(prefix="shipyard-chaos-")))
    folders.make()
    ports = [free_port(port.number) for port in PORT_VARIABLES.values()]
    stack = Stack(folders=folders, environments=_environments(folders, ports))
    engines = {engine.name: EngineProcess(engine) for engine in stack.engines()}
    try:
        for engine in engines.values():
            engine.start()
        for engine in engines.values():
            engine.wait_ready()
        programs = list(_programs(stack, copied, copies=copies))
        roles = _start_roles(stack, programs)
        chaos = ChaosStack(stack=stack, engines=engines, roles=roles, programs=programs)
        chaos.wait_until_ready()
        yield chaos
    except BaseException:
        say(f"logs are kept in {keep_logs(folders)}")
        raise
    finally:
        _end(folders, engines.values())
        for port in ports:
            release_port(port)


def _end(folders: Folders, engines: Iterable[EngineProcess]) -> None:
    for engine in engines:
        with contextlib.suppress(EngineBroken):
            engine.thaw()
    bring_down(folders)
    for engine in engines:
        engine.kill()
    for each in folders.local.iterdir():
        if each.name != KEPT:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    if not any(folders.local.iterdir()):
        folders.local.rmdir()


def keep_logs(folders: Folders) -> Path:
    """Keep the logs beyond the stack; return their folder."""
    kept = folders.local / KEPT
    if not kept.exists():
        shutil.copytree(folders.log, kept)
    return kept


def _environments(folders: Folders, ports: Sequence[int]) -> Environments:
    chosen = zip(PORT_VARIABLES.values(), ports, strict=True)
    caller = {known.variable: str(port) for known, port in chosen}
    passwords = read_or_make_passwords(folders.passwords)
    return Environments(caller=caller, ports=ports_from(caller), passwords=passwords)


def _start_roles(stack: Stack, programs: Sequence[Program]) -> Supervised:
    save_plan(stack, programs)
    for name in relevant(dict(os.environ)):
        del os.environ[name]
    daemon = daemon_of(stack)
    daemon.start(stack.environments.caller, owner_pid=os.getpid())
    return Supervised(daemon)


def _programs(stack: Stack, copied: Sequence[str], *, copies: int) -> Iterator[Program]:
    """Leave the engines to the harness and use the payment server with a ledger."""
    for program in stack.programs():
        if program.group == ENGINES or program.name == "flower":
            continue
        told = replace(program, environment=_knowing_copies(program.environment, copied, copies))
        if program.name == PAYMENT:
            server = (sys.executable, "-m", "tests.chaos.faults.peers.payment_server")
            paths = (stack.folders.local / name for name in (LEDGER, PAYMENT_TROUBLE))
            told = replace(told, argv=(*server, *map(str, paths)))
        yield told
        if program.name in copied:
            yield from (_copy(stack, told, number) for number in range(2, copies + 1))


def _copy(stack: Stack, program: Program, number: int) -> Program:
    """Return its n-th copy; it has the same ports at another address."""
    service, _, role = program.name.partition("-")
    name = f"{program.name}-{number}"
    state = stack.folders.state / name
    own = {"STATE_DIR": str(state), "METRICS_HOST": _host(number)}
    if "GRPC_HOST" in program.environment:
        own["GRPC_HOST"] = _host(number)
    return replace(
        program,
        name=name,
        environment={**program.environment, **own},
        check=heartbeat_is_fresh(state, f"{service}_service", role),
    )


def _knowing_copies(environment: Environment, copied: Sequence[str], copies: int) -> Environment:
    """Give callers all copies of a gRPC server, as a name with several addresses does."""
    known = dict(environment)
    for name in copied:
        prefix = name.replace("-", "_").upper()
        if f"{prefix}_HOST" in environment:
            between = f":{environment[f'{prefix}_PORT']},"
            known[f"{prefix}_HOST"] = "ipv4:" + between.join(map(_host, range(1, copies + 1)))
    return known


def _host(number: int) -> str:
    return f"127.0.0.{number}"
