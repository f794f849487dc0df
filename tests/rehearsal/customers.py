"""The system as its customers see it: an order, a chat, an operator's questions."""

import os
import re
import shutil
import subprocess
import sys

from libs.engines.engine import LOOPBACK
from libs.testing.eventually import eventually
from libs.testing.telegram import TelegramSandbox
from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.env_files import DeployCopy
from tests.rehearsal.operating import CHAT
from tests.rehearsal.plan import Plan
from tests.rehearsal.problem import Problem
from tests.rehearsal.projects import Say

TOLD_WITHIN_S = 30.0

QUESTIONS = {
    "order-worker": (("order_service", "check"), ("order_service", "dlq", "list")),
    "assembly-worker": (("assembly_service", "dlq", "list"),),
    "notification-worker": (("notification_service", "dlq", "list", "--topic", "order.paid"),),
}
"""What an operator asks in a running container."""


def buy(plan: Plan, key: str, say: Say) -> str:
    """Run the acceptance flow; return the order that it paid. Raises Problem."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.acceptance"),
            *("--url", f"http://{LOOPBACK}:{plan.published('order-http')}"),
            *("--inventory", f"{LOOPBACK}:{plan.published('inventory-grpc')}"),
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "API_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines():
        say(f"acceptance: {line}")
    order = re.search(r'"order_uuid":"([0-9a-f-]{36})"', done.stdout)
    if done.returncode or not order:
        raise Problem(f"the acceptance flow: {done.stderr.strip()}")
    return order[1]


def order_as_documented(plan: Plan, copy: DeployCopy, say: Say) -> None:
    """Do what docs/deploy.md tells a stranger to do first. Raises Problem."""
    if shutil.which("curl") is None:
        say("NOT REHEARSED  the first order of docs/deploy.md: there is no curl")
        return
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"^```\n(key=.+?)^```", guide, re.MULTILINE | re.DOTALL)
    here = script.replace("127.0.0.1:8080", f"{LOOPBACK}:{plan.published('order-http')}")
    done = copy.run("bash", "-euo", "pipefail", "-c", here)
    if done.returncode or not re.search(r'"status":"(PAID|ASSEMBLED)"', done.stdout):
        raise Problem(f"the first order of docs/deploy.md: {done.stdout}{done.stderr}")
    say("the first order of docs/deploy.md is paid")


def hear(sandbox: TelegramSandbox, order: str, say: Say) -> None:
    """Wait until the chat was told twice of the order, and the bot answers. Raises Problem."""
    chat = int(CHAT)
    sandbox.type(chat, "/start")
    try:
        eventually(lambda: "".join(sandbox.texts(chat)).count(order) > 1, within_s=TOLD_WITHIN_S)
        eventually(lambda: any(CHAT in text for text in sandbox.texts(chat)))
    except AssertionError as error:
        texts = "\n".join(sandbox.texts(chat))
        raise Problem(
            f"the chat was not told of {order}, or /start not answered: {texts}"
        ) from error
    say("the chat was told of the payment and of the ship, and the bot answers /start")


def ask(plan: Plan, say: Say) -> None:
    """Ask an operator's questions as docker compose exec would. Raises Problem."""
    asked = [(name, words) for name, questions in QUESTIONS.items() for words in questions]
    for name, words in asked:
        done = plan.places[name].run(("python", "-m", *words))
        if done.returncode:
            raise Problem(f"{name}: {' '.join(words)} ends with {done.returncode}\n{done.stdout}")
    say(f"{len(asked)} questions of an operator are answered")
