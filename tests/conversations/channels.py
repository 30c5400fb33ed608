"""Talking to the running system, as a client of Rasa's REST channel and as the portal page does."""

import json
import time
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
        said = _said(join(items, lambda _, payload: payload))
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
    after: str = ""
    """The last event that has been seen."""
    _key: str = ""
    _body: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    """Of the last response."""

    def say(self, text: str) -> Said:
        """See `Conversation.say`."""
        return self._send({"text": text})

    def click(self, title: str) -> Said:
        """See `Conversation.click`."""
        return self._send({"button": _chosen(self._buttons, title)})

    def send(self, message: dict[str, str]) -> str:
        """Send and do not wait; the message's key."""
        if not self._token:
            _, started = post(f"{self.url}/api/v1/conversations", {})
            self._token = started["token"]
        chosen = {"region": self.region} if self.region is not None else {}
        self.status, self._body = post(f"{self.url}/api/v1/messages", {**message, **chosen}, self._token)
        return str(self._body.get("key", ""))

    def listen(self, key: str | None = None) -> Said:
        """The next bubbles that answer the message of that key, or the latest."""
        self._key = key or self._key
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self.events(self.after, wait=5)
            answers = [each for each in found if each.get("in_reply_to") == self._key]
            if answers:
                self.after = answers[-1]["id"]
                return self._said(answers)
        raise AssertionError(f"no answer within {PATIENCE} s")

    def events(self, after: str = "", wait: int = 0) -> list[dict[str, Any]]:
        """What has happened after that event."""
        found: list[dict[str, Any]] = get(f"{self.url}/api/v1/events?after={after}&wait={wait}", self._token)["events"]
        return found

    def _send(self, message: dict[str, str]) -> Said:
        self._key = self.send(message)
        if self.status != 202:
            return Said(self._body["detail"], [], {**_SMALLTALK, "outcome": "clarifying"})
        return self.listen()

    def _said(self, answers: list[dict[str, Any]]) -> Said:
        said = _said([Message(each["text"], each["buttons"], each["custom"]) for each in answers])
        said.custom.pop("desks", None)  # beside the contract
        self._buttons = {button["title"]: button["token"] for button in said.buttons}
        return said


def get(url: str, token: str) -> Any:
    """The JSON of the response."""
    with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"}), timeout=PATIENCE) as response:
        return json.load(response)


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
    return {button["title"]: button.get("payload") or button["token"] for button in said.buttons}


def _chosen(buttons: dict[str, str], title: str) -> str:
    assert title in buttons, f"there is no button {title!r}, only {list(buttons)}"
    return buttons[title]
