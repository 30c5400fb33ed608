"""The delivery worker: empties the outbox and tells conversations what came of it. It runs inside the gateway."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from desks.model import Announcement, Status
from desks.rounds import whole
from desks.service import DeskService

Announce = Callable[[Announcement], Awaitable[None]]
"""Tells a conversation. It may raise: the news is then told at the next round."""

PAUSE = 2.0
"""Seconds between two looks into the outbox."""
RECEIPT_GIVEN = timedelta(seconds=10)
"""After this the registering turn is over, and has told the number itself if it had it."""

_log = logging.getLogger(__name__)


async def deliver_forever(service: DeskService, announce: Announce, pause: float = PAUSE) -> None:
    """Deliver what is due, over and over, until cancelled. Several processes may do so at once."""
    while True:
        try:
            busy = await whole(deliver_once(service, announce))
        except SQLAlchemyError as error:
            _log.warning("the outbox cannot be read: %s", type(error).__name__)
            busy = False
        if not busy:
            await asyncio.sleep(pause)


async def deliver_once(service: DeskService, announce: Announce) -> bool:
    """One round; returns whether there was anything to deliver."""
    claims = await service.tickets.claim_due(service.now())
    await asyncio.gather(*map(service.outbox.attempt, claims))
    await _tell_news(service, announce)
    return bool(claims)


async def _tell_news(service: DeskService, announce: Announce) -> None:
    given = service.now() - RECEIPT_GIVEN
    for row in await service.tickets.news_due(Status.undelivered.value, given):
        news = Announcement(row.conversation, row.reference, row.number, Status(row.status), row.region, row.desk)
        if not await service.tickets.take_news(row):
            continue
        try:
            await announce(news)
        except Exception:
            _log.exception("%s: the conversation could not be told; it will be", row.reference)
            await service.tickets.give_back_news(row)
