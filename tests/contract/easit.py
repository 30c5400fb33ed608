"""A server that answers as Easit GO's REST web API is documented to, for want of an installation.

https://docs.easitgo.com/techspace/easitgo/webapi/v1/intro/ (one endpoint, GET with a view and POST with an import
handler in the body); .../v1/requestandresponse (forms of requests and answers, column filters). Import handlers and
the view are set up as docs/arendesystem.md asks for.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

SECRET = "an api key of the test"
_VIEW = ("Id", "Extern referens", "Status", "Uppdaterad", "Kommentarsreferenser")
_COMPARATORS = ("EQUALS", "NOT_EQUALS", "IN", "NOT_IN", "LIKE", "NOT_LIKE")


@dataclass
class Item:
    """An item in Easit GO."""

    properties: dict[str, str]
    comments: list[dict[str, str]] = field(default_factory=list)
    changed: datetime = field(default_factory=lambda: datetime.now(UTC))

    def column(self, name: str) -> str:
        """What the view shows."""
        if name == "Kommentarsreferenser":
            return ", ".join(each.get("Kommentarsreferens", "") for each in self.comments)
        if name == "Uppdaterad":
            return self.changed.strftime("%Y-%m-%d %H:%M")
        return self.properties.get(name, "")


@dataclass
class Installation:
    """One installation: its items by id."""

    items: dict[str, Item] = field(default_factory=dict)
    returns_number: bool = True
    """Whether the import handler has been set up to return the number."""

    def app(self) -> web.Application:
        """The installation as a server."""
        app = web.Application(middlewares=[_authenticate])
        app.router.add_get("/integration-api/items", self.read)
        app.router.add_post("/integration-api/items", self.import_items)
        return app

    async def read(self, request: web.Request) -> web.Response:
        """GET with an itemViewIdentifier in the body."""
        asked = await request.json()
        if asked["itemViewIdentifier"] != "supportlotsen_arenden":
            return web.json_response({"message": "No view with that identifier"}, status=400)
        found = list(self.items.values())
        for wanted in asked.get("columnFilter", []):
            assert wanted["comparator"] in _COMPARATORS
            assert wanted["comparator"] == "EQUALS", "the adapter needs no other"
            found = [each for each in found if each.column(wanted["columnName"]) == wanted["content"]]
        size = asked.get("pageSize", 100)
        columns = [
            {"content": name, "datatype": "STRING", "collection": False, "connectiontype": None} for name in _VIEW
        ]
        return web.json_response(
            {
                "columns": {"column": columns},
                "items": {"item": [_shown(each) for each in found[:size]]},
                "requestedPage": 1,
                "page": 1,
                "pageSize": size,
                "totalNumberOfPages": 1,
                "totalNumberOfItems": len(found),
            }
        )

    async def import_items(self, request: web.Request) -> web.Response:
        """POST with an importHandlerIdentifier in the body."""
        asked = await request.json()
        results = []
        for item in asked["itemToImport"]:
            properties = {each["name"]: each["content"] for each in item["property"]}
            result = self._import(asked["importHandlerIdentifier"], properties)
            results.append({**result, "uid": item["uid"]})
        return web.json_response({"importItemResult": results})

    def _import(self, handler: str, properties: dict[str, str]) -> dict[str, Any]:
        if handler == "supportlotsen_skapa":
            number = str(len(self.items) + 201)
            self.items[number] = Item({**properties, "Id": number, "Status": "Registrerad"})
            returned = [{"content": number, "name": "id"}] if self.returns_number else []
            return _ok(returned)
        item = self.items.get(properties.get("Id", ""))
        if item is None or handler not in ("supportlotsen_kommentar", "supportlotsen_avsluta"):
            message = "No import handler or no item"
            return {"result": "EXCEPTION", "returnValues": None, "skippedOrExceptionMessage": message}
        item.comments.append(properties)
        item.changed = datetime.now(UTC)
        if handler == "supportlotsen_avsluta":
            item.properties["Status"] = "Avslutad"
        return _ok([])


def _ok(returned: list[dict[str, str]]) -> dict[str, Any]:
    values = {"returnValue": returned} if returned else None
    return {"result": "OK", "returnValues": values, "skippedOrExceptionMessage": None}


def _shown(item: Item) -> dict[str, Any]:
    raw = {"Uppdaterad": item.changed.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    listed = [
        {"content": item.column(name), "name": name, "rawValue": raw.get(name, item.column(name))} for name in _VIEW
    ]
    return {"property": listed, "attachment": [], "id": f"138:{item.properties['Id']}"}


@web.middleware
async def _authenticate(request: web.Request, handler: Any) -> web.StreamResponse:
    if request.headers.get("Authorization") != "Basic " + b64encode(f"{SECRET}:{SECRET}".encode()).decode():
        return web.json_response({"message": "Unauthorized"}, status=401)
    answer: web.StreamResponse = await handler(request)
    return answer
