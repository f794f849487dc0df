"""Locks of one process, free or held by another."""

from contextlib import nullcontext


def free_lock() -> nullcontext[bool]:
    return nullcontext(enter_result=True)


def held_lock() -> nullcontext[bool]:
    return nullcontext(enter_result=False)
