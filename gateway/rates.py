"""How often a conversation or an address may ask; counted in Redis if there is one, else in memory."""

import asyncio
import hashlib
import hmac
import logging
import math
import time
from typing import Any

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from gateway.errors import TooMany

log = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds that Redis may take."""
REST = 5.0
"""Seconds after a failure of Redis until it is asked again."""


class Rates:
    """Counts by keyed digests, so that neither memory nor Redis holds an address."""

    def __init__(self, secret: str, redis_url: str | None) -> None:
        self._secret = secret.encode()
        self._memory = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._pool = None if redis_url is None else ConnectionPool.from_url(redis_url)
        self._redis = None if self._pool is None else _redis(redis_url, self._pool)
        self._redis_again = 0.0

    async def close(self) -> None:
        """Let go of Redis."""
        if self._pool is not None:
            await self._pool.aclose()

    async def count(self, kind: str, who: str, rate: RateLimitItem) -> None:
        """Count one more. Raises TooMany, with the seconds to wait, when it is above the rate."""
        name = hmac.new(self._secret, f"{kind}:{who}".encode(), hashlib.sha256).hexdigest()[:32]
        limiter, allowed = await self._hit(rate, name)
        if not allowed:
            refusal = TooMany()
            refusal.retry_after = await self._wait(limiter, rate, name)
            raise refusal

    async def _hit(self, rate: RateLimitItem, name: str) -> tuple[SlidingWindowCounterRateLimiter, bool]:
        if self._redis is not None and time.monotonic() >= self._redis_again:
            try:
                async with asyncio.timeout(PATIENCE):
                    return self._redis, await self._redis.hit(rate, name)
            except (StorageError, OSError, TimeoutError) as error:
                self._redis_again = time.monotonic() + REST
                log.error("rates are counted in memory, Redis fails: %s", type(error).__name__)
        return self._memory, await self._memory.hit(rate, name)

    async def _wait(self, limiter: SlidingWindowCounterRateLimiter, rate: RateLimitItem, name: str) -> int:
        try:
            async with asyncio.timeout(PATIENCE):
                stats = await limiter.get_window_stats(rate, name)
        except (StorageError, OSError, TimeoutError):
            return rate.get_expiry()
        return max(1, math.ceil(stats.reset_time - time.time()))


def _redis(url: str | None, pool: ConnectionPool) -> SlidingWindowCounterRateLimiter:
    options: dict[str, Any] = {"connection_pool": pool}
    storage = RedisStorage(
        f"async+{url}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="supportlotsen:rates",
        **options,
    )
    return SlidingWindowCounterRateLimiter(storage)
