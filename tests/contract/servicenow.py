"""A server that answers as ServiceNow's Table API is documented to, for want of an instance.

https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html (methods, parameters, statuses, error form);
https://www.servicenow.com/docs/r/platform-user-interface/c_EncodedQueryStrings.html (queries joined by ^, LIKE);
incident states and the data policy on closing as in the base system's table `incident`.
"""

import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

USER, SECRET = "supportlotsen", "a secret of the test"
_PRIORITY = {  # priority data lookup of the base system: (impact, urgency)
    ("1", "1"): "1",
    ("1", "2"): "2",
    ("2", "1"): "2",
    ("1", "3"): "3",
    ("2", "2"): "3",
    ("3", "1"): "3",
    ("2", "3"): "4",
    ("3", "2"): "4",
    ("3", "3"): "5",
}
_JOURNALS = ("comments", "work_notes")


@dataclass
class Instance:
    """One instance: its tables, record by sys_id."""

    tables: dict[str, dict[str, dict[str, str]]] = field(
        default_factory=lambda: {"incident": {}, "sys_journal_field": {}}
    )

    def app(self) -> web.Application:
        """The instance as a server."""
        app = web.Application(middlewares=[_authenticate])
        for prefix in ("/api/now/table", "/api/now/v2/table"):
            app.router.add_get(f"{prefix}/{{table}}", self.list)
            app.router.add_post(f"{prefix}/{{table}}", self.create)
            app.router.add_get(f"{prefix}/{{table}}/{{sys_id}}", self.get)
            app.router.add_patch(f"{prefix}/{{table}}/{{sys_id}}", self.update)
        return app

    async def list(self, request: web.Request) -> web.Response:
        """GET of records, by an encoded query."""
        query = request.query.get("sysparm_query", "")
        found = [each for each in self._table(request).values() if _fits(each, query)]
        limit = int(request.query.get("sysparm_limit", "10000"))
        return _result(request, [_chosen(request, each) for each in found[:limit]])

    async def get(self, request: web.Request) -> web.Response:
        """GET of one record."""
        return _result(request, _chosen(request, self._record(request)))

    async def create(self, request: web.Request) -> web.Response:
        """POST of a record: 201, the record and where it is."""
        table = self._table(request)
        record = {"sys_id": secrets.token_hex(16), "state": "1", "impact": "3", "urgency": "3", "comments": ""}
        record["number"] = f"INC{10001 + len(table):07}"
        self._write(record, await request.json())
        table[record["sys_id"]] = record
        answer = _result(request, _chosen(request, record), 201)
        answer.headers["Location"] = str(request.url / record["sys_id"])
        return answer

    async def update(self, request: web.Request) -> web.Response:
        """PATCH of a record."""
        record = self._record(request)
        self._write(record, await request.json())
        return _result(request, _chosen(request, record))

    def _write(self, record: dict[str, str], fields: dict[str, Any]) -> None:
        if fields.get("state") in ("6", "7") and not (fields.get("close_code") and fields.get("close_notes")):
            required = "The following fields are mandatory: Resolution code, Resolution notes"
            raise _error(web.HTTPForbidden, "Operation Failed", f"Data Policy Exception: {required}")
        for name, value in fields.items():
            if name in _JOURNALS:
                entry = {"sys_id": secrets.token_hex(16), "element_id": record["sys_id"], "element": name}
                self.tables["sys_journal_field"][entry["sys_id"]] = {**entry, "name": "incident", "value": str(value)}
            else:
                record[name] = str(value)
        record["priority"] = _PRIORITY[(record["impact"], record["urgency"])]
        record["sys_updated_on"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")

    def _table(self, request: web.Request) -> dict[str, dict[str, str]]:
        name = request.match_info["table"]
        if name not in self.tables:
            raise _error(web.HTTPBadRequest, f"Invalid table {name}", None)
        return self.tables[name]

    def _record(self, request: web.Request) -> dict[str, str]:
        record = self._table(request).get(request.match_info["sys_id"])
        if record is None:
            detail = "Record doesn't exist or ACL restricts the record retrieval"
            raise _error(web.HTTPNotFound, "No Record found", detail)
        return record


@web.middleware
async def _authenticate(request: web.Request, handler: Any) -> web.StreamResponse:
    expected = "Basic " + b64encode(f"{USER}:{SECRET}".encode()).decode()
    if request.headers.get("Authorization") != expected:
        raise _error(web.HTTPUnauthorized, "User Not Authenticated", "Required to provide Auth information")
    answer: web.StreamResponse = await handler(request)
    return answer


def _fits(record: dict[str, str], query: str) -> bool:
    for condition in filter(None, query.split("^")):
        name, like, part = condition.partition("LIKE")
        if like and part not in record.get(name, ""):
            return False
        name, equals, value = condition.partition("=")
        if not like and (not equals or record.get(name, "") != value):
            return False
    return True


def _chosen(request: web.Request, record: dict[str, str]) -> dict[str, str]:
    names = request.query.get("sysparm_fields")
    return {name: record[name] for name in names.split(",") if name in record} if names else record


def _result(request: web.Request, result: Any, status: int = 200) -> web.Response:
    return web.json_response({"result": result}, status=status)


def _error(kind: type[web.HTTPException], message: str, detail: str | None) -> web.HTTPException:
    body = web.json_response({"error": {"message": message, "detail": detail}, "status": "failure"})
    return kind(text=body.text, content_type="application/json")
