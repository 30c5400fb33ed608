"""One turn of a conversation at a time, in the order of arrival: in one process and over Redis."""

import asyncio
import contextlib
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import pytest
from rasa.core.lock_store import LockError

from nlu.server.errors import SettingsError
from nlu.server.locks import redis as redis_module
from nlu.server.locks.errors import WaitedTooLong
from nlu.server.locks.memory import MemoryQueues
from nlu.server.locks.redis import RedisQueues
from nlu.server.locks.store import TurnQueues
from tests.leave_out import leave_out


class Queues(Protocol):
    """What both kinds do."""

    def turn(self, conversation: str, patience: float) -> AbstractAsyncContextManager[None]:
        """See `MemoryQueues.turn`."""


Processes = Callable[[int], AbstractAsyncContextManager[list[Queues]]]
"""Makes as many as processes would have; for memory all of them are one."""


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A Redis of our own."""
    program = shutil.which("redis-server")
    if program is None:
        leave_out("needs redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--logfile", "/dev/null"]
    )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


@pytest.fixture(params=["memory", "redis"])
def processes(request: pytest.FixtureRequest) -> Processes:
    if request.param == "memory":

        @asynccontextmanager
        async def in_memory(count: int) -> AsyncIterator[list[Queues]]:
            yield [MemoryQueues()] * count

        return in_memory
    url = request.getfixturevalue("redis_url")

    @asynccontextmanager
    async def in_redis(count: int) -> AsyncIterator[list[Queues]]:
        prefix = f"test:{uuid.uuid4().hex}:"
        made = [RedisQueues(url, prefix) for _ in range(count)]
        try:
            for each in made:
                await _take(each, "connected")
            yield [*made]
        finally:
            for each in made:
                await each.close()

    return in_redis


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 30))


def test_turns_come_one_at_a_time_and_in_order(processes: Processes) -> None:
    async def many() -> None:
        inside: list[int] = []
        order: list[int] = []

        async def turn(queues: Queues, number: int) -> None:
            async with queues.turn("anna", 20):
                inside.append(number)
                assert inside == [number]
                await asyncio.sleep(0.002)
                order.append(number)
                inside.clear()

        async with processes(3) as each:
            started = time.monotonic()
            tasks = []
            for number in range(60):
                tasks.append(asyncio.create_task(turn(each[number % 3], number)))
                await asyncio.sleep(0.005)  # so that the order of arrival is known
            await asyncio.gather(*tasks)
            assert order == list(range(60))
            assert time.monotonic() - started < 5  # nobody waits for a second to ask again

    run(many())


def test_conversations_do_not_wait_for_each_other(processes: Processes) -> None:
    async def two() -> None:
        async with processes(1) as [queues], queues.turn("anna", 1), queues.turn("bo", 0.5):
            pass

    run(two())


def test_whoever_waits_too_long_is_told_and_lets_the_others_go_on(processes: Processes) -> None:
    async def impatient() -> None:
        async with processes(2) as [one, other]:
            async with one.turn("anna", 1):
                with pytest.raises(WaitedTooLong):
                    async with other.turn("anna", 0.05):
                        pytest.fail("it was not its turn")
            async with other.turn("anna", 1):
                pass

    run(impatient())
    assert issubclass(WaitedTooLong, LockError)


def test_a_turn_that_breaks_or_is_cancelled_lets_the_next_go_on(processes: Processes) -> None:
    async def broken() -> None:
        async with processes(2) as [one, other]:
            with pytest.raises(ZeroDivisionError):
                async with one.turn("anna", 1):
                    _ = 1 / 0
            async with one.turn("anna", 1):
                waiting = asyncio.create_task(_take(other, "anna"))
                after = asyncio.create_task(_take(one, "anna"))
                await asyncio.sleep(0.05)
                waiting.cancel()
                await asyncio.sleep(0.05)
            await after

    run(broken())


def test_a_timeout_inside_a_turn_is_the_turns_own(processes: Processes) -> None:
    async def slow() -> None:
        async with processes(1) as [queues]:
            with pytest.raises(asyncio.TimeoutError):
                async with queues.turn("anna", 1):
                    await asyncio.wait_for(asyncio.sleep(1), 0.01)

    run(slow())


def test_a_process_that_was_killed_is_passed_over(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def killed() -> None:
        prefix = f"test:{uuid.uuid4().hex}:"
        dead, alive = RedisQueues(redis_url, prefix), RedisQueues(redis_url, prefix)
        held = dead.turn("anna", 1)
        await held.__aenter__()
        assert dead._signs is not None
        dead._signs.cancel()  # it gives no more signs of life, and never leaves
        started = time.monotonic()
        async with alive.turn("anna", 10):
            assert 0.2 < time.monotonic() - started < 4
        await dead._redis.close()
        await alive.close()

    monkeypatch.setattr(redis_module, "ALIVE_SECONDS", 0.4)
    run(killed())


def test_a_long_turn_gives_signs_of_life(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def long() -> None:
        prefix = f"test:{uuid.uuid4().hex}:"
        one, other = RedisQueues(redis_url, prefix), RedisQueues(redis_url, prefix)
        done = []

        async def first() -> None:
            async with one.turn("anna", 1):
                await asyncio.sleep(1.2)
                done.append("first")

        task = asyncio.create_task(first())
        await asyncio.sleep(0.05)
        async with other.turn("anna", 10):
            assert done == ["first"]
        await task
        await one.close()
        await other.close()

    monkeypatch.setattr(redis_module, "ALIVE_SECONDS", 0.4)
    monkeypatch.setattr(redis_module, "_SIGN_SECONDS", 0.1)
    run(long())


def test_nothing_is_left_in_redis(redis_url: str) -> None:
    async def left() -> None:
        prefix = f"test:{uuid.uuid4().hex}:"
        queues = RedisQueues(redis_url, prefix)
        await asyncio.gather(*(_take(queues, "anna") for _ in range(5)))
        assert await queues._redis.keys(f"{prefix}*") == []
        await queues.close()

    run(left())


@pytest.mark.parametrize("environment", [{}, {"REDIS_URL": "redis://127.0.0.1:1/0"}])
def test_without_redis_turns_wait_in_the_process(environment: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    async def alone() -> None:
        store = TurnQueues(environment=environment)
        inside: list[int] = []

        async def turn(number: int) -> None:
            async with store.lock("anna"):
                inside.append(number)
                assert inside == [number]
                await asyncio.sleep(0.001)
                inside.clear()

        await asyncio.gather(*(turn(number) for number in range(10)))
        await store.close()

    run(alone())
    assert ("Redis is out of reach" in caplog.text) == bool(environment)


def test_with_redis_turns_wait_there(redis_url: str) -> None:
    async def both() -> None:
        stores = [TurnQueues(environment={"REDIS_URL": redis_url}) for _ in range(2)]
        async with stores[0].lock("anna"):
            with pytest.raises(LockError):
                async with stores[1].lock("anna", lock_lifetime=0.05):
                    pytest.fail("it was not its turn")
        for store in stores:
            await store.close()

    run(both())


def test_a_wrong_address_is_named_but_not_repeated() -> None:
    with pytest.raises(SettingsError, match="REDIS_URL") as error:
        TurnQueues(environment={"REDIS_URL": "http://secret"})
    assert "secret" not in str(error.value)


async def _take(queues: Queues, conversation: str) -> None:
    async with queues.turn(conversation, 5):
        await asyncio.sleep(0.001)
