"""`python -m records purge | erase CONVERSATION | export CONVERSATION | outage ...`: what is kept.

purge: forget what has been kept for its time. erase: forget one conversation. export: print all that is kept about one
as JSON. outage: see `records.outage_command`.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from records import outage_command
from records.database import address, connect, create_tables
from records.errors import RecordsError
from records.outages import Outages
from records.purge import Erased, Eraser
from records.retention import Periods, periods
from records.tracker_store import tracker_store


def main(environment: Mapping[str, str] = os.environ) -> int:
    """2 for a wrong setting, 1 when the database cannot be used."""
    arguments = _parser().parse_args()
    try:
        if arguments.command == "outage":
            return asyncio.run(_outage(arguments, environment))
        kept = periods(environment)
        print(asyncio.run(_run(arguments.command, arguments, kept, environment)))
    except RecordsError as error:
        print(f"records: {error}", file=sys.stderr)
        return 2
    except (SQLAlchemyError, OSError) as error:
        print(f"records: the database cannot be used ({type(error).__name__})", file=sys.stderr)
        return 1
    return 0


async def _run(command: str, arguments: argparse.Namespace, kept: Periods, environment: Mapping[str, str]) -> str:
    engine, trackers = connect(address(environment)), tracker_store(environment)
    try:
        await create_tables(engine)
        eraser = Eraser(engine, trackers)
        if command == "purge":
            return _told(await eraser.purge(kept))
        if command == "erase":
            return _told(await eraser.erase(arguments.conversation, "operator"))
        return json.dumps(await eraser.export(arguments.conversation), ensure_ascii=False, indent=2, default=str)
    finally:
        await engine.dispose()
        await trackers.close()


async def _outage(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    engine = connect(address(environment))
    try:
        await create_tables(engine)
        work: outage_command.Work = arguments.work
        return await work(Outages(engine), arguments)
    finally:
        await engine.dispose()


def _told(erased: Erased) -> str:
    gone = [f"{table}: {count} erased" for table, count in erased.rows.items() if count]
    kept = [f"{table}: {count} kept until the desk is done with them" for table, count in erased.kept.items()]
    return "\n".join([*gone, *kept]) or "Nothing to erase."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m records", description="What is kept about conversations.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("purge", help="forget what has been kept for its time")
    for name, help_text in (("erase", "forget one conversation"), ("export", "print all that is kept about one")):
        commands.add_parser(name, help=help_text).add_argument("conversation", help="its id")
    outage_command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
