"""Delivering what the outbox holds: one attempt at one claimed row."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from desks.contact_way import ContactKind, ContactWay
from desks.desk import Desk
from desks.errors import DeskError, Rejected
from desks.model import Impact, Kind, Status, Ticket, Urgency
from records.tickets import CLOSE, CREATE, Claim, TicketRow, Tickets

ATTEMPT = 60.0
"""Seconds for one attempt with all its requests: half of a claim, so that no row is ever in two hands."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(days=7)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outbox:
    """The tickets' outbox with the desks that it empties into."""

    tickets: Tickets
    desks: Mapping[str, Desk]
    now: Callable[[], datetime]
    first_pause: timedelta = FIRST_PAUSE

    async def attempt(self, claim: Claim) -> str | None:
        """Deliver a claimed row, or note why not. Returns the desk's number when it is known afterwards."""
        try:
            return await self._attempt(claim)
        except SQLAlchemyError as error:  # the claim runs out, and the next attempt asks the desk first
            _log.warning("%s: the outcome could not be noted: %s", claim.delivery.key, type(error).__name__)
            return None

    async def _attempt(self, claim: Claim) -> str | None:
        try:
            async with asyncio.timeout(ATTEMPT):
                number = await self._deliver(claim)
        except (DeskError, TimeoutError, KeyError) as error:
            await self._failed(claim, error)
            return None
        status = {CREATE: Status.new, CLOSE: Status.closed}.get(claim.delivery.action)
        await self.tickets.delivered(claim, self.now(), number, status.value if status else "")
        return number

    async def _deliver(self, claim: Claim) -> str:
        delivery, ticket = claim.delivery, claim.ticket
        desk = self.desks[delivery.region]
        if delivery.action == CREATE:
            assert ticket is not None
            return await desk.create(_as_ticket(ticket), again=claim.again)
        number = delivery.number or (ticket.number if ticket is not None else None)
        if number is None:
            raise Rejected("the ticket has no number at the desk")
        if delivery.action == CLOSE:
            await desk.close(number, delivery.text)
        else:
            await desk.comment(number, delivery.text, delivery.key, again=claim.again)
        return number

    async def _failed(self, claim: Claim, error: Exception) -> None:
        delivery, now = claim.delivery, self.now()
        why = f"{type(error).__name__}: {error}"
        if now - delivery.created >= GIVE_UP_AFTER:
            _log.error("%s: %s given up after %d attempts: %s", delivery.region, delivery.key, delivery.attempts, why)
            await self.tickets.given_up(claim, why, now, Status.undelivered.value)
            return
        level = logging.ERROR if isinstance(error, Rejected) else logging.WARNING
        _log.log(level, "%s: %s not delivered, attempt %d: %s", delivery.region, delivery.key, delivery.attempts, why)
        await self.tickets.failed(claim, why, now + self._pause(delivery.attempts, error))

    def _pause(self, attempts: int, error: Exception) -> timedelta:
        if isinstance(error, Rejected):  # an operator has to mend it first
            return LONGEST_PAUSE
        pause = min(self.first_pause * 2.0 ** min(attempts - 1, 20), LONGEST_PAUSE)
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret


def _as_ticket(row: TicketRow) -> Ticket:
    return Ticket(
        reference=row.reference,
        kind=Kind(row.kind),
        title=row.title,
        body=row.body,
        impact=Impact(row.impact),
        urgency=Urgency(row.urgency),
        priority=row.priority,
        contact=_contact(row),
        service=row.service,
        conversation=row.conversation,
    )


def _contact(row: TicketRow) -> ContactWay | None:
    if row.contact_kind is None or row.contact_value is None or row.contact_shown is None:
        return None
    return ContactWay(ContactKind(row.contact_kind), row.contact_value, row.contact_shown)
