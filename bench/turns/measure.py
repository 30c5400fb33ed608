"""The measurements, each with fresh processes, stock and ours alternating."""

import contextlib
import os
import secrets
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import gateway
from bench.turns import cost, history
from bench.turns.figures import quantile
from bench.turns.load import WARM_UP, at_once, one_after_another, too_many, understood
from bench.turns.systems import OURS, SYSTEMS, System, running

KINDS = ("answer", "action")
Row = dict[str, Any]


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    rounds: int = 3
    turns: int = 60
    """One after another, of each kind."""
    conversations: tuple[int, ...] = (1, 4, 16, 64, 256)
    """At the same time."""
    seconds: float = 5.0
    """For each number of conversations."""
    lengths: tuple[int, ...] = (1, 10, 100, 500)
    """Turns that a conversation has had."""
    databases: tuple[str, ...] = ("SQLite", "PostgreSQL")
    at_length: int = 10
    """Turns of each kind, at each length."""
    overload: float = 8.0
    """Seconds."""


TURNS = Extent(5, 40, (64,), 3.0, (), (), 0, 0.0)
"""The ratios that there are targets for, often enough to see their spread."""
QUICK = Extent(1, 30, (1, 16, 64), 3.0, (1, 100), ("SQLite",), 6, 4.0)


@dataclass
class Results:
    """Rows, each with the round and the system that it is of."""

    start: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    at_once: list[Row] = field(default_factory=list)
    length: list[Row] = field(default_factory=list)
    overload: list[Row] = field(default_factory=list)
    gateway: list[Row] = field(default_factory=list)
    training: list[Row] = field(default_factory=list)


@dataclass
class Measurement:
    """One run."""

    extent: Extent
    results: Results = field(default_factory=Results)
    texts: dict[str, list[str]] = field(default_factory=dict)
    """The messages of each kind that both systems understand alike."""

    async def agree_on_texts(self) -> None:
        """Find the messages that both take for their kind. Raises RuntimeError if there are none."""
        found: dict[str, list[set[str]]] = {kind: [] for kind in KINDS}
        for name in SYSTEMS:
            async with self._running(name) as system:
                for kind in KINDS:
                    found[kind].append(await understood(system, kind))
        self.texts = {kind: sorted(set.intersection(*sets)) for kind, sets in found.items()}
        if not all(self.texts.values()):
            raise RuntimeError(f"no messages that both understand: {found}")

    async def round(self, number: int) -> None:
        """Everything once with each system; who is first alternates."""
        order = SYSTEMS if number % 2 == 0 else SYSTEMS[::-1]
        for name in order:
            async with self._running(name) as system:
                await self._costs(system, number)
                await self._at_once(system, number)
        for database in self.extent.databases:
            for name in order:
                await self._lengths(name, database, number)

    async def overload(self) -> None:
        """Four times as many turns as can be done."""
        async with self._running(OURS) as system:
            texts = self.texts["action"]
            await at_once(system, texts, 16, 2.0)
            capacity = (await at_once(system, texts, 64, self.extent.seconds)).per_second
            flood = await too_many(system, texts, 4 * capacity, self.extent.overload)
            self.results.overload.append(
                {
                    "capacity": capacity,
                    "wanted": 4 * capacity,
                    "done": flood.per_second,
                    "p50": quantile(flood.seconds, 0.5),
                    "p95": quantile(flood.seconds, 0.95),
                    "accepted": len(flood.seconds),
                    "busy": flood.busy,
                }
            )

    async def gateway(self) -> None:
        """What the gateway's own process uses in a turn, and what a turn through it takes."""
        async with self._running(OURS) as system:
            with tempfile.TemporaryDirectory() as folder:
                async with gateway.gateway(system.http, system.url, Path(folder)) as own:
                    talk = gateway.Talk(system.http, own.url)
                    await talk.open()
                    for kind in KINDS:
                        texts = self.texts[kind] * self.extent.turns
                        for text in texts[:WARM_UP]:
                            await talk.ask(text)
                        before = cost.processor(own.process.pid)
                        seconds = [await gateway.seconds_of(talk.ask(text)) for text in texts[: self.extent.turns]]
                        used = (cost.processor(own.process.pid) - before) / self.extent.turns
                        self.results.gateway.append(
                            {
                                "kind": kind,
                                "p50": quantile(seconds, 0.5),
                                "p95": quantile(seconds, 0.95),
                                "gateway": used,
                            }
                        )
                    await talk.close()

    async def _costs(self, system: System, number: int) -> None:
        for kind in KINDS:
            await one_after_another(system, self.texts[kind], WARM_UP)
            costs = await one_after_another(system, self.texts[kind], self.extent.turns)
            self.results.turns.append(
                {
                    "round": number,
                    "system": system.name,
                    "kind": kind,
                    **{f"p{share}": quantile(costs.seconds, share / 100) for share in (50, 95, 99)},
                    "server": costs.server,
                    "actions": costs.actions,
                }
            )
        self.results.start.append(
            {
                "round": number,
                "system": system.name,
                "start": system.start,
                "server": cost.megabytes(system.server),
                "actions": cost.megabytes(system.actions),
            }
        )

    async def _at_once(self, system: System, number: int) -> None:
        texts = [text for pair in zip(*self.texts.values(), strict=False) for text in pair]
        for conversations in self.extent.conversations:
            flood = await at_once(system, texts, conversations, self.extent.seconds)
            self.results.at_once.append(
                {
                    "round": number,
                    "system": system.name,
                    "conversations": conversations,
                    "per_second": flood.per_second,
                    "p95": quantile(flood.seconds, 0.95),
                    "busy": flood.busy,
                    "silent": flood.silent,
                }
            )

    async def _lengths(self, name: str, database: str, number: int) -> None:
        with tempfile.TemporaryDirectory() as folder, _empty(database, Path(folder)) as tracker:
            async with self._running(name, tracker) as system:
                seed = uuid.uuid4().hex
                for kind in KINDS:
                    await one_after_another(system, self.texts[kind][:1], 1, seed)
                for length in self.extent.lengths:
                    sender = history.lengthen(name, tracker, seed, length - 1)
                    for kind in KINDS:
                        first = await one_after_another(system, self.texts[kind], 1, sender)
                        costs = await one_after_another(system, self.texts[kind], self.extent.at_length, sender)
                        self.results.length.append(
                            {
                                "round": number,
                                "system": name,
                                "database": database,
                                "length": length,
                                "kind": kind,
                                "first": first.seconds[0],
                                "p50": quantile(costs.seconds, 0.5),
                                "server": costs.server,
                                "actions": costs.actions,
                            }
                        )

    @contextlib.asynccontextmanager
    async def _running(self, name: str, tracker: str | None = None) -> AsyncIterator[System]:
        with tempfile.TemporaryDirectory() as folder:
            async with running(name, Path(folder), tracker) as system:
                yield system


@contextlib.contextmanager
def _empty(database: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, PostgreSQL's in TEST_POSTGRES_URL."""
    if database == "SQLite":
        yield f"sqlite:///{folder / 'tracker.db'}"
        return
    url = sa.make_url(os.environ["TEST_POSTGRES_URL"])
    owner = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    schema = f"bench_{secrets.token_hex(8)}"
    with owner.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    try:
        own = url.update_query_dict({"options": f"-csearch_path={schema}"})
        yield own.render_as_string(hide_password=False)
    finally:
        with owner.connect() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
        owner.dispose()
