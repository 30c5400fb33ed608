"""django-helpdesk 2 through its REST API.

https://django-helpdesk.readthedocs.io/en/stable/api.html: tickets under `api/tickets/`, comments ("follow-ups") under
`api/followups/`, HTTP Basic as a staff user. The API cannot search, so our reference, which stands in the title, is
looked for among the newest tickets.
"""

from typing import Any

from desks.contact_way import ContactKind
from desks.errors import NotFound
from desks.http import DeskHttp, basic, part_of, text_of
from desks.model import DeskTicket, Status, Ticket
from desks.settings import DeskSettings

PAGE = 100
PAGES_BACK = 20
"""An earlier attempt is looked for among the newest 2,000 tickets: more than a desk gets while one is retried."""

_OPEN, _REOPENED, _RESOLVED, _CLOSED, _DUPLICATE = 1, 2, 3, 4, 5
"""The statuses of an installation that has not set its own."""
_STATES = {
    _REOPENED: Status.in_progress,
    _RESOLVED: Status.resolved,
    _CLOSED: Status.closed,
    _DUPLICATE: Status.closed,
}
_DONE = (Status.resolved, Status.closed)


class DjangoHelpdesk:
    """See Desk."""

    kind = "django_helpdesk"

    def __init__(self, settings: DeskSettings) -> None:
        self._http = DeskHttp(settings.url / "api", basic(settings.user, settings.secret), settings.timeout)
        self._queue = int(settings.queue)

    async def create(self, ticket: Ticket, *, again: bool = False) -> str:
        """See Desk."""
        if again and (known := await self._find(ticket.reference)):
            return known
        fields: dict[str, Any] = {
            "queue": self._queue,
            "title": f"{ticket.title} [{ticket.reference}]",
            "description": ticket.body,
            "priority": ticket.priority,
        }
        if ticket.contact is not None and ticket.contact.kind is ContactKind.mail:
            fields["submitter_email"] = ticket.contact.value
        created = await self._http.send("POST", "tickets/", fields)
        return str(part_of(created, "id"))

    async def get(self, number: str) -> DeskTicket:
        """See Desk."""
        return DeskTicket(number, _state(await self._ticket(number)))

    async def comment(self, number: str, text: str, key: str, *, again: bool = False) -> None:
        """See Desk."""
        ticket = await self._ticket(number)
        if again and any(key in text_of(each.get("comment")) for each in part_of(ticket, "followup_set")):
            return
        await self._follow_up(number, f"{text}\n\n[{key}]")

    async def close(self, number: str, reason: str) -> None:
        """See Desk."""
        if _state(await self._ticket(number)) in _DONE:
            return
        await self._follow_up(number, reason, new_status=_RESOLVED)

    async def aclose(self) -> None:
        """See Desk."""
        await self._http.aclose()

    async def _ticket(self, number: str) -> dict[str, Any]:
        if not (number.isascii() and number.isdigit()):
            raise NotFound(number)
        found: dict[str, Any] = await self._http.get(f"tickets/{number}/")
        part_of(found, "status")
        return found

    async def _follow_up(self, number: str, text: str, **fields: int) -> None:
        await self._http.send("POST", "followups/", {"ticket": int(number), "comment": text, "public": True, **fields})

    async def _find(self, reference: str) -> str | None:
        first = await self._page(1)
        pages = -(-int(part_of(first, "count")) // PAGE)
        for page in range(pages, max(pages - PAGES_BACK, 0), -1):
            for ticket in part_of(first if page == 1 else await self._page(page), "results"):
                if f"[{reference}]" in text_of(part_of(ticket, "title")):
                    return text_of(part_of(ticket, "id"))
        return None

    async def _page(self, page: int) -> Any:
        return await self._http.get("tickets/", {"page": str(page), "page_size": str(PAGE)})


def _state(ticket: dict[str, Any]) -> Status:
    state = ticket["status"]
    if state == _OPEN:  # the same for a ticket that nobody has taken and for one that is worked with
        taken = ticket.get("assigned_to") is not None
        return Status.waiting if ticket.get("on_hold") else Status.in_progress if taken else Status.new
    return _STATES.get(state, Status.in_progress)
