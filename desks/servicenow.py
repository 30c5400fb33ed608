"""ServiceNow through its Table API, table `incident`.

https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html. Our reference is the incident's
`correlation_id`, the field that ServiceNow has for another system's identity of a record. Comments are written to the
journal field `comments` and read back from the table `sys_journal_field`. States are those of the base system.
"""

from datetime import UTC, datetime
from typing import Any

from desks.errors import NotFound
from desks.http import DeskHttp, basic, part_of, text_of
from desks.model import DeskTicket, Impact, Kind, Status, Ticket, Urgency
from desks.settings import DeskSettings

TABLE = "/api/now/table/incident"
JOURNAL = "/api/now/table/sys_journal_field"

_IMPACT = {Impact.unit: "1", Impact.several: "2", Impact.one: "3"}
_URGENCY = {Urgency.patient_waits: "1", Urgency.hindered: "2", Urgency.can_work: "3"}
_STATES = {
    "1": Status.new,
    "2": Status.in_progress,
    "3": Status.waiting,
    "6": Status.resolved,
    "7": Status.closed,
    "8": Status.closed,  # canceled
}
_RESOLVED = "6"
_DONE = (Status.resolved, Status.closed)


class ServiceNow:
    """See Desk."""

    kind = "servicenow"

    def __init__(self, settings: DeskSettings) -> None:
        self._http = DeskHttp(settings.url, basic(settings.user, settings.secret), settings.timeout)
        self._group = settings.queue

    async def create(self, ticket: Ticket, *, again: bool = False) -> str:
        """See Desk."""
        if again and (known := await self._first(f"correlation_id={ticket.reference}")):
            return text_of(known["number"])
        fields = {
            "short_description": ticket.title,
            "description": ticket.body,
            "impact": _IMPACT[ticket.impact],
            "urgency": _URGENCY[ticket.urgency],
            "contact_type": "virtual_agent",
            "correlation_id": ticket.reference,
            "correlation_display": "Supportlotsen",
        }
        if ticket.kind is Kind.request:
            fields["category"] = "inquiry"
        if self._group:
            fields["assignment_group"] = self._group
        created = await self._http.send("POST", TABLE, fields)
        return str(part_of(created, "result", "number"))

    async def get(self, number: str) -> DeskTicket:
        """See Desk."""
        record = await self._record(number)
        status = _STATES.get(text_of(record["state"]), Status.in_progress)
        return DeskTicket(text_of(record["number"]), status, _moment(text_of(record["sys_updated_on"])))

    async def comment(self, number: str, text: str, key: str, *, again: bool = False) -> None:
        """See Desk. `comments` is seen by the caller, `work_notes` would not be."""
        record = await self._record(number)
        if again and await self._has_comment(record["sys_id"], key):
            return
        await self._http.send("PATCH", f"{TABLE}/{record['sys_id']}", {"comments": f"{text}\n\n[{key}]"})

    async def close(self, number: str, reason: str) -> None:
        """See Desk. Resolved, not closed: the base system closes resolved incidents itself after some days."""
        record = await self._record(number)
        if _STATES.get(text_of(record["state"])) in _DONE:
            return
        fields = {"state": _RESOLVED, "close_code": "Resolved by caller", "close_notes": reason}
        await self._http.send("PATCH", f"{TABLE}/{record['sys_id']}", fields, safe=True)

    async def aclose(self) -> None:
        """See Desk."""
        await self._http.aclose()

    async def _record(self, number: str) -> dict[str, Any]:
        if not number.isalnum():  # "^" and "=" would be read as more of the query
            raise NotFound(number)
        record = await self._first(f"number={number}")
        if record is None:
            raise NotFound(number)
        return record

    async def _first(self, query: str) -> dict[str, Any] | None:
        params = {
            "sysparm_query": query,
            "sysparm_fields": "sys_id,number,state,sys_updated_on",
            "sysparm_limit": "1",
        }
        found = part_of(await self._http.get(TABLE, params), "result")
        return part_of(found, 0) if found else None

    async def _has_comment(self, record: str, key: str) -> bool:
        query = f"element_id={record}^element=comments^valueLIKE[{key}]"
        found = await self._http.get(
            JOURNAL, {"sysparm_query": query, "sysparm_limit": "1", "sysparm_fields": "sys_id"}
        )
        return bool(part_of(found, "result"))


def _moment(written: str) -> datetime | None:
    """Dates come as "2026-11-23 10:00:00" in UTC when display values are not asked for."""
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
