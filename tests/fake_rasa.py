"""A Rasa server that speaks the real REST protocol and says what a test told it to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Item = dict[str, Any]


def bot_message(text: str, buttons: list[Item] | None = None, custom: Item | None = None) -> list[Item]:
    """The items that Rasa 3.6 makes of one bot message (`OutputChannel.send_response`, `CollectingOutputChannel`).

    A text without buttons is cut at every blank line; `custom` is an item of its own and comes last.
    """
    parts: list[Item] = [{"text": text, "buttons": buttons}] if buttons else [{"text": t} for t in text.split("\n\n")]
    return [*parts, *([{"custom": custom}] if custom else [])]


@dataclass
class FakeRasa:
    """Answers each message with `answers[message]`, else with `otherwise`; keeps what it was asked."""

    answers: dict[str, list[Item]] = field(default_factory=dict)
    otherwise: list[Item] = field(default_factory=lambda: [{"text": "Hej!"}])
    asked: list[Item] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None
    """Sent as it is, instead of an answer."""
    delay: float = 0.0
    """Seconds before each answer."""
    most_at_once: int = 0
    """Messages that were being answered at the same time, at most."""
    headers: list[Mapping[str, str]] = field(default_factory=list)
    """Of each message."""
    _now: int = 0

    def app(self) -> web.Application:
        """The server."""
        app = web.Application()
        app.router.add_get("/webhooks/rest/", self._health)
        app.router.add_post("/webhooks/rest/webhook", self._answer)
        return app

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _answer(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.asked.append(asked)
        self.headers.append(request.headers)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self._now -= 1
        if self.body is not None or self.status != 200:
            return web.Response(body=self.body, status=self.status, content_type="application/json")
        turn = self.answers.get(asked["message"], self.otherwise)
        return web.json_response([{"recipient_id": asked["sender"], **item} for item in turn])
