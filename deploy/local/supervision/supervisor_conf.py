"""supervisord's configuration, from the table of programs."""

import shlex
import sys
from collections.abc import Iterable, Mapping

from deploy.local.configuration.folders import ROOT, Folders
from deploy.local.engines.engine import LOOPBACK
from deploy.local.supervision import with_backoff
from deploy.local.supervision.program import Program

USER = "shipyard"
"""The login of supervisor. Without it everybody on this machine could stop the stack."""

DAEMON = """\
[supervisord]
identifier={identifier}
directory={root}
logfile={log}/supervisord.log
logfile_maxbytes=1MB
logfile_backups=1
pidfile={pid_file}
childlogdir={log}
minfds=1024
nocleanup=true
silent=true

[inet_http_server]
port={host}:{port}
username={user}
password={password}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command={command}
directory={folder}
environment={environment}
autostart=true
autorestart=unexpected
exitcodes={expected}
startsecs=0
stopsignal={stop_signal}
stopwaitsecs=15
stopasgroup=false
killasgroup=true
redirect_stderr=true
stdout_logfile={log}/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
"""

GROUP = """
[group:{name}]
programs={programs}
"""


def identifier(folders: Folders) -> str:
    return f"shipyard {folders.local}"


def supervisor_configuration(
    programs: Iterable[Program], *, folders: Folders, supervisor_port: int, password: str
) -> str:
    """Return the whole file. It contains passwords: only its owner may read it."""
    listed = list(programs)
    daemon = DAEMON.format(
        identifier=_escaped(identifier(folders)),
        root=_escaped(str(ROOT)),
        log=_escaped(str(folders.log)),
        pid_file=_escaped(str(folders.supervisor_pid)),
        host=LOOPBACK,
        port=supervisor_port,
        user=USER,
        password=_escaped(password),
    )
    groups: dict[str, list[str]] = {}
    for program in listed:
        groups.setdefault(program.group, []).append(program.name)
    return "".join(
        [
            daemon,
            *(_program(program, folders) for program in listed),
            *(GROUP.format(name=name, programs=",".join(of)) for name, of in groups.items()),
        ]
    )


def _program(program: Program, folders: Folders) -> str:
    return PROGRAM.format(
        name=program.name,
        command=_escaped(shlex.join([*_with_backoff(program, folders), *program.argv])),
        folder=_escaped(str(program.folder)),
        environment=_variables(program.environment),
        expected="0,78" if program.is_one_shot else "78",
        stop_signal=program.stop_signal.name.removeprefix("SIG"),
        log=_escaped(str(folders.log)),
    )


def _with_backoff(program: Program, folders: Folders) -> tuple[str, ...]:
    """Return a prefix for the command that delays restarts of a program that dies at once.

    supervisor's own back-off depends on startsecs: it would also delay an expected exit.
    """
    return (sys.executable, "-I", "-S", with_backoff.__file__, str(folders.starts_of(program.name)))


def _variables(variables: Mapping[str, str]) -> str:
    return ",".join(f"{name}={_quoted(value)}" for name, value in variables.items())


def _quoted(value: str) -> str:
    """Quote for supervisor, which has no escapes: a value may contain one kind of quotes."""
    quote = "'" if '"' in value else '"'
    return f"{quote}{_escaped(value)}{quote}"


def _escaped(value: str) -> str:
    return value.replace("%", "%%")
