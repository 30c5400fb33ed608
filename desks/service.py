"""What actions and the gateway use of the desks: tickets registered, followed, added to and closed; known outages.

    desks = await open_service(os.environ, region_codes)   # once per process; SettingsError at start
    receipt = await desks.submit(NewTicket(...))       # Receipt: reference, number or None, code, status, priority
    state = await desks.status("INC0012345", conversation=..., code=...)   # TicketState, or None: unknown or not theirs
    mine = await desks.tickets_of(conversation)                            # TicketState each, newest first
    done = await desks.comment("INC0012345", "text", conversation=..., code=...)      # False: unknown or not theirs
    done = await desks.close("INC0012345", "reason", conversation=..., code=...)
    outage = await desks.known_outage("VGR", "npo")    # records.outages.Outage or None
    outage = await desks.join_outage(outage.id, conversation)              # counted in; None: it is over
    await desks.aclose()

`desks.model` has NewTicket and what is returned, `desks.contact_way.read_contact_way` checks a phone or mail address,
`desks.priority.priority` is the matrix. `submit` writes the ticket down first and then tries the desk for
FIRST_ATTEMPT seconds: `number` is None when the desk has not answered by then, and the gateway tells the conversation
when it comes (`desks.delivery.deliver_forever`). Only NotStored is ever raised by `submit`: then nothing is registered.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from desks import wording
from desks.chosen import choose_desks
from desks.desk import Desk
from desks.errors import DeskError, NotFound, NotStored
from desks.model import NewTicket, Receipt, Status, TicketState
from desks.outbox import Outbox
from desks.priority import priority
from records.database import address, connect, create_tables
from records.outages import Outage, Outages
from records.tickets import CLOSE, COMMENT, Claim, TicketRow, Tickets

FIRST_ATTEMPT = 2.0
"""Seconds that the user waits for a number; the attempt itself goes on after that."""
ASK_FOR = 5.0
"""Seconds that a question about a ticket waits for the desk."""

_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time that goes on; HELPDESK_NOW does not stop it, since what is late must be noticed."""
    return datetime.now(UTC)


def make_service(
    environment: Mapping[str, str], regions: Sequence[str], now: Callable[[], datetime] = utc_now
) -> "DeskService":
    """The service by the settings, with nothing connected yet. Raises desks' or records' SettingsError."""
    engine = connect(address(environment))
    return DeskService(engine, choose_desks(environment, regions, engine, now), now)


async def open_service(
    environment: Mapping[str, str], regions: Sequence[str], now: Callable[[], datetime] = utc_now
) -> "DeskService":
    """The service, with its tables made. Raises desks' or records' SettingsError, or SQLAlchemyError."""
    service = make_service(environment, regions, now)
    try:
        await create_tables(service.engine)
    except BaseException:
        await service.aclose()
        raise
    return service


