"""What the operator does before the first start: fills in .env and renders it."""

import re
from collections.abc import Mapping
from pathlib import Path

from libs.testing.telegram import TelegramSandbox
from tests.rehearsal.addresses import THE_MACHINE
from tests.rehearsal.env_files import DeployCopy, deploy_copy, env_values
from tests.rehearsal.problem import Problem

CHAT = "1001"

WITH_PASSWORDS = {"CORE_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"}
"""Everything else asks for a password by itself."""


def filled_in(sandbox: TelegramSandbox) -> dict[str, str]:
    """Return the operator's own values, with a Telegram that is on this machine."""
    return {
        **WITH_PASSWORDS,
        "NOTIFICATION_TELEGRAM_BOT_TOKEN": sandbox.token,
        "NOTIFICATION_TELEGRAM_CHAT_ID": CHAT,
        "NOTIFICATION_TELEGRAM_API_URL": f"http://{THE_MACHINE}:{sandbox.port}",
    }


def render_environments(folder: Path, chosen: Mapping[str, str]) -> DeployCopy:
    """Run generate-env.sh, edit the .env that it made, and run it again. Raises Problem."""
    copy = deploy_copy(folder)
    _generate(copy)
    text = copy.env_file.read_text()
    for name, value in chosen.items():
        text, edited = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        if edited != 1:
            raise Problem(f"{name} is {edited} times in .env")
    copy.env_file.write_text(text)
    _generate(copy)
    return copy


def api_key(copy: DeployCopy) -> str:
    """Return the key that a customer would be given."""
    return env_values(copy.rendered("order"))["ORDER_API_KEYS"].split(",")[0]


def _generate(copy: DeployCopy) -> None:
    answer = copy.generate()
    if answer.returncode or answer.stderr:
        raise Problem(f"generate-env.sh: {answer.stderr.strip()}")
