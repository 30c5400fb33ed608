"""A server that answers as 46elks is documented to, for want of 46elks.

https://46elks.se/docs/send-sms, .../receive-sms, .../sms-delivery-reports: forms with Basic auth; what we answer to an
incoming message is sent as a reply; anything but 200 to 204 is told again.
"""

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import encode_basic_auth, hdrs, web
from aiohttp.test_utils import TestClient
from yarl import URL

USER, PASSWORD, NUMBER = "u-the-test", "the password of 46elks", "+46766861004"


@dataclass
class Sms:
    """A message to somebody."""

    id: str
    to: str
    text: str
    report_to: URL | None


@dataclass
class Elks:
    """One account with one number."""

    gateway: TestClient[Any, Any] | None = None
    sent: list[Sms] = field(default_factory=list)
    status: int = 200
    """Of the answer to what is sent."""
    fail: int = 0
    """So many messages are answered with 500 first."""
    lose_answers: int = 0
    """So many messages are sent, and then the connection is cut."""
    told: int = 0
    """How often the gateway was told of an incoming message, repeats included."""
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        """The API."""
        app = web.Application()
        app.router.add_post("/a1/sms", self._send)
        app.router.add_get("/a1/me", self._me)
        return app

    def texts(self, to: str | None = None) -> list[str]:
        """What has been sent, in order."""
        return [sms.text for sms in self.sent if to in (None, sms.to)]

    async def receive(self, sender: str, text: str, id_: str | None = None, *, times: int = 1) -> int:
        """Somebody texts the number; told until it is taken, and then `times` - 1 times again. The last status."""
        form = {
            "direction": "incoming",
            "id": id_ or f"s{next(self._ids):031x}",
            "from": sender,
            "to": NUMBER,
            "created": "2026-11-22T13:57:23.741000",
            "message": text,
        }
        status = 0
        for _ in range(times):
            status, body = await self._tell("/sms/incoming", form)
            if body:
                self.sent.append(Sms("reply", sender, body, None))
        return status

    async def report(self, sms: Sms, status: str) -> int:
        """What became of a message."""
        assert sms.report_to is not None
        form = {"id": sms.id, "status": status, "delivered": "2026-11-22T13:57:23.741000"}
        return (await self._tell(sms.report_to.path, form, sms.report_to))[0]

    async def _tell(self, path: str, form: dict[str, str], address: URL | None = None) -> tuple[int, str]:
        assert self.gateway is not None
        login, password = (address.user, address.password) if address else ("46elks", HOOK_SECRET)
        auth = {hdrs.AUTHORIZATION: encode_basic_auth(login or "", password or "")}
        self.told += 1
        response = await self.gateway.post(path, data=form, headers=auth)
        return response.status, await response.text()

    async def _send(self, request: web.Request) -> web.Response:
        if self._refuses(request):
            return web.Response(status=401, text="API access requires Basic HTTP authentication")
        form = await request.post()
        if self.fail:
            self.fail -= 1
            return web.Response(status=500)
        if self.status != 200:
            return web.Response(status=self.status, text="Not enough credits")
        to, text = str(form["to"]), str(form["message"])
        if not re.fullmatch(r"\+\d{6,15}", to) or not text:
            return web.Response(status=400, text="Invalid to number")
        report_to = form.get("whendelivered")
        assert form["dontlog"] == "message"
        sms = Sms(f"s{next(self._ids):031x}", to, text, URL(str(report_to)) if report_to else None)
        self.sent.append(sms)
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        answer = {"status": "created", "direction": "outgoing", "from": str(form["from"]), "to": to, "id": sms.id}
        return web.json_response(answer)

    async def _me(self, request: web.Request) -> web.Response:
        return web.Response(status=401) if self._refuses(request) else web.json_response({"displayname": "Test"})

    def _refuses(self, request: web.Request) -> bool:
        return request.headers.get(hdrs.AUTHORIZATION) != encode_basic_auth(USER, PASSWORD)


HOOK_SECRET = "the secret in the address that 46elks calls"
