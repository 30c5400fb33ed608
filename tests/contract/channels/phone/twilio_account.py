"""A server that answers as Twilio is documented to, for want of Twilio.

https://www.twilio.com/docs/messaging/api/message-resource (201 with `sid`; errors with `code`), and signed requests to
us (https://www.twilio.com/docs/usage/security).
"""

import base64
import hashlib
import hmac
import itertools
from dataclasses import dataclass, field
from typing import Any

from aiohttp import encode_basic_auth, hdrs, web
from aiohttp.test_utils import TestClient

ACCOUNT, TOKEN = "AC" + "0" * 32, "the auth token of the test's account"
PUBLIC = "https://chatt.example.se"


@dataclass
class TwilioAccount:
    """One account."""

    gateway: TestClient[Any, Any] | None = None
    sent: list[dict[str, str]] = field(default_factory=list)
    unsubscribed: set[str] = field(default_factory=set)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        """The API."""
        app = web.Application()
        app.router.add_post(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", self._send)
        app.router.add_get(f"/2010-04-01/Accounts/{ACCOUNT}.json", self._account)
        return app

    async def tell(self, path: str, fields: dict[str, str], token: str = TOKEN) -> tuple[int, str]:
        """A signed request to the gateway."""
        assert self.gateway is not None
        said = f"{PUBLIC}{path}" + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        mark = base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()
        response = await self.gateway.post(path, data=fields, headers={"X-Twilio-Signature": mark})
        return response.status, await response.text()

    async def _send(self, request: web.Request) -> web.Response:
        if self._refuses(request):
            return web.json_response({"code": 20003, "message": "Authenticate", "status": 401}, status=401)
        form = {name: str(value) for name, value in (await request.post()).items()}
        if form["To"] in self.unsubscribed:
            error = {"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}
            return web.json_response(error, status=400)
        sid = f"SM{next(self._ids):032x}"
        self.sent.append({**form, "sid": sid})
        return web.json_response({"sid": sid, "status": "queued", "error_code": None}, status=201)

    async def _account(self, request: web.Request) -> web.Response:
        if self._refuses(request):
            return web.json_response({"code": 20003, "status": 401}, status=401)
        return web.json_response({"sid": ACCOUNT, "status": "active"})

    def _refuses(self, request: web.Request) -> bool:
        return request.headers.get(hdrs.AUTHORIZATION) != encode_basic_auth(ACCOUNT, TOKEN)
