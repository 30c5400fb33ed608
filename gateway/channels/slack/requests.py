"""What Slack sends us, over HTTP: nothing of it is believed before its signature has been checked on the raw body.

https://docs.slack.dev/apis/events-api (event_id, three retries), https://docs.slack.dev/interactivity/handling-user-interaction,
https://docs.slack.dev/interactivity/implementing-slash-commands: an answer within 3 seconds.
"""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from desks.http import text_of
from desks.live.desk import body_of
from desks.live.slack_api import signed
from desks.live.slack_text import plain
from gateway.channels.slack.deeds import Deeds
from gateway.channels.slack.hearing import key_of
from gateway.channels.slack.home import Home
from gateway.channels.slack.pressing import Pressing, pressed
from gateway.channels.slack.talking import COMMAND, Talking
from gateway.channels.slack.texts import SlackTexts

READING = 2.0
"""Seconds in which Slack must have sent a request's body."""


class Requests:
    """The three addresses that Slack calls."""

    def __init__(
        self, secret: str, talking: Talking, pressing: Pressing, home: Home, deeds: Deeds, own: SlackTexts
    ) -> None:
        """`secret`: the app's signing secret."""
        self._secret = secret
        self._talking = talking
        self._pressing = pressing
        self._home = home
        self._deeds = deeds
        self._own = own

    def add_to(self, router: web.UrlDispatcher) -> None:
        """The addresses that stand in deploy/slack/manifest.yml."""
        router.add_post("/slack/events", self.event)
        router.add_post("/slack/interactivity", self.interaction)
        router.add_post("/slack/commands", self.command)

    async def event(self, request: web.Request) -> web.Response:
        """The Events API. What is not in the event log yet is not acknowledged, so that Slack tells of it again."""
        envelope = _object(await self._body(request))
        if envelope.get("type") == "url_verification":
            return web.json_response({"challenge": envelope.get("challenge")})
        event = envelope.get("event") or {}
        kind = event.get("type") if envelope.get("type") == "event_callback" else None
        if kind in ("message", "app_mention"):
            done = await self._deeds.soon(text_of(envelope.get("event_id")), lambda: self._talking.hear(envelope))
        elif kind == "app_home_opened":
            done = await self._deeds.soon(text_of(envelope.get("event_id")), lambda: self._home.opened(envelope))
        else:
            done = True
        return web.Response(status=200 if done else 503)

    async def interaction(self, request: web.Request) -> web.Response:
        """Buttons and menus. Slack does not repeat them."""
        what = pressed(_object(_form(await self._body(request)).get("payload", "").encode()))
        if what is not None:
            press = self._pressing.press if what.in_conversation else self._home.press
            await self._deeds.soon(key_of(what.user, what.action, what.at), lambda: press(what))
        return web.Response()

    async def command(self, request: web.Request) -> web.Response:
        """The slash command: answered in a direct message, and here only with a word that nobody else sees."""
        form, hints = _form(await self._body(request)), self._own.hints
        if "ssl_check" in form:
            return web.Response()
        text, user, team = (
            plain(form.get("text", ""), self._own.somebody),
            form.get("user_id", ""),
            form.get("team_id", ""),
        )
        if not text:
            return _whisper(hints.command.format(command=COMMAND))
        key = key_of("command", form.get("trigger_id", ""))
        done = await self._deeds.soon(key, lambda: self._talking.ask(user, team, text, key))
        return _whisper(hints.unreachable if done is False else hints.direct)

    async def _body(self, request: web.Request) -> bytes:
        """Raises 401 for what Slack did not sign, or not lately, and 408 for what comes too slowly."""
        try:
            async with asyncio.timeout(READING):
                body = await body_of(request)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        if not signed(self._secret, request.headers, body):
            raise web.HTTPUnauthorized
        return body


def _object(body: bytes) -> dict[str, Any]:
    """Raises 400."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(found, dict):
        raise web.HTTPBadRequest
    return found


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))


def _whisper(text: str) -> web.Response:
    return web.json_response({"response_type": "ephemeral", "text": text})
