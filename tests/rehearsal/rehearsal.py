"""The rehearsal, step by step."""

import os
import re
import subprocess
from collections.abc import Callable

from deploy.local.engines.ports import free_port
from tests.compose.projects import ROOT
from tests.rehearsal.building.checkout import Checkout
from tests.rehearsal.building.images import BASE, check_images
from tests.rehearsal.building.stand_ins import build, make_missing
from tests.rehearsal.problem import Problem
from tests.rehearsal.stack import check_refusals, images_of, orderly_stop, wait_healthy
from tests.rehearsal.steps.looking import check_logins, check_logs, check_writes, memory_table
from tests.rehearsal.steps.operating import (
    ask,
    back_up_and_restore,
    burst_under_faults,
    crash,
    repair,
)
from tests.rehearsal.steps.orders import Customer, send_start, wait_until_notified
from tests.rehearsal.steps.questions import ask_all, ask_kafka
from tests.support.servers.telegram import TOKEN, SandboxControl

CHAT = 1001

SANDBOX = "telegram-sandbox"
SANDBOX_IMAGE = "shipyard-telegram:local"
SANDBOX_PORT = 8081

OURS = "shipyard-"

UNCONFIGURED = {
    "notification-consumer": "TELEGRAM_CHAT_ID",
    "notification-worker": "TELEGRAM_BOT_TOKEN",
    "notification-bot": "TELEGRAM_BOT_TOKEN",
}
"""Container that needs a value of the operator, to the variable that its error names."""


class Rehearsal:
    """Follows docs/deploy.md as a new user. Raises Problem where it does not work."""

    def __init__(self, checkout: Checkout, *, say: Callable[[str], None]) -> None:
        self._checkout = checkout
        self._docker = checkout.docker
        self._say = say
        self._customer: Customer
        self._sandbox: SandboxControl

    def __call__(self) -> None:
        self._prepare()
        self._start_without_a_bot()
        orders = [self._first_order()]
        self._name_the_bot()
        orders.append(self._acceptance())
        orders += self._burst()
        wait_until_notified(self._sandbox, CHAT, orders)
        self._say("the chat got a message of each payment and of each ship")
        self._say(f"seconds per answer: {', '.join(ask_all(self._checkout, orders[0]))}")
        self._operate(orders)
        self._look()
        self._stop()
        self._start_again_with_every_password(orders)
        self._stop()

    def _prepare(self) -> None:
        self._checkout.bash("make env")
        for line in self._checkout.move_ports():
            self._say(line)
        self._images = images_of(self._checkout)
        foreign = [name for name in self._images.values() if not name.startswith(OURS)]
        made = make_missing(self._docker, dict.fromkeys((BASE, *foreign)))
        self._say(f"cannot be pulled, replaced by a stand-in: {', '.join(made) or 'none'}")

    def _start_without_a_bot(self) -> None:
        self._checkout.bash("make compose-up")
        self._say("make compose-up has ended")
        names = wait_healthy(self._docker, but=tuple(UNCONFIGURED))
        check_refusals(self._docker, UNCONFIGURED)
        self._say(f"{len(names)} containers are healthy, {len(UNCONFIGURED)} ask for the bot")
        self._customer = Customer(self._checkout)

    def _first_order(self) -> str:
        said = self._checkout.documented("key=")
        order = re.search(r'"order_uuid":"([0-9a-f-]{36})"', said)
        if not order or not re.search(r'"status":"(PAID|ASSEMBLED)"', said):
            raise Problem(f"the first order of docs/deploy.md: {said}")
        self._say("the first order of docs/deploy.md is paid")
        return order[1]

    def _name_the_bot(self) -> None:
        port = free_port()
        build(self._docker, SANDBOX_IMAGE, folder="telegram")
        self._docker(
            *("run", "--detach", "--name", SANDBOX, "--network", "microservices-net"),
            *("--label", "com.docker.compose.project=shipyard-rehearsal"),
            *("--publish", f"127.0.0.1:{port}:{SANDBOX_PORT}", SANDBOX_IMAGE),
        )
        self._sandbox = SandboxControl(port)
        self._checkout.edit(
            {
                "NOTIFICATION_TELEGRAM_BOT_TOKEN": TOKEN,
                "NOTIFICATION_TELEGRAM_CHAT_ID": str(CHAT),
                "NOTIFICATION_TELEGRAM_API_URL": f"http://{SANDBOX}:{SANDBOX_PORT}",
            }
        )
        self._checkout.bash("make compose-up-notification")
        wait_healthy(self._docker)
        send_start(self._sandbox, CHAT)
        self._say("the notification containers are healthy, and the bot answers /start")

    def _acceptance(self) -> str:
        inventory = f"127.0.0.1:{self._checkout.values['ORDER_INVENTORY_GRPC_PORT']}"
        done = subprocess.run(
            ["make", "test-api", f"URL={self._checkout.api}", f"INVENTORY={inventory}"],
            cwd=ROOT,
            env={**os.environ, "API_KEY": self._checkout.api_key},
            capture_output=True,
            text=True,
            check=False,
        )
        order = re.search(r'"order_uuid":"([0-9a-f-]{36})"', done.stdout)
        if done.returncode or not order:
            raise Problem(f"make test-api: {done.stdout}{done.stderr}")
        self._say(f"make test-api: {done.stdout.count('ok ')} steps passed")
        return order[1]

    def _burst(self) -> list[str]:
        orders = burst_under_faults(self._checkout)
        self._say(f"{len(orders)} ships are built, with a worker killed and the broker restarted")
        crash(self._docker, "order-relay")
        self._say("a crashed role is restarted")
        return orders

    def _operate(self, orders: list[str]) -> None:
        ask(self._docker)
        repair(self._checkout, orders[0])
        back_up_and_restore(self._checkout, orders)
        self._say("the operator's checks pass, a dead letter is repaired, a dump restored")

    def _look(self) -> None:
        ours = [name for name, image in self._images.items() if image.startswith(OURS)]
        running = set(self._docker("ps", "--format", "{{.Names}}").split())
        check_writes(self._docker, sorted(running & set(ours)))
        built = {image for image in self._images.values() if image.startswith(OURS)}
        self._say(f"images, above {BASE}: {'; '.join(check_images(self._checkout, built))}")
        self._say(f"MiB: {', '.join(memory_table(self._docker))}")

    def _stop(self) -> None:
        self._say(f"no secret is in {check_logs(self._checkout)} logs")
        with orderly_stop(self._docker):
            self._checkout.bash("make compose-down")
        self._say("all have stopped in time, with exit code 0")

    def _start_again_with_every_password(self, orders: list[str]) -> None:
        self._checkout.edit({"CORE_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"})
        self._checkout.bash("make compose-up")
        wait_healthy(self._docker)
        self._customer.wait_for_ships(orders)
        self._customer.wait_for_ships([self._customer.buy()])
        ask(self._docker)
        ask_kafka(self._docker)
        self._say("after a restart all orders are there, and a new one is built")
        self._say(f"refused without a password: {', '.join(check_logins(self._checkout))}")
