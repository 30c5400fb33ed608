"""`python -m desks` and `python -m records outage`, as an operator runs them."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desks.__main__ import main as desks_command
from desks.live.console import ConsoleDesk
from desks.service import DeskService, utc_now
from records.__main__ import main as records_command
from records.database import address, connect, create_tables
from records.handoffs import Handoffs
from records.live_console import LiveConsole
from tests.contract.house import DOWN, house, new_ticket


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
def command(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("RECORDS_DB_URL", url)

    def run(module: str, *arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", [module, *arguments])
        code = {"desks": desks_command, "records": records_command}[module]()
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run


def test_outages_are_told_of_listed_and_ended(command: Command) -> None:
    text = "NPÖ visar en blank sida. Felsökning pågår."
    added = command("records", "outage", "add", "VGR", "npo", text, "--since", "2026-11-20T08:15", "--number", "INC1")
    assert (added.returncode, added.stdout) == (0, "Outage 1 is told of from now on.\n"), added.stderr
    listed = command("records", "outage", "list").stdout
    assert listed == f"1: VGR npo since 2026-11-20 08:15, 0 affected, ticket INC1: {text}\n"
    assert command("records", "outage", "end", "1").returncode == 0
    assert command("records", "outage", "list").stdout == ""
    again = command("records", "outage", "end", "1")
    assert (again.returncode, again.stderr) == (1, "There is no ongoing outage 1.\n")


def test_cases_are_worked_with(command: Command, url: str) -> None:
    number = asyncio.run(_submitted(url))
    assert f"{number}  prio 2  VGR  new  NPÖ: Sidan är blank" in command("desks", "list", "--region", "VGR").stdout
    assert command("desks", "list", "--region", "Uppsala").stdout == ""
    assert command("desks", "comment", number, "Felsöks").returncode == 0
    assert command("desks", "status", number, "in_progress").returncode == 0
    shown = command("desks", "show", number).stdout
    assert "in_progress" in shown and "Felsöks" in shown and "Björkö vårdcentral" in shown
    waiting = command("desks", "outbox").stdout
    assert "create  waiting  1 försök" in waiting and "the desk is down" in waiting
    assert command("desks", "retry").stdout == "0 försöks igen.\n"
    missing = command("desks", "show", "4711")
    assert (missing.returncode, missing.stderr) == (1, "Det finns inget ärende 4711.\n")


async def _submitted(url: str) -> str:
    """A case that arrived, and a ticket that did not."""
    engine = connect(address({"RECORDS_DB_URL": url}))
    await create_tables(engine)
    made = house(engine)
    service: DeskService = made.service
    number = (await service.submit(new_ticket())).number
    made.desk.error = DOWN
    await service.submit(new_ticket("form 2"))
    await service.aclose()
    assert number is not None
    return number


def test_conversations_are_taken_and_answered(command: Command, url: str) -> None:
    reference = asyncio.run(_handed_over(url))
    assert f"{reference}  VGR  queued  -  Kommer inte in" in command("desks", "live", "list").stdout
    assert command("desks", "live", "take", reference, "--name", "Anna").returncode == 0
    assert command("desks", "live", "say", reference, "--name", "Anna", "Hej!").returncode == 0
    assert asyncio.run(_entered(url)) == [("Anna", "join", ""), ("Anna", "say", "Hej!")]
    assert "Användaren: Det är bråttom" in command("desks", "live", "show", reference).stdout
    missing = command("desks", "live", "show", "4711")
    assert (missing.returncode, missing.stderr) == (1, "Det finns inget samtal 4711.\n")


async def _handed_over(url: str) -> str:
    engine = connect(address({"RECORDS_DB_URL": url}))
    await create_tables(engine)
    handoffs = Handoffs(engine)
    values: dict[str, Any] = {
        "title": "Samtal",
        "facts": {},
        "contact": None,
        "transcript": "",
        "opening": "Ett samtal väntar",
    }
    handoff = await handoffs.add(
        utc_now(), conversation="anna", region="VGR", desk="console", summary="Kommer inte in", **values
    )
    await handoffs.change(handoff, place=handoff.reference)
    await ConsoleDesk(engine).post(handoff.reference, "Användaren: Det är bråttom", "key")
    await engine.dispose()
    return handoff.reference


async def _entered(url: str) -> list[tuple[str, str, str]]:
    engine = connect(address({"RECORDS_DB_URL": url}))
    entered = [(each.agent, each.action, each.text) for each in await LiveConsole(engine).inputs()]
    await engine.dispose()
    return entered
