"""Runs transactions that are written as plain functions of a connection, without holding up the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from records.database import connect_in_thread
from records.errors import RecordsUnavailable
from records.guard import unavailable_when_broken


class Transactions:
    """One transaction for each call.

    With SQLite whole transactions run in one thread, one after the other: SQLite takes one writer at a time anyway, and
    handing over each statement for itself costs several times as much as the statement.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._sqlite = connect_in_thread(engine.url) if engine.dialect.name == "sqlite" else None
        self._thread = ThreadPoolExecutor(1, "records") if self._sqlite else None
        self.failures = 0
        """Transactions that were not made, or of which it is not known whether they were."""

    async def run[T](self, work: Callable[[Connection], T]) -> T:
        """What `work` returns; it is committed then. Raises RecordsUnavailable, and IntegrityError."""
        try:
            async with unavailable_when_broken():
                return await self._run(work)
        except RecordsUnavailable:
            self.failures += 1
            raise

    async def close(self) -> None:
        """Close the connections that are not the engine's own."""
        if self._sqlite and self._thread:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._sqlite.dispose)
            self._thread.shutdown()

    async def _run[T](self, work: Callable[[Connection], T]) -> T:
        if self._thread:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._in_thread, work)
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    def _in_thread[T](self, work: Callable[[Connection], T]) -> T:
        assert self._sqlite is not None
        with self._sqlite.begin() as connection:
            return work(connection)
