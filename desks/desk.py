"""The interface that every ticket system is spoken to through."""

from typing import Protocol

from desks.model import DeskTicket, Ticket


class Desk(Protocol):
    """One region's ticket system.

    Every method raises Unavailable (try again later), Rejected (an operator has to mend it) or NotFound, and nothing
    else. `again` says that an earlier attempt may have arrived: the desk is then asked first, so that nothing is
    there twice.
    """

    @property
    def kind(self) -> str:
        """Such as "servicenow"."""

    async def create(self, ticket: Ticket, *, again: bool = False) -> str:
        """Register a ticket; returns the desk's number. With `again`, the number of the one that is there already."""

    async def get(self, number: str) -> DeskTicket:
        """How a ticket stands now."""

    async def comment(self, number: str, text: str, key: str, *, again: bool = False) -> None:
        """Add something to a ticket. `key` is written with it; by it an earlier attempt is recognised."""

    async def close(self, number: str, reason: str) -> None:
        """The user needs no more help. Closing what is closed already is no error."""

    async def aclose(self) -> None:
        """Let go of connections."""
