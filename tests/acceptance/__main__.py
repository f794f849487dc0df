"""API_KEY=… python -m tests.acceptance --url http://127.0.0.1:8080 --inventory 127.0.0.1:50051.

Without these options it calls the local stack. The key comes from the environment because all users
of a machine can read arguments.
"""

import argparse
import os
import sys
from functools import partial

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import ports_of_running
from deploy.local.engines.engine import LOOPBACK
from libs.grpc.channel import open_channel
from tests.acceptance.errors import NoAnswer, Surprise
from tests.acceptance.flow import AcceptanceFlow
from tests.acceptance.inventory import list_parts
from tests.acceptance.shop import HttpShop


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    ports = ports_of_running(Folders())
    parser.add_argument("--url", default=f"http://{LOOPBACK}:{ports.rest}", help="of the REST API")
    parser.add_argument(
        "--inventory", default=f"{LOOPBACK}:{ports.inventory}", help="gRPC address, host:port"
    )
    asked = parser.parse_args()
    host, _, port = asked.inventory.rpartition(":")
    with open_channel(host, int(port)) as channel:
        flow = AcceptanceFlow(
            HttpShop(asked.url, api_key=os.environ.get("API_KEY", "")),
            partial(list_parts, channel, asked.inventory),
            say,
        )
        try:
            flow()
        except (Surprise, NoAnswer) as error:
            sys.exit(f"FAIL  {error}")


def say(line: str) -> None:
    sys.stdout.write(f"ok    {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
