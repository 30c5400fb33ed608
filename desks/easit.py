"""Easit GO through its REST web API.

https://docs.easitgo.com/techspace/easitgo/webapi/v1/intro/ and .../requestandresponse: one endpoint, `items`. GET with
an itemViewIdentifier in the body reads from a view, POST with an importHandlerIdentifier gives items to an import
handler, which does what it has been set up to do. Views, handlers and names are each installation's own: easit.yml
holds ours.
Authentication is HTTP Basic with the API key as both user and password, as Easit's own client module does it.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from desks.contact_way import ContactKind
from desks.errors import NotFound, Rejected, SettingsError
from desks.http import DeskHttp, basic, part_of, text_of
from desks.model import DeskTicket, Kind, Status, Ticket
from desks.settings import DeskSettings

ITEMS = "integration-api/items"
_FILE = Path(__file__).with_name("easit.yml")
_DONE = (Status.resolved, Status.closed)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Handlers(_Part):
    """Import handlers by what they do."""

    create: str
    comment: str
    close: str


class Properties(_Part):
    """Names of what is sent."""

    reference: str
    kind: str
    title: str
    body: str
    impact: str
    urgency: str
    priority: str
    mail: str
    phone: str
    service: str
    group: str
    number: str
    comment: str
    comment_key: str


class Columns(_Part):
    """Names of what is read."""

    number: str
    reference: str
    status: str
    changed: str
    comment_keys: str


class Fields(_Part):
    """easit.yml."""

    handlers: Handlers
    properties: Properties
    kinds: dict[Kind, str]
    returned_number: str
    view: str
    columns: Columns
    statuses: dict[str, Status]


def read_fields(path: Path | None = None) -> Fields:
    """The names to use, from a file of the region's own or from ours. Raises SettingsError."""
    path = path or _FILE
    try:
        return Fields.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"{path} cannot be used for Easit GO: {error}") from error


class Easit:
    """See Desk."""

    kind = "easit"

    def __init__(self, settings: DeskSettings, fields: Fields) -> None:
        self._http = DeskHttp(settings.url, basic(settings.secret, settings.secret), settings.timeout)
        self._group = settings.queue
        self._fields = fields

    async def create(self, ticket: Ticket, *, again: bool = False) -> str:
        """See Desk."""
        if again and (known := await self._find(self._fields.columns.reference, ticket.reference)):
            return known[self._fields.columns.number]
        names = self._fields.properties
        properties = {
            names.reference: ticket.reference,
            names.kind: self._fields.kinds[ticket.kind],
            names.title: ticket.title,
            names.body: ticket.body,
            names.impact: ticket.impact.value,
            names.urgency: ticket.urgency.value,
            names.priority: str(ticket.priority),
            names.service: ticket.service,
            names.group: self._group,
        }
        if ticket.contact is not None:
            way = names.mail if ticket.contact.kind is ContactKind.mail else names.phone
            properties[way] = ticket.contact.value
        returned = await self._import(self._fields.handlers.create, properties)
        if number := returned.get(self._fields.returned_number):
            return number
        made = await self._find(self._fields.columns.reference, ticket.reference)
        if made is None:
            raise Rejected("Easit GO took the ticket, but the view does not show it")
        return made[self._fields.columns.number]

    async def get(self, number: str) -> DeskTicket:
        """See Desk."""
        item = await self._item(number)
        return DeskTicket(number, self._status(item), _moment(item.get(f"{self._fields.columns.changed} raw", "")))

    async def comment(self, number: str, text: str, key: str, *, again: bool = False) -> None:
        """See Desk."""
        item = await self._item(number)
        if again and key in item.get(self._fields.columns.comment_keys, ""):
            return
        names = self._fields.properties
        await self._import(
            self._fields.handlers.comment, {names.number: number, names.comment: text, names.comment_key: key}
        )

    async def close(self, number: str, reason: str) -> None:
        """See Desk."""
        if self._status(await self._item(number)) in _DONE:
            return
        names = self._fields.properties
        await self._import(self._fields.handlers.close, {names.number: number, names.comment: reason})

    async def aclose(self) -> None:
        """See Desk."""
        await self._http.aclose()

    async def _import(self, handler: str, properties: dict[str, str]) -> dict[str, str]:
        listed = [{"name": name, "content": content} for name, content in properties.items() if content]
        item = {"id": "1", "uid": uuid4().hex, "property": listed}
        answer = await self._http.send("POST", ITEMS, {"importHandlerIdentifier": handler, "itemToImport": [item]})
        result = part_of(answer, "importItemResult", 0)
        if part_of(result, "result") != "OK":
            raise Rejected(f"Easit GO: {handler}: {text_of(result.get('skippedOrExceptionMessage'))[:200]}")
        returned = result.get("returnValues") or {"returnValue": []}
        return {text_of(part_of(each, "name")): text_of(each.get("content")) for each in returned["returnValue"]}

    async def _item(self, number: str) -> dict[str, str]:
        item = await self._find(self._fields.columns.number, number)
        if item is None:
            raise NotFound(number)
        return item

    async def _find(self, column: str, value: str) -> dict[str, str] | None:
        body = {
            "itemViewIdentifier": self._fields.view,
            "page": 1,
            "pageSize": 2,
            "columnFilter": [{"columnName": column, "comparator": "EQUALS", "content": value}],
        }
        answer = await self._http.get(ITEMS, body=body)
        items = part_of(answer, "items") or {}
        found = [_columns(item) for item in items.get("item") or []]
        return next((item for item in found if item.get(column) == value), None)

    def _status(self, item: dict[str, str]) -> Status:
        return self._fields.statuses.get(item.get(self._fields.columns.status, ""), Status.in_progress)


def _columns(item: dict[str, Any]) -> dict[str, str]:
    """The item's columns by name, and as "NAME raw" the raw values, in which moments have a zone."""
    listed = part_of(item, "property")
    shown = {text_of(part_of(each, "name")): text_of(each.get("content")) for each in listed}
    return shown | {f"{each['name']} raw": text_of(each.get("rawValue")) for each in listed}


def _moment(written: str) -> datetime | None:
    """Raw values are "2020-03-16T14:30:08.000Z"."""
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except ValueError:
        return None
