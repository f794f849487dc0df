"""Run a program as a container would let it run: confine.py SPECIFICATION PROGRAM ARGUMENTS.

The specification is a JSON file: user (a number, or null for the caller itself), reads_all,
writable (folders), folder, environment. The program gets that environment and nothing else, no new
privileges, and, where Linux has Landlock, no right to write anywhere but in those folders.
Imports only the standard library, to start fast.
"""

import ctypes
import errno
import json
import os
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_KEEPCAPS = 8
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_VERSION = 1
LANDLOCK_PATH_BENEATH = 1
WRITE_FILE = 1 << 1
WRITES = WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""Writing, removing and making of any kind of file."""
MOVE_ELSEWHERE, TRUNCATE = 1 << 13, 1 << 14
"""Known to the second and the third version."""

DEVICES = "/dev"
SHARED_MEMORY = "/dev/shm"  # noqa: S108  # a container has one of its own

libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    specification = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    program = sys.argv[2:]
    if specification["user"] is not None:
        become(specification["user"], reads_all=specification["reads_all"])
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if landlock_version():
        allow_writes_only_in(specification["writable"])
    os.chdir(specification["folder"])
    os.umask(0o022)
    environment = specification["environment"]
    try:
        os.execvpe(program[0], program, environment)  # noqa: S606  # what the files say
    except OSError as error:
        sys.exit(f"{program[0]}: {error.strerror}")


def become(user: int, *, reads_all: bool) -> None:
    """Give up root. reads_all keeps the right to read what is closed to the user, none to write."""
    libc.prctl(PR_SET_KEEPCAPS, 1 if reads_all else 0, 0, 0, 0)
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    if reads_all:
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        kept = 1 << CAP_DAC_READ_SEARCH
        libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)(kept, kept, kept)))
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0)


def landlock_version() -> int:
    """Return 0 where there is none."""
    return max(0, int(libc.syscall(LANDLOCK_CREATE, None, 0, LANDLOCK_VERSION)))


def allow_writes_only_in(folders: Sequence[str]) -> None:
    version = landlock_version()
    handled = WRITES | (MOVE_ELSEWHERE if version > 1 else 0) | (TRUNCATE if version > 2 else 0)
    rules = ctypes.create_string_buffer(struct.pack("=Q", handled), 8)
    ruleset = _checked(libc.syscall(LANDLOCK_CREATE, rules, 8, 0))
    for folder in (*folders, SHARED_MEMORY):
        _allow(ruleset, folder, handled)
    _allow(ruleset, DEVICES, WRITE_FILE | (handled & TRUNCATE))
    _checked(libc.syscall(LANDLOCK_RESTRICT, ruleset, 0))
    os.close(ruleset)


def _allow(ruleset: int, folder: str, rights: int) -> None:
    descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor), 12)
    _checked(libc.syscall(LANDLOCK_ADD, ruleset, LANDLOCK_PATH_BENEATH, rule, 0))
    os.close(descriptor)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {errno.errorcode.get(number, number)}")
    return result


if __name__ == "__main__":
    main()
