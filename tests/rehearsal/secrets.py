"""What was made to be secret is in no log."""

from pathlib import Path

from libs.testing.leaks import files_below, leaks
from tests.rehearsal.env_files import DeployCopy, env_values
from tests.rehearsal.problem import Problem

TO_BE_MADE = "generate-me"


def secrets_of(copy: DeployCopy) -> dict[str, str]:
    """Return what generate-env.sh made, and of the bot's token the part that is secret."""
    template = env_values(copy.root / "deploy" / "env" / ".env.template")
    values = env_values(copy.env_file)
    made = {
        name: values[name].removeprefix(before.removesuffix(TO_BE_MADE))
        for name, before in template.items()
        if before.endswith(TO_BE_MADE)
    }
    token = values["NOTIFICATION_TELEGRAM_BOT_TOKEN"].partition(":")[2]
    return {**made, "NOTIFICATION_TELEGRAM_BOT_TOKEN": token}


def check_logs(folder: Path, copy: DeployCopy) -> int:
    """Look for every secret in every log; return how many logs there are. Raises Problem."""
    logs = [(path.name, content) for path, content in files_below(folder)]
    if found := leaks(secrets_of(copy), logs):
        raise Problem(f"secrets are in the logs: {', '.join(sorted(found))}")
    return len(logs)
