"""The whole system under its supervisor, with its own engines, ports and folders."""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.ports import PORT_VARIABLES
from deploy.local.configuration.programs import Stack
from deploy.local.demo.shop import Customer, seed_parts
from deploy.local.down import bring_down
from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from deploy.local.up import bring_up


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folders = Folders(local=tmp_path_factory.mktemp("stack"))
    try:
        with pytest.MonkeyPatch.context() as environment:
            for port in PORT_VARIABLES.values():
                environment.setenv(port.variable, str(free_port(port.number)))
            stack = bring_up(folders, say=print, owner_pid=os.getpid())
        yield stack
    finally:
        bring_down(folders)


@pytest.fixture(scope="session")
def api_url(stack: Stack) -> str:
    return f"http://{LOOPBACK}:{stack.environments.ports.rest}"


@pytest.fixture
def customer(stack: Stack, api_url: str) -> Iterator[Customer]:
    parts = seed_parts(LOOPBACK, stack.environments.ports.inventory)
    with closing(Customer(api_url, parts)) as customer:
        yield customer
