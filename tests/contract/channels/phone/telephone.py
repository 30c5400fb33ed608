"""A telephone system that tells of callers as docs/kanaler-telefon.md says, and takes wishes about their places."""

import base64
import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

SECRET = "the telephone system's own secret of the test"


def signed(body: bytes, id_: str, at: int | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers of the Standard Webhooks specification."""
    stamp = str(int(time.time()) if at is None else at)
    said = f"{id_}.{stamp}.".encode() + body
    mark = base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{mark}",
    }


@dataclass
class Telephone:
    """One telephone system with one queue."""

    gateway: TestClient[Any, Any] | None = None
    kept: list[dict[str, Any]] = field(default_factory=list)
    """What it was told about places."""
    status: int = 200
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def post(self, body: bytes, headers: dict[str, str]) -> ClientResponse:
        assert self.gateway is not None
        return await self.gateway.post("/overflow", data=body, headers=headers)

    async def tell(self, **told: Any) -> dict[str, Any]:
        """A caller waits. The answer, and its status under `status`."""
        body = json.dumps({"call": "call-1", **told}).encode()
        response = await self.post(body, signed(body, f"msg_{next(self._ids)}"))
        assert response.status == 200, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer

    def app(self) -> web.Application:
        """Where wishes about places are taken."""
        app = web.Application()
        app.router.add_post("/places", self._place)
        return app

    async def _place(self, request: web.Request) -> web.Response:
        body = await request.read()
        id_, at = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
        assert request.headers["webhook-signature"] == signed(body, id_, at)["webhook-signature"]
        assert abs(time.time() - at) < 300
        self.kept.append({**json.loads(body), "id": id_})
        return web.Response(status=self.status)
