"""What spares users the wait: the circuit breaker and the cap."""

import asyncio

import pytest

from gateway.core.breaker import FAILURES, REST, Breaker
from gateway.core.load import Load
from gateway.errors import TooBusy


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_opens_after_failures_in_a_row_and_tries_now_and_then() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES - 1):
        breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert breaker.open and not breaker.allows()

    clock.now += REST
    assert breaker.allows() and not breaker.allows()  # one, and not two at once
    clock.now += REST
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows() and breaker.allows()


def test_an_answer_in_between_begins_the_count_anew() -> None:
    breaker = Breaker(Clock())
    for _ in range(3):
        for _ in range(FAILURES - 1):
            breaker.failed()
        breaker.succeeded()
    assert not breaker.open


async def test_the_cap_lets_so_many_in_so_many_wait_and_no_more() -> None:
    load, leave = Load(2, 1), asyncio.Event()
    inside = 0

    async def turn() -> None:
        nonlocal inside
        async with load.turn():
            inside += 1
            await leave.wait()

    turns = [asyncio.create_task(turn()) for _ in range(3)]
    await asyncio.sleep(0.01)
    assert (inside, load.waiting) == (2, 1)
    with pytest.raises(TooBusy):
        await turn()
    leave.set()
    await asyncio.gather(*turns)
    assert (inside, load.waiting) == (3, 0)


async def test_who_gives_up_waiting_leaves_the_queue() -> None:
    load = Load(1, 1)
    async with load.turn():
        waiting = asyncio.create_task(load.turn().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert load.waiting == 0
    async with load.turn():
        assert load.waiting == 0
