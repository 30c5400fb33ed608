"""The default desk: cases in the records database, worked with through `python -m desks`."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from desks.errors import NotFound, Unavailable
from desks.model import DeskTicket, Status, Ticket
from records.cases import CaseRow, Cases


class DatabaseDesk:
    """One region's cases in the records database. Numbers are the cases' ids."""

    kind = "database"

    def __init__(self, cases: Cases, region: str, now: Callable[[], datetime]) -> None:
        self._cases = cases
        self._region = region
        self._now = now

    async def create(self, ticket: Ticket, *, again: bool = False) -> str:
        """See Desk; the reference is unique in the table, so that `again` needs no look first."""
        try:
            number = await self._cases.add(
                ticket.reference,
                self._now(),
                conversation=ticket.conversation,
                region=self._region,
                kind=ticket.kind.value,
                title=ticket.title,
                body=ticket.body,
                priority=ticket.priority,
                status=Status.new.value,
            )
        except SQLAlchemyError as error:
            raise Unavailable(f"the records database: {type(error).__name__}") from error
        return str(number)

    async def get(self, number: str) -> DeskTicket:
        """See Desk."""
        row = await self._case(number)
        return DeskTicket(number, Status(row.status), row.changed)

    async def comment(self, number: str, text: str, key: str, *, again: bool = False) -> None:
        """See Desk; a key is unique within its case."""
        row = await self._case(number)
        try:
            await self._cases.comment(row.id, key, text, self._now())
        except SQLAlchemyError as error:
            raise Unavailable(f"the records database: {type(error).__name__}") from error

    async def close(self, number: str, reason: str) -> None:
        """See Desk."""
        row = await self._case(number)
        try:
            await self._cases.comment(row.id, "close", reason, self._now())
            await self._cases.set_status(row.id, Status.closed.value, self._now())
        except SQLAlchemyError as error:
            raise Unavailable(f"the records database: {type(error).__name__}") from error

    async def aclose(self) -> None:
        """The database is not this desk's to close."""

    async def _case(self, number: str) -> CaseRow:
        if not (number.isascii() and number.isdigit() and len(number) <= 12):
            raise NotFound(number)
        try:
            row = await self._cases.get(int(number), self._region)
        except SQLAlchemyError as error:
            raise Unavailable(f"the records database: {type(error).__name__}") from error
        if row is None:
            raise NotFound(number)
        return row
