"""A server that answers as Slack's Web API is documented to and sends events as its Events API does, for want of Slack.

https://docs.slack.dev/reference/methods/chat.postMessage, .../conversations.history, .../conversations.replies,
.../users.info; https://docs.slack.dev/apis/events-api/ (event_callback, three retries with X-Slack-Retry-Num). Events
are signed by slack_sdk.
"""

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, web
from slack_sdk.signature import SignatureVerifier
from yarl import URL

from desks.live.settings import LiveSettings

BOT_TOKEN, SIGNING_SECRET, CHANNEL, BOT = "xoxb-a-token-of-the-test", "a signing secret of the test", "C0DESK", "B0BOT"


@dataclass
class Workspace:
    """One workspace with one channel."""

    events_url: URL | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=lambda: {"U0ANNA": "Anna", "U0BO": "Bo"})
    down: bool = False
    lose_answers: int = 0
    """So many messages are posted, and then the connection is cut."""
    _clock: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        """The Web API."""
        app = web.Application(middlewares=[self._trouble])
        app.router.add_post("/chat.postMessage", self.post_message)
        app.router.add_get("/conversations.history", self.history)
        app.router.add_get("/conversations.replies", self.replies)
        app.router.add_get("/users.info", self.user)
        return app

    async def post_message(self, request: web.Request) -> web.Response:
        """chat.postMessage."""
        asked = await request.json()
        if asked["channel"] != CHANNEL:
            return web.json_response({"ok": False, "error": "channel_not_found"})
        message = self._add(asked["text"], asked.get("thread_ts"), bot_id=BOT, metadata=asked.get("metadata"))
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"ok": True, "channel": CHANNEL, "ts": message["ts"], "message": message})

    async def history(self, request: web.Request) -> web.Response:
        """conversations.history: what stands outside threads, newest first."""
        told = [each for each in reversed(self.messages) if each.get("thread_ts", each["ts"]) == each["ts"]]
        return self._messages(request, told)

    async def replies(self, request: web.Request) -> web.Response:
        """conversations.replies: a thread, oldest first."""
        thread = request.query["ts"]
        told = [each for each in self.messages if thread in (each["ts"], each.get("thread_ts"))]
        if not told:
            return web.json_response({"ok": False, "error": "thread_not_found"})
        return self._messages(request, told)

    async def user(self, request: web.Request) -> web.Response:
        """users.info."""
        name = self.people.get(request.query["user"])
        if name is None:
            return web.json_response({"ok": False, "error": "user_not_found"})
        return web.json_response({"ok": True, "user": {"profile": {"display_name": name, "real_name": name}}})

    async def person_says(self, user: str, text: str, thread: str | None) -> dict[str, Any]:
        """Somebody writes, and the app is told; again when it does not answer."""
        message = self._add(text, thread, user=user)
        event = {"type": "message", "channel": CHANNEL, "channel_type": "channel", **message}
        body = {"type": "event_callback", "event_id": f"Ev{message['ts']}", "team_id": "T0", "event": event}
        for attempt in range(4):
            if await self.send_event(body, attempt) == 200:
                break
        return body

    async def send_event(self, body: dict[str, Any], attempt: int = 0) -> int:
        """Call the app; its status, 0 when it cannot be reached."""
        assert self.events_url is not None
        raw, stamp = json.dumps(body), str(int(time.time()))
        signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=stamp, body=raw)
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": str(signature),
            **({"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"} if attempt else {}),
        }
        try:
            async with ClientSession() as session, session.post(self.events_url, data=raw, headers=headers) as answer:
                return answer.status
        except ClientError:
            return 0

    def _add(self, text: str, thread: str | None, **more: Any) -> dict[str, Any]:
        message = {"type": "message", "text": text, "ts": f"1795000000.{next(self._clock):06}", **more}
        if thread is not None:
            message["thread_ts"] = thread
        self.messages.append(message)
        return message

    def _messages(self, request: web.Request, told: list[dict[str, Any]]) -> web.Response:
        if request.query.get("include_all_metadata") != "true":
            told = [{name: value for name, value in each.items() if name != "metadata"} for each in told]
        return web.json_response({"ok": True, "messages": told[: int(request.query.get("limit", "100"))]})

    @web.middleware
    async def _trouble(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.down:
            return web.Response(status=503)
        if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        answer: web.StreamResponse = await handler(request)
        return answer


def live_settings(url: URL) -> LiveSettings:
    """Our side's settings for it."""
    return LiveSettings(kind="slack", url=url, secret=BOT_TOKEN, callback_secret=SIGNING_SECRET, room=CHANNEL)


@dataclass
class SlackAgents:
    """People in the channel."""

    workspace: Workspace

    async def take(self, name: str, place: str) -> None:
        """Answer in a conversation's thread: that is how it is taken."""
        await self.say(name, place, f"Hej, jag heter {name}.")

    async def say(self, name: str, place: str, text: str) -> None:
        """Write in it."""
        user = next(user for user, known in self.workspace.people.items() if known == name)
        await self.workspace.person_says(user, text, place.partition(":")[2])

    async def read(self, _: str, place: str) -> list[str]:
        """What our side has written in it, in order."""
        thread = place.partition(":")[2]
        return [
            each["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            for each in self.workspace.messages
            if thread in (each["ts"], each.get("thread_ts")) and each.get("bot_id") == BOT
        ]
