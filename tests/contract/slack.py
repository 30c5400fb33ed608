"""A server that answers as Slack's Web API is documented to and sends what Slack sends, for want of Slack.

https://docs.slack.dev/reference/methods/chat.postMessage, .postEphemeral, .update, .../conversations.history, .replies,
.open, .../users.info, .../views.publish, .../auth.test; https://docs.slack.dev/apis/events-api/ (event_callback, three
retries with X-Slack-Retry-Num); https://docs.slack.dev/reference/interaction-payloads/block_actions-payload;
https://docs.slack.dev/interactivity/implementing-slash-commands. Requests are signed, and blocks judged, by slack_sdk.
"""

import itertools
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, web
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.signature import SignatureVerifier
from yarl import URL

from desks.live.settings import LiveSettings

BOT_TOKEN, SIGNING_SECRET, CHANNEL, BOT = "xoxb-a-token-of-the-test", "a signing secret of the test", "C0DESK", "B0BOT"
BOT_USER, TEAM, OPEN_CHANNEL, SCOPES = "U0BOT", "T0TEAM", "C0OPEN", "chat:write,commands"
MOST_IN_A_MESSAGE = 13_000
"""Characters of all blocks: https://github.com/slackapi/bolt-js/issues/2509."""

Message = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """What the app answered."""

    status: int
    body: Any
    seconds: float


