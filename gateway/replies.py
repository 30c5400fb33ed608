"""One turn of the bot, from Rasa's list of items to the messages that a user sees."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Button:
    """A choice; `token` is what the client sends back."""

    title: str
    token: str


@dataclass
class Message:
    """One bubble of the bot with its machine-readable part (the reply contract)."""

    text: str
    buttons: list[Button] = field(default_factory=list)
    custom: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As the client reads it."""
        return asdict(self)


Sign = Callable[[str, str], str]
"""Makes a token of a button's title and payload."""


def join(items: list[dict[str, Any]], sign: Sign) -> list[Message]:
    """The messages of a turn, with their buttons signed. Empty if nothing can be shown.

    Rasa's REST channel takes one bot message apart: each paragraph of a text without buttons is an item of its own,
    and `custom` comes last. So an item with `custom` ends a message, and so do buttons that no `custom` follows.
    """
    messages: list[Message] = []
    parts: list[str] = []
    buttons: list[Button] = []

    def close(custom: dict[str, Any] | None) -> None:
        if parts:
            messages.append(Message("\n\n".join(parts), list(buttons), custom))
        elif custom is not None:
            log.warning("Rasa sent a custom object with no text before it; it is left out")
        parts.clear()
        buttons.clear()

    for item in items:
        text, custom = item.get("text"), item.get("custom")
        if isinstance(text, str) and text.strip():
            if buttons:
                close(None)
            parts.append(text.strip())
        buttons += _buttons(item.get("buttons"), sign)
        if isinstance(custom, dict):
            close(custom)
    close(None)
    return messages


def _buttons(raw: Any, sign: Sign) -> list[Button]:
    if not isinstance(raw, list):
        return []
    buttons = []
    for entry in raw:
        title = entry.get("title") if isinstance(entry, dict) else None
        if isinstance(title, str) and title.strip():
            title, payload = title.strip(), entry.get("payload")
            buttons.append(Button(title, sign(title, payload if isinstance(payload, str) and payload else title)))
    return buttons
