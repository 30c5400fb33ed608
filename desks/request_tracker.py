"""Request Tracker 5 through REST2.

https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html. Our reference stands in the subject, where TicketSQL finds it and
staff can read it out; no custom field has to be made first. We authenticate by token (`Authorization: token ...`), or
by name and password where a user is set.
"""

from datetime import UTC, datetime
from typing import Any

from desks.contact_way import ContactKind
from desks.errors import NotFound
from desks.http import DeskHttp, basic, part_of, text_of
from desks.model import DeskTicket, Status, Ticket
from desks.settings import DeskSettings

_STATES = {
    "new": Status.new,
    "open": Status.in_progress,
    "stalled": Status.waiting,
    "resolved": Status.resolved,
    "rejected": Status.closed,
    "deleted": Status.closed,
}
_DONE = (Status.resolved, Status.closed)


class RequestTracker:
    """See Desk."""

    kind = "request_tracker"

    def __init__(self, settings: DeskSettings) -> None:
        token = {"Authorization": f"token {settings.secret}"}
        headers = basic(settings.user, settings.secret) if settings.user else token
        self._http = DeskHttp(settings.url / "REST/2.0", headers, settings.timeout)
        self._queue = settings.queue

    async def create(self, ticket: Ticket, *, again: bool = False) -> str:
        """See Desk."""
        if again and (known := await self._find(ticket.reference)):
            return known
        fields = {
            "Queue": self._queue,
            "Subject": f"{ticket.title} [{ticket.reference}]",
            "Content": ticket.body,
            "ContentType": "text/plain",
            "Priority": _PRIORITIES[ticket.priority],
        }
        if ticket.contact is not None and ticket.contact.kind is ContactKind.mail:
            fields["Requestor"] = ticket.contact.value
        created = await self._http.send("POST", "ticket", fields)
        return str(part_of(created, "id"))

    async def get(self, number: str) -> DeskTicket:
        """See Desk."""
        ticket = await self._ticket(number)
        status = _STATES.get(text_of(ticket["Status"]), Status.in_progress)
        return DeskTicket(number, status, _moment(text_of(ticket.get("LastUpdated"))))

    async def comment(self, number: str, text: str, key: str, *, again: bool = False) -> None:
        """See Desk. A correspondence, not an internal comment: it comes from the user."""
        await self._ticket(number)
        if again and await self._has_comment(number, key):
            return
        fields = {"Subject": f"[{key}]", "Content": f"{text}\n\n[{key}]", "ContentType": "text/plain"}
        await self._http.send("POST", f"ticket/{number}/correspond", fields)

    async def close(self, number: str, reason: str) -> None:
        """See Desk."""
        if _STATES.get(text_of((await self._ticket(number))["Status"])) in _DONE:
            return
        fields = {"Content": reason, "ContentType": "text/plain", "Status": "resolved"}
        await self._http.send("POST", f"ticket/{number}/correspond", fields)

    async def aclose(self) -> None:
        """See Desk."""
        await self._http.aclose()

    async def _ticket(self, number: str) -> dict[str, Any]:
        if not (number.isascii() and number.isdigit()):
            raise NotFound(number)
        found: dict[str, Any] = await self._http.get(f"ticket/{number}")
        part_of(found, "Status")
        return found

    async def _find(self, reference: str) -> str | None:
        found = await self._http.get("tickets", {"query": f"Subject LIKE '[{reference}]'", "per_page": "1"})
        return text_of(part_of(found, "items", 0, "id")) if part_of(found, "items") else None

    async def _has_comment(self, number: str, key: str) -> bool:
        """The subject of a correspondence is kept as its transaction's `Data`."""
        page = 1
        while True:
            params = {"fields": "Data", "per_page": "100", "page": str(page)}
            found = await self._http.get(f"ticket/{number}/history", params)
            if any(key in text_of(each.get("Data")) for each in part_of(found, "items")):
                return True
            if page >= int(part_of(found, "pages")):
                return False
            page += 1


_PRIORITIES = {1: 100, 2: 80, 3: 60, 4: 40, 5: 20}
"""RT counts upwards to 100 by default."""


def _moment(written: str) -> datetime | None:
    """REST2 writes "2026-11-23T10:00:00Z"."""
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except ValueError:
        return None
