"""What Slack asks for is done once, however often it asks, and goes on after the acknowledgement."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gateway.logs import place_of

log = logging.getLogger(__name__)

SOON = 2.0
"""Seconds after which Slack gets its answer, done or not; it waits for three."""
GOODBYE = 3.0
"""Seconds that unfinished work gets when the gateway stops."""
REMEMBERED = 10_000


class Recent:
    """The latest of many names."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._names: dict[str, None] = {}

    def add(self, name: str) -> None:
        """Remember it, and forget the oldest if there are too many."""
        self._names[name] = None
        if len(self._names) > self._most:
            del self._names[next(iter(self._names))]

    def __contains__(self, name: str) -> bool:
        return name in self._names


class Deeds:
    """All work that Slack's requests have begun in this process."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}
        self._done = Recent()

    async def soon(self, name: str, work: Callable[[], Awaitable[None]]) -> bool | None:
        """Whether the work succeeded; None if it is not finished within a moment, and then it goes on.

        Work of that name that goes on is joined, and not done again once it has succeeded.
        """
        if name not in self._done:
            if name not in self._running:
                self._running[name] = asyncio.create_task(self._do(name, work))
            _, unfinished = await asyncio.wait([self._running[name]], timeout=SOON)
            if unfinished:
                return None
        return name in self._done

    async def stop(self) -> None:
        """Let what runs come to its end, if that is near."""
        tasks = list(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=GOODBYE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _do(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
            self._done.add(name)
        except Exception as error:
            log.error("slack: %s", type(error).__name__, extra={"place": place_of(error)})
        finally:
            del self._running[name]
