"""Work is done once, and its slowness is nobody else's."""

import asyncio

import pytest

from gateway.channels.slack import deeds as module
from gateway.channels.slack.deeds import Deeds, Recent


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOON", 0.05)


async def test_what_was_done_is_not_done_again() -> None:
    deeds, done = Deeds(), list[int]()

    async def work() -> None:
        done.append(1)

    assert await deeds.soon("a", work) is True
    assert await deeds.soon("a", work) is True
    assert await deeds.soon("b", work) is True
    assert len(done) == 2


async def test_what_takes_long_goes_on_and_is_joined() -> None:
    deeds, done, go_on = Deeds(), list[int](), asyncio.Event()

    async def work() -> None:
        await go_on.wait()
        done.append(1)

    assert await deeds.soon("a", work) is None
    assert await deeds.soon("a", work) is None
    go_on.set()
    assert await deeds.soon("a", work) is True
    assert done == [1]


async def test_what_failed_is_told_and_can_be_done_again(caplog: pytest.LogCaptureFixture) -> None:
    deeds, attempts = Deeds(), list[int]()

    async def work() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise ValueError("hemligt")

    assert await deeds.soon("a", work) is False
    assert await deeds.soon("a", work) is True
    assert "ValueError" in caplog.text and "hemligt" not in caplog.text


async def test_a_stop_lets_what_is_nearly_done_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GOODBYE", 5.0)
    deeds, done = Deeds(), list[int]()

    async def work() -> None:
        await asyncio.sleep(0.2)
        done.append(1)

    await deeds.soon("a", work)
    await deeds.stop()
    assert done == [1]


async def test_a_stop_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GOODBYE", 0.05)
    deeds = Deeds()
    await deeds.soon("a", asyncio.Event().wait)  # type: ignore[arg-type]
    await deeds.stop()
    assert await deeds.soon("b", lambda: asyncio.sleep(0)) is True


def test_only_the_latest_names_are_remembered() -> None:
    recent = Recent(2)
    for name in "abc":
        recent.add(name)
    assert ["a" in recent, "b" in recent, "c" in recent] == [False, True, True]
