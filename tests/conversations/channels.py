"""Talking to the running system, as a client of Rasa's REST channel and as the portal page does."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from gateway.replies import Message, join
from tests.builders import Said

PATIENCE = 30
"""Seconds for one answer, more than any part of the system may take."""

_SMALLTALK: dict[str, Any] = {"topic": None, "region": None, "sources": [], "notices": [], "facts": []}
"""What a response of the domain leaves out, as there is nothing to tell."""


class Conversation(Protocol):
    """One user's conversation."""

    def say(self, text: str) -> Said:
        """The bot's turn after a message."""

    def click(self, title: str) -> Said:
        """The bot's turn after a choice among the buttons of its last turn."""


@dataclass
class RestConversation:
    """Over Rasa's REST channel. `region` is what a portal would set."""

    url: str
    region: str | None = None
    _sender: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex}")
    _buttons: dict[str, str] = field(default_factory=dict)

    def say(self, text: str) -> Said:
        """See `Conversation.say`."""
        asked: dict[str, Any] = {"sender": self._sender, "message": text}
        if self.region is not None:
            asked["metadata"] = {"region": self.region}
        status, items = post(f"{self.url}/webhooks/rest/webhook", asked)
        assert status == 200, items
        said = _said(join(items, lambda payload: payload))
        self._buttons = _payloads(said)
        return said

    def click(self, title: str) -> Said:
        """See `Conversation.click`."""
        return self.say(_chosen(self._buttons, title))


@dataclass
class PortalConversation:
    """Through the gateway. `region` is what the user has chosen on the page."""

    url: str
    region: str | None = None
    _token: str = ""
    _buttons: dict[str, str] = field(default_factory=dict)
    status: int = 0
    """Of the last response."""

    def say(self, text: str) -> Said:
        """See `Conversation.say`."""
        return self._send({"text": text})

    def click(self, title: str) -> Said:
        """See `Conversation.click`."""
        return self._send({"button": _chosen(self._buttons, title)})

    def _send(self, message: dict[str, str]) -> Said:
        if not self._token:
            _, started = post(f"{self.url}/api/conversations", {})
            self._token = started["token"]
        chosen = {"region": self.region} if self.region is not None else {}
        self.status, body = post(f"{self.url}/api/messages", {**message, **chosen}, self._token)
        said = _said([Message(**each) for each in body["messages"]])
        said.custom.pop("desks", None)  # the page's own, beside the contract
        self._buttons = _payloads(said)
        return said


def post(url: str, body: Any, token: str | None = None) -> tuple[int, Any]:
    """Status and JSON of the response; an error status is no exception."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    request = Request(url, data=json.dumps(body).encode(), headers=headers)
    try:
        with urlopen(request, timeout=PATIENCE) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def _said(messages: list[Message]) -> Said:
    assert len(messages) == 1, f"one bot turn is one message: {messages}"
    (message,) = messages
    buttons = [each if isinstance(each, dict) else vars(each) for each in message.buttons]
    custom = message.custom or {}
    return Said(message.text, buttons, {**_SMALLTALK, **custom} if custom.get("outcome") == "smalltalk" else custom)


def _payloads(said: Said) -> dict[str, str]:
    return {button["title"]: button["payload"] for button in said.buttons}


def _chosen(buttons: dict[str, str], title: str) -> str:
    assert title in buttons, f"there is no button {title!r}, only {list(buttons)}"
    return buttons[title]