@dataclass
class DeskService:
    """See the module."""

    engine: AsyncEngine
    desks: Mapping[str, Desk]
    """Region code -> its desk."""
    now: Callable[[], datetime]
    first_attempt: float = FIRST_ATTEMPT
    tickets: Tickets = field(init=False)
    outages: Outages = field(init=False)
    outbox: Outbox = field(init=False)
    _attempts: set[asyncio.Task[str | None]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self.tickets = Tickets(self.engine)
        self.outages = Outages(self.engine)
        self.outbox = Outbox(self.tickets, self.desks, self.now)

    async def submit(self, new: NewTicket) -> Receipt:
        """Register a ticket. Raises NotStored when it could not be written down, and KeyError for an unknown region."""
        desk = self.desks[new.region]
        try:
            row, claim = await self.tickets.add(
                new.conversation,
                new.key,
                self.now(),
                region=new.region,
                desk=desk.kind,
                kind=new.kind.value,
                title=wording.title(new),
                body=lambda reference: wording.body(new, reference),
                service=new.service[:200],
                impact=new.impact.value,
                urgency=new.urgency.value,
                priority=priority(new.impact, new.urgency),
                contact_kind=new.contact.kind.value if new.contact is not None else None,
                contact_value=new.contact.value if new.contact is not None else None,
                contact_shown=new.contact.shown if new.contact is not None else None,
                status=Status.registered.value,
                announce=True,
            )
        except SQLAlchemyError as error:
            raise NotStored(f"the ticket could not be written down: {type(error).__name__}") from error
        number = row.number if claim is None else await self._first_attempt(claim)
        if number is not None:
            await self._number_told(row)
        status = Status.registered if number is None else Status.new
        return Receipt(row.reference, number, row.code, status, row.priority, row.desk)

    async def status(self, asked: str, *, conversation: str, code: str = "") -> TicketState | None:
        """How a ticket stands, asked from its desk now. None alike for no such ticket and for somebody else's."""
        row = await self.tickets.permitted(asked, conversation, code)
        return None if row is None else await self._state(row)

    async def tickets_of(self, conversation: str) -> list[TicketState]:
        """The conversation's own tickets, newest first, as they stand now."""
        rows = await self.tickets.of_conversation(conversation)
        return list(await asyncio.gather(*map(self._state, rows)))

    async def comment(self, asked: str, text: str, *, conversation: str, code: str = "") -> bool:
        """Add to a ticket; it reaches the desk as soon as the desk answers. False: no such ticket, or not theirs."""
        return await self._tell(asked, COMMENT, text, conversation, code)

    async def close(self, asked: str, reason: str, *, conversation: str, code: str = "") -> bool:
        """Close a ticket; likewise."""
        return await self._tell(asked, CLOSE, wording.closed_by_user(reason), conversation, code)

    async def known_outage(self, region: str, service: str) -> Outage | None:
        """What the desk already knows is broken; `service` by its id in the knowledge content."""
        return await self.outages.known(self.now(), region, service)

    async def join_outage(self, outage: int, conversation: str) -> Outage | None:
        """Count the conversation among those hit, and tell the outage's ticket. None: it is over."""
        joined = await self.outages.join(outage, conversation, self.now())
        if joined is None:
            return None
        found, new = joined
        if new and found.number is not None:
            text = wording.joined_outage(found.affected)
            await self.tickets.add_foreign_comment(conversation, found.region, found.number, text, self.now())
        return found

    async def aclose(self) -> None:
        """Let attempts that are under way finish (for a little while), then let go of everything."""
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=self.first_attempt)
        for attempt in self._attempts:
            attempt.cancel()
        for desk in self.desks.values():
            await desk.aclose()
        await self.engine.dispose()

    async def _first_attempt(self, claim: Claim) -> str | None:
        attempt = asyncio.create_task(self.outbox.attempt(claim))
        self._attempts.add(attempt)
        attempt.add_done_callback(self._attempts.discard)
        await asyncio.wait({attempt}, timeout=self.first_attempt)
        return attempt.result() if attempt.done() else None

    async def _number_told(self, row: TicketRow) -> None:
        try:
            await self.tickets.take_news(row)
        except SQLAlchemyError as error:  # the number is told twice then, which is better than not at all
            _log.warning("%s: the telling of its number could not be noted: %s", row.reference, type(error).__name__)

    async def _tell(self, asked: str, action: str, text: str, conversation: str, code: str) -> bool:
        row = await self.tickets.permitted(asked, conversation, code)
        if row is None:
            return False
        await self.tickets.add_delivery(row, action, text, self.now())
        return True

    async def _state(self, row: TicketRow) -> TicketState:
        status, live, at = Status(row.status), False, row.status_at
        if row.number is not None:
            try:
                async with asyncio.timeout(ASK_FOR):
                    found = await self.desks[row.region].get(row.number)
                status, live, at = found.status, True, self.now()
                await self.tickets.learned(row, status.value, at)
            except (TimeoutError, NotFound, DeskError, KeyError) as error:
                _log.warning("%s: %s could not be asked about a ticket: %s", row.region, row.desk, error)
        return TicketState(row.reference, row.number, status, row.desk, row.region, live, at)
