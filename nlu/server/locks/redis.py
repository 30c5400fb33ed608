"""Queues in Redis, for several server processes.

Stock's Redis lock reads a ticket list, changes it and writes it back: two processes that do so at once both hold the
lock (14 times in 300 turns when measured), and a waiting one asks once a second. Here each step is one script, which
Redis runs whole; the queue is in the order of arrival, the turn that ends wakes the next, and a process that is
killed is passed over when it has given no sign of life for some seconds.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from nlu.server.locks.errors import WaitedTooLong

logger = logging.getLogger(__name__)

ALIVE_SECONDS = 10.0
"""After so long without a sign of life a process counts as gone."""
_SIGN_SECONDS = 3.0
_LOOK_SECONDS = 1
"""How often a waiting turn looks whether the process before it is gone."""

_ENTER = """
redis.call('SET', KEYS[1] .. ':alive:' .. ARGV[1], 1, 'PX', ARGV[2])
redis.call('RPUSH', KEYS[1], ARGV[1])
"""
_TRY = """
redis.call('PEXPIRE', KEYS[1], 3600000)
while true do
  local first = redis.call('LINDEX', KEYS[1], 0)
  if not first then redis.call('RPUSH', KEYS[1], ARGV[1]) return 1 end
  if first == ARGV[1] then return 1 end
  if redis.call('EXISTS', KEYS[1] .. ':alive:' .. first) == 1 then return 0 end
  redis.call('LPOP', KEYS[1])
end
"""
_LEAVE = """
local left = redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('DEL', KEYS[1] .. ':alive:' .. ARGV[1], KEYS[1] .. ':wake:' .. ARGV[1])
local first = redis.call('LINDEX', KEYS[1], 0)
if first then
  redis.call('RPUSH', KEYS[1] .. ':wake:' .. first, 1)
  redis.call('PEXPIRE', KEYS[1] .. ':wake:' .. first, 60000)
end
return left
"""


class RedisQueues:
    """First come, first served, for each conversation by itself, over all processes that use the same prefix."""

    def __init__(self, url: str, prefix: str = "supportlotsen:turn:") -> None:
        """Opens nothing yet. Raises ValueError for an address that is none."""
        self._redis = Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3)
        self._prefix = prefix
        self._enter = self._redis.register_script(_ENTER + _TRY)
        self._try = self._redis.register_script(_TRY)
        self._leave = self._redis.register_script(_LEAVE)
        self._present: set[str] = set()
        """The keys that say that our turns are alive."""
        self._signs: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self, conversation: str, patience: float) -> AsyncIterator[None]:
        """Wait for the turns before this one, at most `patience` seconds. Raises WaitedTooLong, and RedisError."""
        queue, token = f"{self._prefix}{conversation}", uuid.uuid4().hex
        alive = f"{queue}:alive:{token}"
        first = await self._enter([queue], [token, int(ALIVE_SECONDS * 1000)])
        self._give_signs_of(alive)
        try:
            if not first:
                await self._wait(queue, token, patience)
            yield
        finally:
            self._present.discard(alive)
            await self._let_next(queue, token)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._signs is not None:
            self._signs.cancel()
        await self._redis.close(close_connection_pool=True)

    async def _let_next(self, queue: str, token: str) -> None:
        try:
            if not await self._leave([queue], [token]):
                logger.error("a turn had lost its place in the queue before it ended: the process stood still")
        except RedisError as error:  # the turn is done, and the place in the queue is lost without signs of life
            logger.error("Redis was lost during a turn: %s", type(error).__name__)

    async def _wait(self, queue: str, token: str, patience: float) -> None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            await self._redis.blpop(f"{queue}:wake:{token}", timeout=_LOOK_SECONDS)
            if await self._try([queue], [token]):
                return
        raise WaitedTooLong(f"the turns before this one took more than {patience:g} s")

    def _give_signs_of(self, alive: str) -> None:
        self._present.add(alive)
        if self._signs is None or self._signs.done():
            self._signs = asyncio.get_running_loop().create_task(self._give_signs())

    async def _give_signs(self) -> None:
        while self._present:
            await asyncio.sleep(_SIGN_SECONDS)
            with contextlib.suppress(Exception):  # the turns themselves meet the error, and tell
                async with self._redis.pipeline(transaction=False) as pipeline:
                    for alive in self._present:
                        pipeline.pexpire(alive, int(ALIVE_SECONDS * 1000))
                    await pipeline.execute()
