"""The addresses to open in a browser."""

from deploy.local.configuration.programs import Stack
from deploy.local.engines.engine import LOOPBACK


def urls(stack: Stack) -> dict[str, str]:
    """Map each address to its purpose."""
    ports = stack.environments.ports
    listed = {
        f"http://{LOOPBACK}:{ports.rest}/docs": "REST API, its documentation",
        f"http://{LOOPBACK}:{ports.flower}": "Flower: workers and their tasks",
        f"http://{LOOPBACK}:{ports.supervisor}": (
            "supervisor: every process, its log, restart (login: .local/supervisord.conf)"
        ),
    }
    if stack.environments.has_telegram_sandbox:
        listed[f"http://{LOOPBACK}:{ports.telegram}"] = "Telegram sandbox: what the chat received"
    return listed
