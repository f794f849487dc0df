"""Run a program that refuses root as an ordinary user: unprivileged.py PROGRAM ARGUMENTS.

PostgreSQL is such a program. On Linux it keeps the capability to bypass file permissions, so that
no folder under root's home has to be readable by everybody. An ordinary user's program is executed
unchanged. Imports only the standard library, to start fast.
"""

import contextlib
import ctypes
import os
import pwd
import sys

USER = "nobody"

PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 4
"""Without it access(2), which initdb asks of its own file, ignores the capability."""

PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def main() -> None:
    program = sys.argv[1:]
    if os.geteuid() == 0:
        become_ordinary()
    os.execv(program[0], program)  # noqa: S606  # the caller's own program


def become_ordinary() -> None:
    user = pwd.getpwnam(USER)
    libc = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(AttributeError):
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    with contextlib.suppress(AttributeError):
        keep_access_to_files(libc)
    os.environ["HOME"] = "/"


def keep_access_to_files(libc: ctypes.CDLL) -> None:
    """Keep CAP_DAC_OVERRIDE over the next exec, if this process has it."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    kept = 1 << CAP_DAC_OVERRIDE
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)
    libc.capset(ctypes.byref(header), ctypes.byref(effective_permitted_inheritable))
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


if __name__ == "__main__":
    main()
