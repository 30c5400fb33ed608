"""A live desk in a Slack channel: each conversation is a thread, and whoever answers in it takes it.

https://docs.slack.dev/reference/methods/chat.postMessage (threads, metadata), .../conversations.history and .replies
(include_all_metadata), .../users.info; https://docs.slack.dev/apis/events-api/ (url_verification, event_id); and
https://docs.slack.dev/authentication/verifying-requests-from-slack (signature over "v0:timestamp:body", 5 minutes).
Slack has no idempotency key, so each message carries its key as metadata and is looked for before it is sent again.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from desks.errors import NotFound, Rejected, Unavailable
from desks.http import DeskHttp, part_of, text_of
from desks.live.desk import FINISH_COMMAND, Agent, AgentEvents, Opening, Route, body_of
from desks.live.settings import LiveSettings

EVENT_TYPE = "supportlotsen_handoff"
TOO_OLD = 300
"""Seconds: a request signed longer ago is a replay."""
_LATEST = "100"
"""Messages among which one whose answer was lost is looked for."""
_TRANSIENT = {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_MARKUP = re.compile(r"<(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")


class Slack:
    """See AgentDesk. The place is the channel's id and the thread's `ts`."""

    kind = "slack"

    def __init__(self, settings: LiveSettings) -> None:
        token = {"Authorization": f"Bearer {settings.secret}"}
        self._http = DeskHttp(settings.url, token, settings.timeout)
        self._signing_secret = settings.callback_secret
        self._channel = settings.room
        self._names: dict[str, str] = {}
        self._events: AgentEvents | None = None

    async def open(self, opening: Opening, *, again: bool = False) -> str:
        """See AgentDesk."""
        key = f"{opening.reference}-open"
        ts = await self._find("conversations.history", key) if again else None
        if ts is None:
            ts = await self._post(f"*{_escaped(opening.title)}*\n{_escaped(opening.text)}", key)
        return f"{self._channel}:{ts}"

    async def post(self, place: str, text: str, key: str, *, again: bool = False) -> None:
        """See AgentDesk."""
        thread = place.partition(":")[2]
        if again and await self._find("conversations.replies", key, ts=thread) is not None:
            return
        await self._post(_escaped(text), key, thread_ts=thread)

    def routes(self) -> list[Route]:
        """See AgentDesk: the request URL of the app's event subscriptions."""
        return [Route("POST", "/slack/events", self._event)]

    async def listen(self, events: AgentEvents) -> None:
        """See AgentDesk; Slack calls."""
        self._events = events

    async def aclose(self) -> None:
        """See AgentDesk."""
        await self._http.aclose()

    # ---- what Slack sends

    async def _event(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        if not self._signed(request.headers, body):
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

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        stamp, given = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if not (stamp.isascii() and stamp.isdigit()) or abs(time.time() - int(stamp)) > TOO_OLD:
            return False
        signed = hmac.new(self._signing_secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
        return hmac.compare_digest(f"v0={signed.hexdigest()}".encode(), given.encode())

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
            await events.said(place, agent, _plain(text), name)

    # ---- what we ask Slack

    async def _post(self, text: str, key: str, **more: str) -> str:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        asked = {"channel": self._channel, "text": text, "metadata": metadata, "unfurl_links": False, **more}
        return text_of(part_of(await self._checked(await self._http.send("POST", "chat.postMessage", asked)), "ts"))

    async def _find(self, method: str, key: str, **more: str) -> str | None:
        params = {"channel": self._channel, "limit": _LATEST, "include_all_metadata": "true", **more}
        found = await self._checked(await self._http.get(method, params))
        for message in part_of(found, "messages"):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == key:
                return text_of(message["ts"])
        return None

    async def _name(self, user: str) -> str:
        if user not in self._names:
            try:
                found = await self._checked(await self._http.get("users.info", {"user": user}))
            except (NotFound, Rejected, Unavailable):
                return user
            profile = part_of(found, "user", "profile")
            self._names[user] = text_of(profile.get("display_name") or profile.get("real_name")) or user
        return self._names[user]

    async def _checked(self, answer: Any) -> Any:
        """Slack answers 200 and says in `ok` whether it worked."""
        if part_of(answer, "ok"):
            return answer
        error = text_of(answer.get("error"))
        if error in _TRANSIENT:
            raise Unavailable(f"Slack: {error}")
        raise NotFound(error) if error == "thread_not_found" else Rejected(f"Slack: {error}")


def _escaped(text: str) -> str:
    """The three characters that Slack gives a meaning."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    """<https://a.se|a.se> and <mailto:x@y.se|x@y.se> as people read them, and the three characters back."""

    def read(found: re.Match[str]) -> str:
        return found["label"] or found["target"].removeprefix("mailto:")

    return _MARKUP.sub(read, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
