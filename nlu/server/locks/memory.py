"""Queues in this process.

Stock's in-memory lock asks once a second whether it may go on, so a message sent while another is answered waits up
to a second for nothing. Here the turn that ends wakes the next.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nlu.server.locks.errors import WaitedTooLong


class MemoryQueues:
    """First come, first served, for each conversation by itself."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, conversation: str, patience: float) -> AsyncIterator[None]:
        """Wait for the turns before this one, at most `patience` seconds. Raises WaitedTooLong."""
        queue = self._queues.setdefault(conversation, deque())
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            if queue[0] is not mine:
                await _woken(mine, patience)
            yield
        finally:
            self._leave(conversation, queue, mine)

    def _leave(self, conversation: str, queue: deque[asyncio.Future[None]], mine: asyncio.Future[None]) -> None:
        was_first = queue[0] is mine
        queue.remove(mine)
        if not queue:
            del self._queues[conversation]
        elif was_first and not queue[0].done():
            queue[0].set_result(None)


async def _woken(mine: asyncio.Future[None], patience: float) -> None:
    try:
        await asyncio.wait_for(mine, patience)
    except asyncio.TimeoutError as error:
        raise WaitedTooLong(f"the turns before this one took more than {patience:g} s") from error
