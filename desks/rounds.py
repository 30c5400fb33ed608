"""Work done in rounds until it is cancelled: a cancellation waits for the round, so that no statement is torn."""

import asyncio
from collections.abc import Awaitable

LONGEST = 5.0
"""Seconds that a cancelled round may still take."""


async def whole[Result](work: Awaitable[Result]) -> Result:
    """The result of the work; when cancelled, ends only after the work has, or has been given up."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=LONGEST)
        task.cancel()
        raise
