"""How much is asked of Rasa at the same time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from gateway.errors import TooBusy


class Load:
    """At most so many turns at once, and so many waiting for theirs."""

    def __init__(self, turns: int, queue: int) -> None:
        self._free = asyncio.Semaphore(turns)
        self._queue = queue
        self.waiting = 0
        """Turns that wait now."""

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for a place. Raises TooBusy when too many wait."""
        if self._free.locked() and self.waiting >= self._queue:
            raise TooBusy
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self._free.release()
