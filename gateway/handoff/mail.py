"""Brings what the desks are to be told to them, in order for each hand-off, also when a desk is away for a while."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from desks.errors import DeskError
from desks.live.desk import AgentDesk, Opening
from desks.rounds import whole
from records.handoffs import ENDED, OPEN, Handoff, HandoffMessage, Handoffs

LOOK_EVERY = 1.0
"""Seconds between two looks for mail whose time has come."""
LAST_WORDS = 3.0
"""Seconds that a sender may still take when the gateway stops."""
LONGEST_PAUSE = 30
"""Seconds between attempts, which begin at one."""

log = logging.getLogger(__name__)


class Mail:
    """One sender at a time for each hand-off."""

    def __init__(self, handoffs: Handoffs, desks: Mapping[str, AgentDesk], now: Callable[[], datetime]) -> None:
        self._handoffs = handoffs
        self._desks = desks
        self._now = now
        self._running: dict[int, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There is new mail."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. Raises SQLAlchemyError when the hand-offs cannot be read."""
        try:
            while True:
                self._wake.clear()
                await whole(self._start_senders())
                try:
                    await asyncio.wait_for(self._wake.wait(), LOOK_EVERY)
                except TimeoutError:
                    continue
        finally:
            tasks = list(self._running.values())
            if tasks:
                await asyncio.wait(tasks, timeout=LAST_WORDS)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _start_senders(self) -> None:
        for handoff in await self._handoffs.with_mail():
            if handoff.id not in self._running and handoff.region in self._desks:
                self._running[handoff.id] = asyncio.create_task(self._send(handoff))

    async def _send(self, handoff: Handoff) -> None:
        try:
            while (message := await self._handoffs.next_message(handoff)) and message.next_at <= self._now():
                if not await self._send_one(handoff, message):
                    return
        except SQLAlchemyError as error:
            log.error("a hand-off's mail cannot be noted: %s", type(error).__name__)
        finally:
            del self._running[handoff.id]

    async def _send_one(self, handoff: Handoff, message: HandoffMessage) -> bool:
        if message.kind == OPEN and message.attempts == 0 and handoff.state == ENDED:
            await self._handoffs.drop_mail(handoff)
            return False
        desk, again = self._desks[handoff.region], message.attempts > 0
        await self._handoffs.trying(message, self._now() + timedelta(seconds=min(2**message.attempts, LONGEST_PAUSE)))
        try:
            if message.kind == OPEN:
                opening = Opening(handoff.reference, handoff.title, message.text)
                await self._handoffs.change(handoff, place=await desk.open(opening, again=again))
            else:
                assert handoff.place is not None
                await desk.post(handoff.place, message.text, f"{handoff.reference}-{message.key}", again=again)
        except DeskError as error:
            log.warning("%s: %s was not told: %s", handoff.region, desk.kind, error)
            return False
        await self._handoffs.sent(message)
        return True
