"""Conversations with the real content behind them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from actions.house import House
from records.database import create_tables
from tests.builders import Conversation


@pytest.fixture
def conversation() -> Conversation:
    """A new conversation."""
    return Conversation()


def with_records(house: House, work: Callable[[House], Awaitable[None]]) -> None:
    """Work on the house's records, tables and all, in one event loop as the action server does."""

    async def run() -> None:
        await create_tables(house.desks.engine)
        try:
            await work(house)
        finally:
            await house.desks.aclose()

    asyncio.run(run())
