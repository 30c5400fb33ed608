"""Twilio's call queue: the `waitUrl` of `<Enqueue>`, which is asked again and again while the caller waits.

https://www.twilio.com/docs/voice/twiml/enqueue#waiturl: QueuePosition, QueueSid and the fields of every voice request
(CallSid, From, To); the answer is TwiML. The address that is set there may name `queue` and `region`, which the
signature covers. How long the caller will wait is not told.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from aiohttp import web
from yarl import URL

from gateway.channels.phone import twilio_signature
from gateway.channels.phone.errors import HookRefused
from gateway.channels.phone.sms.provider import form_of
from gateway.channels.phone.systems.system import LONGEST_NAME, Invited, Waiting, named

PAUSE = "20"
"""Seconds until Twilio asks again."""


class TwilioQueue:
    """See TelephoneSystem."""

    def __init__(self, token: str, public_url: URL) -> None:
        self._token = token
        self._public_url = public_url

    async def read(self, request: web.Request) -> Waiting:
        """See TelephoneSystem."""
        fields = await form_of(request)
        address = twilio_signature.address_of(self._public_url, request)
        given = request.headers.get(twilio_signature.HEADER, "")
        if not twilio_signature.is_signed(self._token, address, fields, given):
            raise HookRefused(403)
        told = dict(fields)
        call, position = told.get("CallSid", ""), told.get("QueuePosition", "")
        if not 0 < len(call) <= LONGEST_NAME:
            raise HookRefused(400)
        return Waiting(
            call=call,
            number=told.get("From"),
            queue=named(request.query.get("queue")),
            position=int(position) if position.isascii() and position.isdigit() and len(position) < 6 else None,
            region=request.query.get("region"),
            called=told.get("To"),
        )

    def answer(self, invited: Invited) -> web.Response:
        """See TelephoneSystem. What is said is said once."""
        response = Element("Response")
        if invited.say and invited.result != "known":
            SubElement(response, "Say", {"language": "sv-SE"}).text = invited.say
        SubElement(response, "Pause", {"length": PAUSE})
        return web.Response(body=tostring(response, "utf-8", xml_declaration=True), content_type="text/xml")
