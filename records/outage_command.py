"""`python -m records outage add | list | end`: what an operator tells users of known outages."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from records.outages import Outage, Outages

Work = Callable[[Outages, argparse.Namespace], Awaitable[int]]

_STOCKHOLM = ZoneInfo("Europe/Stockholm")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands; the chosen one stands in `work` and returns an exit code."""
    outage = commands.add_parser("outage", help="known outages").add_subparsers(required=True, metavar="WHAT")
    add = outage.add_parser("add", help="tell of an outage")
    add.add_argument("region", help="such as VGR")
    add.add_argument("service", help='the service\'s id in the knowledge base, such as npo; "" for everything')
    add.add_argument("text", help="what users read, in Swedish")
    add.add_argument("--since", type=_moment, help="when it began, such as 2026-11-23T08:15; now if not given")
    add.add_argument("--end", type=_moment, help="when it is expected to be over")
    add.add_argument("--number", help="the desk's ticket for it")
    add.set_defaults(work=_add)
    outage.add_parser("list", help="show the ongoing ones").set_defaults(work=_list)
    end = outage.add_parser("end", help="it is over")
    end.add_argument("id", type=int)
    end.set_defaults(work=_end)


async def _add(outages: Outages, arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    made = await outages.add(
        now,
        region=arguments.region,
        service=arguments.service,
        text=arguments.text,
        since=arguments.since or now,
        expected_end=arguments.end,
        number=arguments.number,
    )
    print(f"Outage {made} is told of from now on.")
    return 0


async def _list(outages: Outages, _: argparse.Namespace) -> int:
    for each in await outages.ongoing(datetime.now(UTC)):
        print(_line(each))
    return 0


async def _end(outages: Outages, arguments: argparse.Namespace) -> int:
    if not await outages.end(arguments.id, datetime.now(UTC)):
        print(f"There is no ongoing outage {arguments.id}.", file=sys.stderr)
        return 1
    print(f"Outage {arguments.id} is over.")
    return 0


def _line(outage: Outage) -> str:
    since = outage.since.astimezone(_STOCKHOLM)
    number = f", ticket {outage.number}" if outage.number else ""
    place = f"{outage.region} {outage.service or 'everything'}"
    return f"{outage.id}: {place} since {since:%Y-%m-%d %H:%M}, {outage.affected} affected{number}: {outage.text}"


def _moment(written: str) -> datetime:
    """Local time in Stockholm unless an offset is given."""
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=_STOCKHOLM)
