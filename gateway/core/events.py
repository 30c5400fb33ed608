"""The kinds of events, as they are written to the log. The contract is in docs/api.md."""

from collections.abc import Mapping
from typing import Any

from gateway.replies import Message
from records.event_log import USER_MESSAGE, NewEvent

BOT_MESSAGE = "bot_message"
AGENT_MESSAGE = "agent_message"
NOTICE = "notice"
STATUS = "status"

BOT, QUEUED, AGENT = "bot", "queued", "agent"
"""Who answers in a conversation."""


def user_message(text: str, key: str) -> NewEvent:
    """What the user wrote, redacted, or the title of the button that was pressed."""
    return NewEvent(USER_MESSAGE, {"text": text}, key)


def bot_message(message: Message, in_reply_to: str | None = None) -> NewEvent:
    """One bubble of the bot."""
    return NewEvent(BOT_MESSAGE, {**message.to_json(), "in_reply_to": in_reply_to})


def agent_message(text: str, name: str) -> NewEvent:
    """What a person at a desk wrote; the text must have been redacted."""
    return NewEvent(AGENT_MESSAGE, {"text": text, "agent": {"name": name}})


def notice(code: str, text: str, **more: Any) -> NewEvent:
    """Something about the conversation that nobody said. `code` is for programs, `text` for the user."""
    return NewEvent(NOTICE, {"code": code, "text": text, **more})


def status(who: str) -> NewEvent:
    """Who answers from now on: `BOT`, `QUEUED` or `AGENT`."""
    return NewEvent(STATUS, {"status": who})


def typing(who: str) -> Mapping[str, Any]:
    """Somebody is writing: passing, so neither logged nor numbered."""
    return {"kind": "typing", "who": who}
