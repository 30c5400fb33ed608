"""Tells those who look at a conversation what happens in it, within this process."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from records.event_log import Event

Passing = Mapping[str, Any]
"""An event that is not logged, such as typing."""

LONGEST_QUEUE = 200
"""Events that wait for one slow reader; beyond, it has to read the log."""


class Subscription:
    """The coming events of one conversation, for one reader. To be used with `with`."""

    def __init__(self, hub: "Hub", conversation: str) -> None:
        self._hub = hub
        self._conversation = conversation
        self._waiting: deque[Event | Passing] = deque()
        self._news = asyncio.Event()
        self.missed = False
        """Whether events were left out, so that the log must be read."""
        self.closed = False
        """Whether no more will come: the gateway stops."""

    def __enter__(self) -> Self:
        self._hub.add(self._conversation, self)
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._hub.remove(self._conversation, self)

    async def next(self, seconds: float) -> list[Event | Passing]:
        """What has happened since the last call; waits for something to happen, and gives nothing if it does not."""
        if not self._waiting and not self.closed and not self.missed:
            try:
                async with asyncio.timeout(max(0.0, seconds)):
                    await self._news.wait()
            except TimeoutError:
                return []
        self._news.clear()
        news = list(self._waiting)
        self._waiting.clear()
        return news

    def put(self, events: Iterable[Event | Passing]) -> None:
        """For the hub."""
        self._waiting.extend(events)
        if len(self._waiting) > LONGEST_QUEUE:
            self._waiting.clear()
            self.missed = True
        self._news.set()

    def close(self) -> None:
        """For the hub."""
        self.closed = True
        self._news.set()

    def forget(self) -> None:
        """For the hub: what was said is erased."""
        self._waiting.clear()
        self.missed = True
        self._news.set()


class Hub:
    """All subscriptions."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, set[Subscription]] = {}
        self._closed = False

    def subscribe(self, conversation: str) -> Subscription:
        """A subscription to what happens from now on."""
        return Subscription(self, conversation)

    def watched(self, conversation: str) -> int:
        """How many look at the conversation."""
        return len(self._subscriptions.get(conversation, ()))

    def publish(self, conversation: str, events: Iterable[Event | Passing]) -> None:
        """Tell all who look."""
        news = list(events)
        for subscription in self._subscriptions.get(conversation, ()):
            subscription.put(news)

    def forget(self, conversation: str) -> None:
        """The conversation has been erased: who looks must begin anew."""
        for subscription in self._subscriptions.get(conversation, ()):
            subscription.forget()

    def close(self) -> None:
        """Nothing more will come."""
        self._closed = True
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.close()

    def add(self, conversation: str, subscription: Subscription) -> None:
        """For subscriptions."""
        self._subscriptions.setdefault(conversation, set()).add(subscription)
        if self._closed:
            subscription.close()

    def remove(self, conversation: str, subscription: Subscription) -> None:
        """For subscriptions."""
        left = self._subscriptions.get(conversation, set())
        left.discard(subscription)
        if not left:
            self._subscriptions.pop(conversation, None)
