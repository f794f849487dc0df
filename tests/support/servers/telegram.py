"""Runs and controls the Telegram sandbox in tests."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from deploy.local.engines import owned
from deploy.local.engines.ports import free_port
from tests.support.eventually import eventually

ROOT = Path(__file__).parents[3]
DIRECT = build_opener(ProxyHandler({}))
"""Opens URLs without a proxy, also if the environment names one."""

TOKEN = f"{123456789}:{'A' * 35}"
"""Has the form of a token and is not one."""


class SandboxControl:
    """Controls a sandbox on this machine: writes to chats, reads them, adds faults."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def type(self, chat_id: int, text: str) -> None:
        """Write into the chat as a user."""
        self._call("POST", f"/sandbox/chats/{chat_id}/messages", {"text": text})

    def messages(self, chat_id: int) -> list[dict[str, Any]]:
        """Return the chat's messages of both sides, the oldest first."""
        found: list[dict[str, Any]] = self._call("GET", f"/sandbox/chats/{chat_id}/messages")
        return found

    def texts(self, chat_id: int) -> list[str]:
        """Return the bot's messages in the chat, the oldest first."""
        return [each["text"] for each in self.messages(chat_id) if each["from"]["is_bot"]]

    def break_calls(self, kind: str, **fault: object) -> None:
        """Add a fault; the sandbox's README lists kinds and fields."""
        self._call("POST", "/sandbox/faults", {"kind": kind, **fault})

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults that are in force."""
        found: list[dict[str, Any]] = self._call("GET", "/sandbox/faults")
        return found

    def clear_faults(self) -> None:
        """Remove every fault."""
        self._call("DELETE", "/sandbox/faults")

    def calls(self) -> dict[str, int]:
        """Return the number of answers by method and status: {"sendmessage 200": 3}."""
        found: dict[str, int] = self._call("GET", "/sandbox/calls")
        return found

    def sends(self) -> list[dict[str, Any]]:
        """Return the last calls of sendMessage: at_s, text, status, retry_after_s."""
        found: list[dict[str, Any]] = self._call("GET", "/sandbox/sends")
        return found

    def _call(self, method: str, path: str, body: object = None) -> Any:
        request = Request(  # noqa: S310  # loopback
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
        )
        with DIRECT.open(request, timeout=5) as answer:
            return json.load(answer)


class TelegramSandbox(SandboxControl):
    """A sandbox on a free port; its chats survive restart()."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(free_port())
        self._state_dir = state_dir
        self.token = TOKEN
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(  # our own interpreter and package
            [
                *(sys.executable, "-I", owned.__file__, str(os.getpid())),
                *(sys.executable, "-m", "deploy.telegram_sandbox"),
            ],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "STATE_DIR": str(self._state_dir),
                "TELEGRAM_SANDBOX_PORT": str(self.port),
            },
            stdout=subprocess.DEVNULL,
        )
        eventually(self._answers)

    @property
    def pid(self) -> int:
        assert self._process, "the sandbox is not running"
        return self._process.pid

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _answers(self) -> bool:
        try:
            self.calls()
        except OSError:
            return False
        return True
