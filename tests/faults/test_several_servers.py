"""Two Rasa servers, one conversation: PostgreSQL keeps it, Redis lets its turns wait for each other."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis
from sqlalchemy import create_engine, make_url, text

from scripts import ports, programs
from scripts.sealed import ROOT
from scripts.settings import from_environment
from tests.leave_out import leave_out
from tests.running_system import START_SECONDS

pytestmark = pytest.mark.system

MESSAGES = 200
AT_ONCE = 10
"""Fewer than either server would turn away."""
CONVERSATION = "anna"


@dataclass
class Servers:
    """Where they answer, and where they keep conversations."""

    urls: list[str]
    database: str
    redis: str


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Two servers with a database schema and a Redis of their own; no action server is needed for greetings."""
    folder = tmp_path_factory.mktemp("servers")
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(_schema())
        redis = stack.enter_context(_redis())
        found = Servers([], database, redis)
        for number in range(2):
            own = {"TRACKER_DB_URL": database, "REDIS_URL": redis}
            own |= {name: str(port) for name, port in ports.free(ports.DEFAULTS).items()}
            settings = from_environment(own)
            program = programs.rasa(settings, {**os.environ, **own})
            log = stack.enter_context((folder / f"rasa-{number}.log").open("wb"))
            server = subprocess.Popen(
                program.command, cwd=ROOT, env=dict(program.environment), stdout=log, stderr=subprocess.STDOUT
            )
            stack.callback(server.wait, 20)
            stack.callback(server.terminate)
            found.urls.append(settings.rasa_url)
        for url in found.urls:
            _wait_for(int(url.rpartition(":")[2]), START_SECONDS)
        yield found


async def test_two_hundred_messages_to_two_servers_are_one_conversation(servers: Servers) -> None:
    sent: list[str] = []
    room = asyncio.Semaphore(AT_ONCE)

    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        Redis.from_url(servers.redis) as redis,
    ):
        entered = await _entered(redis)

        async def say(number: int) -> list[str]:
            body = {"sender": CONVERSATION, "message": f"hej {number}", "metadata": {}}
            url = f"{servers.urls[number % 2]}/webhooks/rest/webhook"
            async with session.post(url, json=body, timeout=aiohttp.ClientTimeout(total=60)) as response:
                room.release()
                return [said.get("text", "") for said in await response.json()]

        turns = []
        for number in range(MESSAGES):
            await room.acquire()
            sent.append(f"hej {number}")
            turns.append(asyncio.create_task(say(number)))
            await _come(redis, entered + number + 1)
        replies = await asyncio.gather(*turns)

    assert all(reply and reply[0] for reply in replies)
    rows = _rows(servers.database)
    assert [number for number, _, _ in rows] == list(range(1, len(rows) + 1))
    said = [heard for _, kind, heard in rows if kind == "user"]
    assert sorted(said) == sorted(sent)  # nothing lost, nothing doubled
    assert said == sent  # in the order in which they came
    before = [rows[index - 1] for index, (_, kind, _) in enumerate(rows) if kind == "user"]
    assert {(kind, name) for _, kind, name in before} == {("action", "action_listen")}  # one turn at a time


async def _come(redis: Redis, turns: int) -> None:
    """Until so many turns stand in a queue: one has come before the next is sent, so that their order is known."""
    for _ in range(10_000):
        if await _entered(redis) >= turns:
            return
        await asyncio.sleep(0.003)
    pytest.fail(f"turn {turns} never came")


async def _entered(redis: Redis) -> int:
    """How many turns have asked for their place in a queue: each sets a sign of life, and nothing else is set."""
    found: dict[str, dict[str, int]] = await redis.info("commandstats")
    return found.get("cmdstat_set", {}).get("calls", 0)


def _rows(database: str) -> list[tuple[int, str, str]]:
    """Number, kind, and what was said or done."""
    engine = create_engine(database)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT number, type_name, coalesce(data::json->>'text', data::json->>'name', '') FROM rasa_events"
                " WHERE sender_id = :sender ORDER BY number"
            ),
            {"sender": CONVERSATION},
        )
        rows = [(int(number), str(kind), str(what)) for number, kind, what in found]
    engine.dispose()
    return rows


@contextlib.contextmanager
def _schema() -> Iterator[str]:
    given = os.environ.get("TEST_POSTGRES_URL")
    if not given:
        leave_out("needs TEST_POSTGRES_URL (scripts/with-postgres)")
    url = make_url(given or "")
    owner = create_engine(url, isolation_level="AUTOCOMMIT")
    schema = f"conversations_{uuid.uuid4().hex}"
    with owner.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        own = url.update_query_dict({"options": f"-csearch_path={schema}"})
        yield own.render_as_string(hide_password=False)
    finally:
        with owner.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        owner.dispose()


@contextlib.contextmanager
def _redis() -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        leave_out("needs redis-server")
    port = ports.free({"REDIS": 0})["REDIS"]
    quiet = ["--save", "", "--logfile", "/dev/null"]
    server = subprocess.Popen([program or "", "--port", str(port), "--bind", ports.LOOPBACK, *quiet], cwd=Path("/"))
    try:
        _wait_for(port, 10)
        yield f"redis://{ports.LOOPBACK}:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((ports.LOOPBACK, port), 1):
            return
        time.sleep(0.1)
    pytest.fail(f"nothing listens on {port}")
