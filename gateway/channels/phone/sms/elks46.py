"""46elks.

https://46elks.se/docs/send-sms (a form with Basic auth; `dontlog=message` keeps the text out of their log),
https://46elks.se/docs/receive-sms and https://46elks.se/docs/sms-delivery-reports (forms to us; repeated for at least
six hours until the answer is 200 to 204; the body of the answer to an incoming message is sent as a reply; nothing is
signed, so that the address has a user and a password).
"""

import hmac

from aiohttp import hdrs, web
from yarl import URL

from desks.http import basic
from gateway.channels.kind import Finding
from gateway.channels.phone.errors import HookRefused, SmsFailed
from gateway.channels.phone.settings import SmsSettings
from gateway.channels.phone.sms.provider import (
    DELIVERED,
    FAILED,
    REPORT,
    SENT,
    Api,
    IncomingSms,
    Report,
    form_of,
    refusal,
)
from gateway.channels.phone.texts import CheckTexts

HOOK_USER = "46elks"
_STATES = {"sent": SENT, "delivered": DELIVERED, "failed": FAILED}


class Elks46:
    """See SmsProvider."""

    def __init__(self, settings: SmsSettings, public_url: URL, texts: CheckTexts) -> None:
        self._api = Api(settings.url, settings.user, settings.secret, settings.timeout)
        self._sender = settings.sender
        self._texts = texts
        self._expected = basic(HOOK_USER, settings.hook_secret)[hdrs.AUTHORIZATION]
        self._report_to = str(public_url.with_path(REPORT).with_user(HOOK_USER).with_password(settings.hook_secret))

    async def send(self, to: str, text: str) -> str | None:
        """See SmsProvider."""
        form = {
            "from": self._sender,
            "to": to,
            "message": text,
            "whendelivered": self._report_to,
            "dontlog": "message",
        }
        status, answer = await self._api.call("POST", "a1/sms", form)
        if status != 200:
            raise refusal(status)
        if not isinstance(answer, dict) or not answer.get("id"):
            raise SmsFailed("46elks' answer has no id")
        return str(answer["id"])

    async def incoming(self, request: web.Request) -> IncomingSms:
        """See SmsProvider."""
        fields = await self._fields(request)
        try:
            return IncomingSms(fields["id"], fields["from"], fields["message"])
        except KeyError as error:
            raise HookRefused(400) from error

    async def report(self, request: web.Request) -> Report | None:
        """See SmsProvider."""
        fields = await self._fields(request)
        state = _STATES.get(fields.get("status", ""))
        return Report(fields["id"], state) if state and "id" in fields else None

    def taken(self) -> web.Response:
        """See SmsProvider."""
        return web.Response(status=204)

    async def check(self) -> Finding:
        """See SmsProvider."""
        status, _ = await self._api.call("GET", "a1/me")
        return self._texts.finding(status)

    async def aclose(self) -> None:
        """See SmsProvider."""
        await self._api.aclose()

    async def _fields(self, request: web.Request) -> dict[str, str]:
        given = request.headers.get(hdrs.AUTHORIZATION, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._expected.encode()):
            raise HookRefused
        return dict(await form_of(request))
