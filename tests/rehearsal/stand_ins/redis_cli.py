"""As much of redis-cli as a health check needs: it sends its arguments and prints the answer."""

import argparse
import os
import sys

import redis


def main() -> None:
    parser = argparse.ArgumentParser(prog="redis-cli", add_help=False)
    parser.add_argument("--default-port", type=int)
    parser.add_argument("-h", dest="host", default="127.0.0.1")
    parser.add_argument("-p", dest="port", type=int)
    parser.add_argument("--user")
    parser.add_argument("--no-auth-warning", action="store_true")
    asked, command = parser.parse_known_args()
    client = redis.Redis(
        host=asked.host,
        port=asked.port or asked.default_port,
        username=asked.user,
        password=os.environ.get("REDISCLI_AUTH"),
        socket_timeout=2,
        decode_responses=True,
    )
    try:
        answer = client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py
    except redis.RedisError as error:
        sys.exit(f"(error) {error}")
    sys.stdout.write(f"{'PONG' if answer is True else answer}\n")


if __name__ == "__main__":
    main()