@dataclass
class Workspace:
    """One workspace with two channels, and direct messages with the bot."""

    web_api: URL = URL()
    """Where this server is."""
    events_url: URL | None = None
    messages: list[Message] = field(default_factory=list)
    whispers: list[Message] = field(default_factory=list)
    homes: dict[str, Message] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=lambda: {"U0ANNA": "Anna", "U0BO": "Bo"})
    gone: set[str] = field(default_factory=set)
    """Channels that have been archived."""
    scopes: str | None = SCOPES
    down: bool = False
    lose_answers: int = 0
    """So many messages are posted, and then the connection is cut."""
    limited: dict[str, list[int]] = field(default_factory=dict)
    """By method, for so many calls to come: 429, with these seconds in Retry-After."""
    refuse_blocks: bool = False
    called: list[tuple[str, float]] = field(default_factory=list)
    """Each method with the moment of its call."""
    complaints: list[str] = field(default_factory=list)
    """What Slack would have found wrong with what it was sent."""
    _clock: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        """The Web API."""
        app = web.Application(middlewares=[self._trouble])
        app.router.add_post("/auth.test", self.auth_test)
        app.router.add_post("/chat.postMessage", self.post_message)
        app.router.add_post("/chat.postEphemeral", self.post_ephemeral)
        app.router.add_post("/chat.update", self.update)
        app.router.add_post("/conversations.open", self.open_direct)
        app.router.add_get("/conversations.history", self.history)
        app.router.add_get("/conversations.replies", self.replies)
        app.router.add_get("/users.info", self.user)
        app.router.add_post("/views.publish", self.publish)
        return app

    # ---- what the app asks

    async def auth_test(self, _: web.Request) -> web.Response:
        """auth.test."""
        headers = {} if self.scopes is None else {"X-OAuth-Scopes": self.scopes}
        told = {"ok": True, "team": "Vårdcentralen", "user": "supportlotsen", "team_id": TEAM, "user_id": BOT_USER}
        return web.json_response(told, headers=headers)

    async def post_message(self, request: web.Request) -> web.Response:
        """chat.postMessage."""
        asked = await self._asked(request)
        if refusal := self._refusal(asked):
            return refusal
        more = {name: asked[name] for name in ("metadata", "blocks") if name in asked}
        channel = asked["channel"]
        message = self._add(asked.get("text", ""), asked.get("thread_ts"), channel, bot_id=BOT, user=BOT_USER, **more)
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"ok": True, "channel": channel, "ts": message["ts"], "message": message})

    async def post_ephemeral(self, request: web.Request) -> web.Response:
        """chat.postEphemeral."""
        asked = await self._asked(request)
        if refusal := self._refusal(asked):
            return refusal
        assert asked["user"] in self.people
        self.whispers.append(asked)
        return web.json_response({"ok": True, "message_ts": self._ts()})

    async def update(self, request: web.Request) -> web.Response:
        """chat.update."""
        asked = await self._asked(request)
        if refusal := self._refusal(asked):
            return refusal
        here = (each for each in self.messages if each["channel"] == asked["channel"] and each["ts"] == asked["ts"])
        message = next(here, None)
        if message is None or message.get("bot_id") != BOT:
            return web.json_response({"ok": False, "error": "cant_update_message" if message else "message_not_found"})
        message |= {"text": asked["text"], "blocks": asked.get("blocks", []), "edited": {"user": BOT_USER}}
        return web.json_response({"ok": True, "channel": asked["channel"], "ts": asked["ts"], "text": asked["text"]})

    async def open_direct(self, request: web.Request) -> web.Response:
        """conversations.open."""
        asked = await self._asked(request)
        if asked["users"] not in self.people:
            return web.json_response({"ok": False, "error": "user_not_found"})
        return web.json_response({"ok": True, "channel": {"id": direct(asked["users"])}})

    async def publish(self, request: web.Request) -> web.Response:
        """views.publish."""
        asked = await self._asked(request)
        self._judge(asked["view"]["blocks"], most=100)
        self.homes[asked["user_id"]] = asked["view"]
        return web.json_response({"ok": True, "view": asked["view"]})

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

    # ---- what the app is told

    async def person_says(
        self, user: str, text: str, thread: str | None, channel: str = CHANNEL, **more: Any
    ) -> dict[str, Any]:
        """Somebody writes, and the app is told; again when it does not answer."""
        message = self._add(text, thread, channel, user=user, **more)
        event = {"type": "message", "channel_type": "im" if channel.startswith("D") else "channel", **message}
        body = self.envelope(event)
        await self.tell(body)
        if f"<@{BOT_USER}>" in text and not channel.startswith("D"):
            named = {name: value for name, value in event.items() if name != "channel_type"}
            await self.tell(self.envelope({**named, "type": "app_mention"}))
        return body

    def envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """An event as the Events API wraps it."""
        bot = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
        return {
            "type": "event_callback",
            "event_id": f"Ev{self._ts()}",
            "team_id": TEAM,
            "api_app_id": "A0APP",
            "event": dict(event),
            "authorizations": [bot],
        }

    async def tell(self, body: Mapping[str, Any]) -> int:
        """Of an event, up to four times; the last status."""
        status = 0
        for attempt in range(4):
            status = await self.send_event(body, attempt)
            if status == 200:
                break
        return status

    async def send_event(self, body: Mapping[str, Any], attempt: int = 0) -> int:
        """Call the app; its status, 0 when it cannot be reached."""
        retry = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"} if attempt else {}
        assert self.events_url is not None
        return (
            await self.call(self.events_url, json.dumps(body), "application/json; charset=utf-8", headers=retry)
        ).status

    async def press(self, user: str, message: Mapping[str, Any], title: str) -> Answered:
        """Press the button, or choose the option, with that title in a message of the bot."""
        channel = message["channel"]
        place = {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": False}
        thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
        return await self.interact(
            user,
            message["blocks"],
            title,
            container={**place, **thread},
            channel={"id": channel, "name": "directmessage" if channel.startswith("D") else "oppen"},
            message=message,
        )

    async def press_at_home(self, user: str, title: str) -> Answered:
        """Press a button of the home tab."""
        view = self.homes[user]
        return await self.interact(user, view["blocks"], title, container={"type": "view", "view_id": "V1"}, view=view)

    async def interact(self, user: str, blocks: Sequence[Mapping[str, Any]], title: str, **more: Any) -> Answered:
        """A `block_actions` payload."""
        payload = {
            "type": "block_actions",
            "api_app_id": "A0APP",
            "team": {"id": TEAM, "domain": "vc"},
            "user": {"id": user, "username": "anna", "team_id": TEAM},
            "trigger_id": f"{self._ts()}.trigger",
            "actions": [{**_pressed(blocks, title), "action_ts": self._ts()}],
            **more,
        }
        assert self.events_url is not None
        return await self.form(self.events_url.parent / "interactivity", payload=json.dumps(payload))

    async def command(self, user: str, text: str, channel: str = OPEN_CHANNEL) -> Answered:
        """Somebody uses the slash command."""
        assert self.events_url is not None
        return await self.form(
            self.events_url.parent / "commands",
            command="/it-stod",
            text=text,
            user_id=user,
            team_id=TEAM,
            channel_id=channel,
            trigger_id=f"{self._ts()}.trigger",
            response_url="https://hooks.slack.example/commands/1",
        )

    async def form(self, url: URL, **fields: str) -> Answered:
        """As Slack posts interactions and commands."""
        return await self.call(url, urlencode(fields), "application/x-www-form-urlencoded")

    async def call(
        self,
        url: URL,
        raw: str,
        content_type: str,
        *,
        stamp: int | None = None,
        secret: str = SIGNING_SECRET,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """Post something signed; status 0 when the app cannot be reached."""
        at = str(int(time.time()) if stamp is None else stamp)
        signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=raw)
        own = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": str(signature),
            **(headers or {}),
        }
        began = time.monotonic()
        try:
            async with ClientSession() as session, session.post(url, data=raw.encode(), headers=own) as answer:
                told = await answer.read()
                body = json.loads(told) if answer.content_type == "application/json" else told.decode()
                return Answered(answer.status, body, time.monotonic() - began)
        except ClientError:
            return Answered(0, None, time.monotonic() - began)

    # ---- inside

    def _ts(self) -> str:
        return f"1795000000.{next(self._clock):06}"

    def _add(self, text: str, thread: str | None, channel: str, **more: Any) -> Message:
        message = {"type": "message", "channel": channel, "text": text, "ts": self._ts(), **more}
        if thread is not None:
            message["thread_ts"] = thread
        self.messages.append(message)
        return message

    async def _asked(self, request: web.Request) -> dict[str, Any]:
        if request.charset is None or request.content_type != "application/json":
            self.complaints.append(f"missing_charset: {request.headers.get('Content-Type')}")
        asked: dict[str, Any] = await request.json()
        return asked

    def _refusal(self, asked: Mapping[str, Any]) -> web.Response | None:
        channel = asked["channel"]
        error = "is_archived" if channel in self.gone else None
        if channel not in (CHANNEL, OPEN_CHANNEL) and not channel.startswith("D"):
            error = "channel_not_found"
        if "blocks" in asked and (self.refuse_blocks or not self._judge(asked["blocks"], most=50)):
            error = "invalid_blocks"
        if not asked.get("text"):
            self.complaints.append("no text for notifications and screen readers")
        return web.json_response({"ok": False, "error": error}) if error else None

    def _judge(self, blocks: Sequence[dict[str, Any]], most: int) -> bool:
        """Whether the blocks are as they should be."""
        found = list(complaints(blocks, most))
        self.complaints += found
        return not found

    def _messages(self, request: web.Request, told: list[Message]) -> web.Response:
        told = [each for each in told if each["channel"] == request.query["channel"]]
        if request.query.get("include_all_metadata") != "true":
            told = [{name: value for name, value in each.items() if name != "metadata"} for each in told]
        start = int(request.query.get("cursor", "0"))
        end = start + int(request.query.get("limit", "100"))
        following = {"next_cursor": str(end) if end < len(told) else ""}
        return web.json_response({"ok": True, "messages": told[start:end], "response_metadata": following})

    @web.middleware
    async def _trouble(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.called.append((request.path.strip("/"), time.monotonic()))
        if self.down:
            return web.Response(status=503)
        if seconds := self.limited.get(request.path.strip("/")):
            return web.Response(status=429, headers={"Retry-After": str(seconds.pop(0))})
        if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        answer: web.StreamResponse = await handler(request)
        return answer


def direct(user: str) -> str:
    """The direct message of somebody with the bot."""
    return f"D{user.removeprefix('U')}"


def complaints(blocks: Sequence[dict[str, Any]], most: int) -> list[str]:
    """What slack_sdk finds wrong with the blocks, and what its models leave to Slack."""
    found = []
    if len(blocks) > most:
        found.append(f"{len(blocks)} blocks")
    if len(json.dumps(list(blocks))) > MOST_IN_A_MESSAGE:
        found.append("msg_blocks_too_long")
    names = [each["block_id"] for each in blocks if "block_id" in each]
    if len(names) != len(set(names)):
        found.append("a block_id twice")
    for block in blocks:
        parsed = Block.parse(block)
        if parsed is None:
            found.append(f"unknown block {block.get('type')}")
            continue
        try:
            if parsed.to_dict() != block:
                found.append(f"attributes that are none: {block}")
        except SlackObjectFormationError as error:
            found.append(str(error))
        actions = [each["action_id"] for each in block.get("elements", []) if "action_id" in each]
        if len(actions) != len(set(actions)):
            found.append("an action_id twice")
        found += [f"a text of {len(text)}" for text in texts(block) if not 0 < len(text) <= 3000]
    return found


def texts(block: Any) -> list[str]:
    """All texts in it, in order."""
    if isinstance(block, dict):
        own = [block["text"]] if isinstance(block.get("text"), str) else []
        return own + [text for name, value in block.items() if name != "value" for text in texts(value)]
    return [text for each in block for text in texts(each)] if isinstance(block, list) else []


def titles(message: Mapping[str, Any]) -> list[str]:
    """What can be pressed or chosen in a message."""
    return [text["text"] for text, _ in _choices(message.get("blocks", ()))]


def _choices(blocks: Sequence[Mapping[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each button's or option's text, with the action that pressing it makes."""
    found = []
    for block in blocks:
        for element in block.get("elements", ()) if block["type"] == "actions" else ():
            own = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
            if element["type"] == "button":
                found.append((element["text"], {**own, "text": element["text"], "value": element["value"]}))
            found += [(each["text"], {**own, "selected_option": each}) for each in element.get("options", ())]
    return found


def _pressed(blocks: Sequence[Mapping[str, Any]], title: str) -> dict[str, Any]:
    return next(action for text, action in _choices(blocks) if text["text"] == title)


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
