"""A live desk in a Slack channel: each conversation is a thread, and whoever answers in it takes it.

https://docs.slack.dev/reference/methods/chat.postMessage (threads, metadata), .../conversations.history and .replies
(include_all_metadata), .../users.info; https://docs.slack.dev/apis/events-api/ (url_verification, event_id).
"""

import json
from typing import Any

from aiohttp import web

from desks.errors import NotFound, Rejected, Unavailable
from desks.http import part_of, text_of
from desks.live.desk import FINISH_COMMAND, Agent, AgentEvents, Opening, Route, body_of
from desks.live.settings import LiveSettings
from desks.live.slack_api import SlackApi, metadata, signed
from desks.live.slack_text import escaped, plain

EVENT_TYPE = "supportlotsen_handoff"


class Slack:
    """See AgentDesk. The place is the channel's id and the thread's `ts`."""

    kind = "slack"

    def __init__(self, settings: LiveSettings) -> None:
        self._api = SlackApi(settings.url, settings.secret, settings.timeout)
        self._signing_secret = settings.callback_secret
        self._channel = settings.room
        self._names: dict[str, str] = {}
        self._events: AgentEvents | None = None

    async def open(self, opening: Opening, *, again: bool = False) -> str:
        """See AgentDesk."""
        key = f"{opening.reference}-open"
        ts = await self._api.find(key, self._channel) if again else None
        if ts is None:
            ts = await self._post(f"*{escaped(opening.title)}*\n{escaped(opening.text)}", key)
        return f"{self._channel}:{ts}"

    async def post(self, place: str, text: str, key: str, *, again: bool = False) -> None:
        """See AgentDesk."""
        thread = place.partition(":")[2]
        if again and await self._api.find(key, self._channel, thread) is not None:
            return
        await self._post(escaped(text), key, thread_ts=thread)

    def routes(self) -> list[Route]:
        """See AgentDesk: the request URL of the app's event subscriptions."""
        return [Route("POST", "/slack/events", self._event)]

    async def listen(self, events: AgentEvents) -> None:
        """See AgentDesk; Slack calls."""
        self._events = events

    async def aclose(self) -> None:
        """See AgentDesk."""
        await self._api.aclose()

    # ---- what Slack sends

    async def _event(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        if not signed(self._signing_secret, request.headers, body):
            return web.Response(status=401)
        try:
            told = json.loads(body)
            kind = part_of(told, "type")
        except (ValueError, Rejected):
            return web.Response(status=400)
        if kind == "url_verification":
            return web.json_response({"challenge": told.get("challenge")})
        if kind == "event_callback" and self._events is not None:
            await self._tell(self._events, told.get("event") or {}, text_of(told.get("event_id")))
        return web.Response()

    async def _tell(self, events: AgentEvents, event: dict[str, Any], name: str) -> None:
        """Only people's new messages in our threads; edits, bots and what stands outside a thread are not for users."""
        thread, text = event.get("thread_ts"), event.get("text")
        people = event.get("type") == "message" and not event.get("subtype") and not event.get("bot_id")
        if not people or not thread or not isinstance(text, str) or event.get("channel") != self._channel:
            return
        user = text_of(event.get("user"))
        agent = Agent(user, await self._name(user))
        place = f"{self._channel}:{thread}"
        if text.strip().casefold() == FINISH_COMMAND:
            await events.finished(place, agent, name)
        else:
            await events.said(place, agent, plain(text), name)

    # ---- what we ask Slack

    async def _post(self, text: str, key: str, **more: str) -> str:
        told = {"channel": self._channel, "text": text, "metadata": metadata(EVENT_TYPE, key), "unfurl_links": False}
        return text_of(part_of(await self._api.send("chat.postMessage", {**told, **more}), "ts"))

    async def _name(self, user: str) -> str:
        if user not in self._names:
            try:
                found = await self._api.get("users.info", {"user": user})
            except (NotFound, Rejected, Unavailable):
                return user
            profile = part_of(found, "user", "profile")
            self._names[user] = text_of(profile.get("display_name") or profile.get("real_name")) or user
        return self._names[user]
