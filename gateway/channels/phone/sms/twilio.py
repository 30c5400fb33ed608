"""Twilio.

https://www.twilio.com/docs/messaging/api/message-resource (a form with Basic auth; 201), .../guides/webhook-request
(incoming messages), .../guides/outbound-message-status-in-status-callbacks (reports); errors by their codes
(https://www.twilio.com/docs/api/errors/21610: the recipient has answered STOP, which Twilio itself heeds too).
"""

from aiohttp import web
from yarl import URL

from gateway.channels.kind import Finding
from gateway.channels.phone import twilio_signature
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

STOPPED = 21610
_STATES = {"sent": SENT, "delivered": DELIVERED, "undelivered": FAILED, "failed": FAILED}


class Twilio:
    """See SmsProvider."""

    def __init__(self, settings: SmsSettings, public_url: URL, texts: CheckTexts) -> None:
        self._api = Api(settings.url, settings.user, settings.secret, settings.timeout)
        self._account = f"2010-04-01/Accounts/{settings.user}"
        self._token = settings.secret
        self._sender = settings.sender
        self._public_url = public_url
        self._texts = texts

    async def send(self, to: str, text: str) -> str | None:
        """See SmsProvider."""
        form = {"To": to, "From": self._sender, "Body": text, "StatusCallback": str(self._public_url.with_path(REPORT))}
        status, answer = await self._api.call("POST", f"{self._account}/Messages.json", form)
        told = answer if isinstance(answer, dict) else {}
        if told.get("code") == STOPPED:
            raise SmsFailed("the recipient wants no messages", final=True, stopped=True)
        if status != 201:
            raise refusal(status)
        if not told.get("sid"):
            raise SmsFailed("Twilio's answer has no sid")
        return str(told["sid"])

    async def incoming(self, request: web.Request) -> IncomingSms:
        """See SmsProvider."""
        fields = await self._fields(request)
        try:
            return IncomingSms(fields["MessageSid"], fields["From"], fields["Body"])
        except KeyError as error:
            raise HookRefused(400) from error

    async def report(self, request: web.Request) -> Report | None:
        """See SmsProvider."""
        fields = await self._fields(request)
        state = _STATES.get(fields.get("MessageStatus", ""))
        return Report(fields["MessageSid"], state) if state and "MessageSid" in fields else None

    def taken(self) -> web.Response:
        """See SmsProvider."""
        return web.Response(text="<Response/>", content_type="text/xml")

    async def check(self) -> Finding:
        """See SmsProvider."""
        status, _ = await self._api.call("GET", f"{self._account}.json")
        return self._texts.finding(status)

    async def aclose(self) -> None:
        """See SmsProvider."""
        await self._api.aclose()

    async def _fields(self, request: web.Request) -> dict[str, str]:
        fields = await form_of(request)
        address = twilio_signature.address_of(self._public_url, request)
        if not twilio_signature.is_signed(
            self._token, address, fields, request.headers.get(twilio_signature.HEADER, "")
        ):
            raise HookRefused(403)
        return dict(fields)
