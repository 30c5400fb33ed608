"""What the channel asks of Slack, no faster than Slack allows.

https://docs.slack.dev/apis/web-api/rate-limits: 429 holds for one method in one workspace, for Retry-After seconds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from yarl import URL

from desks.errors import Unavailable
from desks.http import part_of, text_of
from desks.live.slack_api import SlackApi, metadata
from gateway.channels.slack.place import Place
from gateway.channels.slack.rendering import SlackMessage

EVENT_TYPE = "supportlotsen_message"
TIMEOUT = 10.0
"""Seconds for one request."""
LONGEST_WAIT = 600.0
"""Seconds that one call may be put off before it fails."""


class Calls:
    """All methods raise desks.errors.DeskError, after they have waited as long as Slack wished."""

    def __init__(self, url: URL, token: str) -> None:
        self._api = SlackApi(url, token, TIMEOUT)
        self._quiet_until: dict[str, float] = {}

    async def post(self, place: Place, message: SlackMessage, key: str) -> None:
        """A message for all who read there; `find` finds it by the key."""
        told = {**_content(place, message), "metadata": metadata(EVENT_TYPE, key)}
        await self._send("chat.postMessage", {**told, "unfurl_links": False, "unfurl_media": False})

    async def whisper(self, place: Place, user: str, message: SlackMessage) -> None:
        """A message that only one person sees, until Slack is reloaded."""
        await self._send("chat.postEphemeral", {**_content(place, message), "user": user})

    async def find(self, place: Place, key: str) -> bool:
        """Whether the message with that key stands there."""
        look = partial(self._api.find, key, place.channel, place.thread)
        return await self._patiently("conversations.history", look) is not None

    async def update(self, channel: str, ts: str, message: SlackMessage) -> None:
        """Another content for a message of ours."""
        await self._send("chat.update", {**_content(Place(channel), message), "ts": ts})

    async def direct(self, user: str) -> Place:
        """The direct message with that person."""
        opened = await self._send("conversations.open", {"users": user})
        return Place(text_of(part_of(opened, "channel", "id")))

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """What the app's home tab shows to that person."""
        await self._send("views.publish", {"user_id": user, "view": view})

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._api.aclose()

    async def _send(self, method: str, asked: Mapping[str, Any]) -> Any:
        return await self._patiently(method, partial(self._api.send, method, asked))

    async def _patiently[Answer](self, method: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        give_up = time.monotonic() + LONGEST_WAIT
        while (now := time.monotonic()) < give_up:
            if (quiet_until := self._quiet_until.get(method, 0.0)) > now:
                await asyncio.sleep(quiet_until - now)
                continue
            try:
                return await call()
            except Unavailable as error:
                if error.retry_after is None:
                    raise
                again = time.monotonic() + max(error.retry_after, 1.0)
                self._quiet_until[method] = max(self._quiet_until.get(method, 0.0), again)
        raise Unavailable(f"Slack limits the rate of {method}", sent=False)


def _content(place: Place, message: SlackMessage) -> dict[str, Any]:
    return {
        "channel": place.channel,
        "text": message.text,
        **({"blocks": list(message.blocks)} if message.blocks else {}),
        **place.in_thread,
    }
