"""Brings a conversation's events to the channel that it is held in, also after a restart."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from gateway.errors import DeliveryFailed
from records.errors import RecordsUnavailable
from records.event_log import USER_MESSAGE, Conversation, Event, EventLog

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between attempts."""


class Channel(Protocol):
    """A way to users that events must be brought to, such as Slack."""

    @property
    def name(self) -> str:
        """Lower-case letters; begins the ids of the channel's conversations."""

    async def deliver(self, conversation: Conversation, events: Sequence[Event]) -> None:
        """Bring these events to the user, in order; all kinds but the user's own messages.

        An exception has them delivered again later, after a pause; `DeliveryFailed` can say how many were delivered
        and that it is of no use to try again. A crash between delivery and its note repeats a delivery, so a channel
        that can should send an event's id along.
        """


class Deliveries:
    """One delivery at a time for each conversation."""

    def __init__(self, event_log: EventLog, channels: Mapping[str, Channel]) -> None:
        self._log = event_log
        self._channels = channels
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    async def resume(self) -> None:
        """Deliver what was left when the gateway stopped. Raises RecordsUnavailable."""
        if self._channels:
            for conversation in await self._log.undelivered(list(self._channels)):
                self.wake(conversation)

    def wake(self, conversation: str) -> None:
        """There are new events in a conversation; nothing happens if its channel is none of these."""
        if conversation.partition("-")[0] not in self._channels:
            return
        if conversation in self._running:
            self._again.add(conversation)
        else:
            self._running[conversation] = asyncio.create_task(self._run(conversation))

    async def stop(self) -> None:
        """End all deliveries; the rest is delivered after the next start."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, conversation: str) -> None:
        pause = FIRST_PAUSE
        try:
            while True:
                self._again.discard(conversation)
                try:
                    await self._deliver(conversation)
                except RecordsUnavailable as error:
                    log.error("a delivery cannot be read or noted: %s", error)
                except Exception as error:
                    log.error("a delivery failed: %s", type(error).__name__)
                else:
                    if conversation not in self._again:
                        return
                    pause = FIRST_PAUSE
                    continue
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        finally:
            del self._running[conversation]

    async def _deliver(self, conversation: str) -> None:
        """Deliver page by page until nothing is left."""
        while (state := await self._log.read(conversation)) is not None and state.delivered < state.last:
            channel = self._channels[state.channel]
            events = await self._log.events(conversation, state.delivered)
            told = [event for event in events if event.kind != USER_MESSAGE]
            try:
                if told:
                    await channel.deliver(state, told)
            except DeliveryFailed as failure:
                done = told[failure.delivered - 1].number if failure.delivered else state.delivered
                if failure.final:
                    done = events[-1].number
                with contextlib.suppress(RecordsUnavailable):  # then it is delivered once more
                    await self._log.delivered(conversation, state.epoch, done)
                if not failure.final:
                    raise
            else:
                await self._log.delivered(conversation, state.epoch, events[-1].number)
