"""The lock store for `endpoints.yml`: queues in Redis when REDIS_URL is set, otherwise in this process."""

import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.exceptions import RedisError

from nlu.server.errors import SettingsError
from nlu.server.locks.memory import MemoryQueues
from nlu.server.locks.redis import RedisQueues

logger = logging.getLogger(__name__)


class TurnQueues(LockStore):
    """A `LockStore`. While Redis is out of reach, turns wait for those of this process alone.

    Two processes could then work on one conversation at once; the numbers of its events still keep its turns apart
    (`nlu.server.conversations.sql_archive`).
    """

    def __init__(
        self, endpoint_config: EndpointConfig | None = None, environment: Mapping[str, str] = os.environ
    ) -> None:
        """Opens nothing yet. Raises SettingsError."""
        super().__init__()
        self._memory = MemoryQueues()
        self._redis = _redis(environment.get("REDIS_URL", "").strip())

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncIterator[TicketLock]:
        """See `LockStore.lock`. Raises WaitedTooLong, a LockError."""
        async with AsyncExitStack() as stack:
            await self._enter(stack, conversation_id, lock_lifetime)
            yield TicketLock(conversation_id)

    async def _enter(self, stack: AsyncExitStack, conversation: str, patience: float) -> None:
        if self._redis is not None:
            try:
                await stack.enter_async_context(self._redis.turn(conversation, patience))
            except (RedisError, OSError) as error:
                logger.error("Redis is out of reach, turns wait for this process alone: %s", type(error).__name__)
            else:
                return
        await stack.enter_async_context(self._memory.turn(conversation, patience))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._redis is not None:
            await self._redis.close()


def _redis(url: str) -> RedisQueues | None:
    try:
        return RedisQueues(url) if url else None
    except ValueError as error:
        raise SettingsError("REDIS_URL cannot be used; it must be an address such as redis://host:6379/0") from error
