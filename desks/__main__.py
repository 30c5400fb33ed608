"""`python -m desks`: work with the database desk's cases, answer in the console's conversations, see to the outbox."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from desks.model import Status
from records.cases import CaseRow, Cases
from records.database import address, connect, create_tables
from records.errors import RecordsError
from records.handoffs import Handoff, Handoffs
from records.live_console import FINISH, JOIN, LEAVE, SAY, LiveConsole
from records.tickets import Tickets

Work = Callable[[AsyncEngine, argparse.Namespace], Awaitable[int]]

_DONE = (Status.resolved.value, Status.closed.value)


def main() -> int:
    """Run one command; 0 when it went well, 1 when the records did not or the case is not there."""
    arguments = _parser().parse_args()
    try:
        return asyncio.run(_run(arguments))
    except RecordsError as error:
        print(f"Fel: {error}", file=sys.stderr)
    except SQLAlchemyError as error:
        print(f"Databasen går inte att använda: {error}", file=sys.stderr)
    return 1


async def _run(arguments: argparse.Namespace) -> int:
    engine = connect(address(os.environ))
    try:
        await create_tables(engine)
        work: Work = arguments.work
        return await work(engine, arguments)
    finally:
        await engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m desks", description="Ärenden i Supportlotsens egen databas")
    commands = parser.add_subparsers(required=True, metavar="KOMMANDO")
    listing = commands.add_parser("list", help="visa öppna ärenden, de mest brådskande först")
    listing.add_argument("--region", help="bara en region, till exempel VGR")
    listing.set_defaults(work=_list)
    show = commands.add_parser("show", help="visa ett ärende")
    comment = commands.add_parser("comment", help="anteckna något på ett ärende")
    status = commands.add_parser("status", help="ändra ett ärendes status")
    for command in (show, comment, status):
        command.add_argument("number", type=int, metavar="NUMMER")
    show.set_defaults(work=_show)
    comment.add_argument("text")
    comment.set_defaults(work=_comment)
    settable = [each.value for each in Status if each not in (Status.registered, Status.undelivered)]
    status.add_argument("status", choices=settable)
    status.set_defaults(work=_status)
    _add_live(commands.add_parser("live", help="samtal som har lämnats över till er"))
    commands.add_parser("outbox", help="visa det som ännu inte är levererat").set_defaults(work=_outbox)
    retry = commands.add_parser("retry", help="försök igen med det som har getts upp")
    retry.set_defaults(work=_retry)
    return parser


def _add_live(live: argparse.ArgumentParser) -> None:
    commands = live.add_subparsers(required=True, metavar="GÖR")
    commands.add_parser("list", help="visa dem som väntar och dem som pågår").set_defaults(work=_live_list)
    show = commands.add_parser("show", help="läs ett samtal")
    show.set_defaults(work=_live_show)
    take = commands.add_parser("take", help="ta ett samtal")
    say = commands.add_parser("say", help="skriv till användaren")
    leave = commands.add_parser("leave", help="lämna det till någon annan")
    finish = commands.add_parser("finish", help="avsluta det")
    for command in (show, take, say, leave, finish):
        command.add_argument("reference", metavar="SAMTAL")
    for command, action in ((take, JOIN), (say, SAY), (leave, LEAVE), (finish, FINISH)):
        command.add_argument("--name", required=True, metavar="NAMN", help="ditt namn, så som användaren ser det")
        command.set_defaults(work=_live_enter, action=action, text="")
    say.add_argument("text")


async def _live_list(engine: AsyncEngine, _: argparse.Namespace) -> int:
    for each in await Handoffs(engine).going_on():
        print(f"{each.reference}  {each.region}  {each.state}  {each.agent_name or '-'}  {each.summary}")
    return 0


async def _live_show(engine: AsyncEngine, arguments: argparse.Namespace) -> int:
    handoff = await _handoff(engine, arguments)
    if handoff is None:
        return 1
    print("\n".join(await LiveConsole(engine).lines(handoff)))
    return 0


async def _live_enter(engine: AsyncEngine, arguments: argparse.Namespace) -> int:
    handoff = await _handoff(engine, arguments)
    if handoff is None:
        return 1
    now = datetime.now(UTC)
    await LiveConsole(engine).enter(handoff, arguments.name, arguments.action, arguments.text, now)
    return 0


async def _handoff(engine: AsyncEngine, arguments: argparse.Namespace) -> Handoff | None:
    handoff = await Handoffs(engine).at_place(arguments.reference)
    if handoff is None:
        print(f"Det finns inget samtal {arguments.reference}.", file=sys.stderr)
    return handoff


async def _list(engine: AsyncEngine, arguments: argparse.Namespace) -> int:
    for case in await Cases(engine).open_cases(_DONE, arguments.region):
        print(f"{case.id}  prio {case.priority}  {case.region}  {case.status}  {case.title}")
    return 0


async def _show(engine: AsyncEngine, arguments: argparse.Namespace) -> int:
    case = await _case(engine, arguments)
    if case is None:
        return 1
    print(f"{case.id}  prio {case.priority}  {case.region}  {case.status}  {case.title}\n\n{case.body}")
    for each in await Cases(engine).comments(case.id):
        print(f"\n-- {each.at:%Y-%m-%d %H:%M} UTC\n{each.text}")
    return 0


async def _comment(engine: AsyncEngine, arguments: argparse.Namespace) -> int:
    case = await _case(engine, arguments)
    if case is None:
        return 1
    now = datetime.now(UTC)
    await Cases(engine).comment(case.id, f"desk {now.isoformat()}", arguments.text, now)
    return 0


async def _status(engine: AsyncEngine, arguments: argparse.Namespace) -> int:
    case = await _case(engine, arguments)
    if case is None:
        return 1
    await Cases(engine).set_status(case.id, arguments.status, datetime.now(UTC))
    return 0


async def _outbox(engine: AsyncEngine, _: argparse.Namespace) -> int:
    for each in await Tickets(engine).undelivered():
        tried = f"{each.attempts} försök, nästa {each.next_at:%Y-%m-%d %H:%M} UTC"
        print(f"{each.key}  {each.region}  {each.action}  {each.state}  {tried}  {each.error}")
    return 0


async def _retry(engine: AsyncEngine, _: argparse.Namespace) -> int:
    print(f"{await Tickets(engine).retry_dead(datetime.now(UTC))} försöks igen.")
    return 0


async def _case(engine: AsyncEngine, arguments: argparse.Namespace) -> CaseRow | None:
    case = await Cases(engine).find(arguments.number)
    if case is None:
        print(f"Det finns inget ärende {arguments.number}.", file=sys.stderr)
    return case


if __name__ == "__main__":
    sys.exit(main())
