"""Stock and Supportlotsen as running programs: a Rasa server and an action server, fresh for each measurement."""

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench.turns import cost, stock
from scripts import ports, programs
from scripts.sealed import ROOT
from scripts.settings import Settings, from_environment
from scripts.supervisor import Program

STOCK, OURS = "stock", "Supportlotsen"
SYSTEMS = (STOCK, OURS)
REGION = "VGR"
PATIENCE = 60.0
"""Seconds to wait for an answer; a start may take three times as long."""
FIRST = "Vad är Sjunet?"
"""The question whose answer ends a start: it goes through understanding, rules and an action."""


@dataclass(frozen=True)
class Answer:
    """What came back for a message."""

    seconds: float
    kind: str
    """`answer` (the domain's words), `action`, `busy` or `silence`."""


@dataclass
class System:
    """A running one."""

    name: str
    url: str
    http: aiohttp.ClientSession
    server: int
    """Process id of Rasa."""
    actions: int
    """Process id of the action server."""
    start: float
    """Seconds from the start of the processes to the first answer."""

    async def say(self, sender: str, text: str) -> Answer:
        """One turn."""
        body = {"sender": sender, "message": text, "metadata": {"region": REGION}}
        began = time.perf_counter()
        try:
            async with self.http.post(f"{self.url}/webhooks/rest/webhook", json=body) as response:
                items = await response.json()
        except (aiohttp.ClientError, OSError, TimeoutError):  # stock resets connections when 256 come at once
            return Answer(time.perf_counter() - began, "silence")
        seconds = time.perf_counter() - began
        if "Retry-After" in response.headers:
            return Answer(seconds, "busy")
        return Answer(seconds, _kind(items))

    def processor(self) -> tuple[float, float]:
        """Seconds that server and action server have used so far."""
        return cost.processor(self.server), cost.processor(self.actions)


@contextlib.asynccontextmanager
async def running(name: str, folder: Path, tracker: str | None = None) -> AsyncIterator[System]:
    """A system with conversations at the address `tracker`.

    Without one they are where the defaults keep them: stock's in memory, ours in SQLite.
    """
    environment = _environment(folder, tracker)
    settings = from_environment(environment)
    started = time.monotonic()
    rasa = _stock(settings, folder, tracker) if name == STOCK else programs.rasa(settings, environment)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=PATIENCE)
    ) as http:
        with _processes([rasa, programs.actions(settings, environment)], folder) as (server, actions):
            system = System(name, settings.rasa_url, http, server.pid, actions.pid, 0.0)
            while (answer := await _first(system)) != "action":
                if server.poll() is not None or time.monotonic() - started > 3 * PATIENCE:
                    raise RuntimeError(f"{name} does not answer ({answer}): see {folder}")
                await asyncio.sleep(0.05)
            system.start = time.monotonic() - started
            yield system


def _environment(folder: Path, tracker: str | None) -> dict[str, str]:
    own = {"TRACKER_DB_URL": tracker or f"sqlite:///{folder / 'conversations.db'}"}
    own |= {name: str(port) for name, port in ports.free(ports.DEFAULTS).items()}
    return {**os.environ, **own}


def _stock(settings: Settings, folder: Path, tracker: str | None) -> Program:
    file = folder / "endpoints.yml"
    stock.endpoints(f"{settings.actions_url}/webhook", tracker, file)
    files = ["--model", str(stock.MODEL), "--endpoints", str(file), "--credentials", "credentials.yml"]
    address = ["--interface", ports.LOOPBACK, "--port", str(settings.rasa_port)]
    return Program("rasa", stock.rasa("run", *address, *files), stock.environment())


@contextlib.contextmanager
def _processes(started: Sequence[Program], folder: Path) -> Any:
    with contextlib.ExitStack() as stack:
        processes = []
        for program in started:
            log = stack.enter_context((folder / f"{program.name}.log").open("wb"))
            where = stock.FOLDER if "nlu.server" not in program.command and program.name == "rasa" else ROOT
            processes.append(_popen(program.command, program.environment, where, log))
            stack.callback(_end, processes[-1])
        yield processes


def _popen(command: Sequence[str], environment: Mapping[str, str], where: Path, log: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=dict(environment), cwd=where, stdout=log, stderr=log)  # noqa: S603


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _first(system: System) -> str:
    return (await system.say("first", FIRST)).kind


def _kind(items: Sequence[Mapping[str, Any]]) -> str:
    outcomes = [item["custom"].get("outcome") for item in items if "custom" in item]
    if not outcomes:
        return "silence"
    return "answer" if outcomes == ["smalltalk"] else "action"
