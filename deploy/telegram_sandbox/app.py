"""Builds the sandbox and runs it until a signal."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from deploy.telegram_sandbox.bot_api import BotApi
from deploy.telegram_sandbox.chats import Chats
from deploy.telegram_sandbox.control import Control
from deploy.telegram_sandbox.faults import FaultBook
from deploy.telegram_sandbox.http import HttpServer, Request, Response

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8081


def main() -> None:
    """Read the environment and serve until SIGTERM or SIGINT. Exits 78 if the port is in use."""
    host = os.environ.get("TELEGRAM_SANDBOX_HOST") or DEFAULT_HOST
    port = int(os.environ.get("TELEGRAM_SANDBOX_PORT") or DEFAULT_PORT)
    state = Path(os.environ.get("STATE_DIR") or "/tmp/shipyard")  # noqa: S108  # the default of all
    chats = Chats(state / "telegram_sandbox.jsonl")
    try:
        token = os.environ.get("TELEGRAM_SANDBOX_TOKEN", "")
        asyncio.run(serve(chats, host=host, port=port, token=token))
    except OSError as error:
        sys.stderr.write(
            f"port {port} cannot be opened ({error.strerror}): set TELEGRAM_SANDBOX_PORT\n"
        )
        sys.exit(78)
    finally:
        chats.close()


async def serve(chats: Chats, *, host: str, port: int, token: str) -> None:
    """Serve until SIGTERM or SIGINT. Raises OSError if the port is in use."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    faults = FaultBook(time.monotonic)
    api = BotApi(chats, faults, known_token=token, clock=time.monotonic, wall=time.time)

    async def handle(request: Request) -> Response:
        return await api(request) if request.path.startswith("/bot") else control(request)

    server = HttpServer(handle, host=host, port=port)
    refusals: set[asyncio.Task[None]] = set()

    def refuse(seconds: float) -> None:
        task = loop.create_task(server.refuse_for(seconds))
        refusals.add(task)
        task.add_done_callback(refusals.discard)

    control = Control(chats, faults, api, refuse=refuse, wall=time.time)
    await server.open()
    sys.stdout.write(f"telegram sandbox at http://{host}:{port}\n")
    sys.stdout.flush()
    await stop.wait()
    server.close()
