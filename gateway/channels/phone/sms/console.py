"""No provider: messages are shown on the console of whoever develops, and reach nobody."""

import sys

from aiohttp import web

from gateway.channels.kind import Finding
from gateway.channels.phone.errors import HookRefused
from gateway.channels.phone.numbers import ending
from gateway.channels.phone.sms.provider import IncomingSms, Report
from gateway.channels.phone.texts import CheckTexts


class Console:
    """See SmsProvider. Refused by the settings in production, since the link in the text is a secret."""

    def __init__(self, texts: CheckTexts) -> None:
        self._texts = texts

    async def send(self, to: str, text: str) -> str | None:
        """See SmsProvider."""
        sys.stdout.write(f"SMS to ...{ending(to)}: {text}\n")
        sys.stdout.flush()
        return None

    async def incoming(self, request: web.Request) -> IncomingSms:
        """See SmsProvider."""
        raise HookRefused(404)

    async def report(self, request: web.Request) -> Report | None:
        """See SmsProvider."""
        raise HookRefused(404)

    def taken(self) -> web.Response:
        """See SmsProvider."""
        return web.Response(status=204)

    async def check(self) -> Finding:
        """See SmsProvider."""
        return Finding(True, self._texts.console)

    async def aclose(self) -> None:
        """See SmsProvider."""
