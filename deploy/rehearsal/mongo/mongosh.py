"""The part of mongosh that a health check needs: db.adminCommand("ping").ok."""

import argparse
import sys

import pymongo
from pymongo.errors import PyMongoError

QUESTION = 'db.adminCommand("ping").ok'


def main() -> None:
    parser = argparse.ArgumentParser(prog="mongosh")
    parser.add_argument("--norc", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("address")
    parser.add_argument("--eval", choices=[QUESTION], required=True)
    asked = parser.parse_args()
    try:
        with pymongo.MongoClient[dict[str, object]](
            asked.address, serverSelectionTimeoutMS=2000
        ) as client:
            answer = client.admin.command("ping")
    except PyMongoError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{answer['ok']:.0f}\n")


if __name__ == "__main__":
    main()
