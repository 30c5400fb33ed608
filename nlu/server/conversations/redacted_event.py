"""The second net: what a conversation's events may hold when they are written down.

The gateway has taken personnummer and cards out of what users write before it reaches Rasa; this looks again, at every
text in an event, for what came another way. Fail closed: an event that cannot be looked through is written without
its texts.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from redaction import redact

logger = logging.getLogger(__name__)

Redact = Callable[[str], str]

_MADE_BY_US = frozenset({"event", "message_id", "model_id", "assistant_id", "policy", "extractor"})
"""Keys whose values are names and random ids of Rasa's own."""
_WITHOUT_TEXT = frozenset({"event", "timestamp", "name", "policy", "confidence", "hide_rule_turn", "is_interrupted"})
"""What is left of an event that cannot be looked through; `name` is that of an action, a slot or a form."""
_LONGEST_NAME = 80
_LONGEST_SENDER = 200
_LONGEST_NUMBER = 9
"""Digits of an integer that can be nothing of the sort."""
_REMEMBERED = 8192
_blameless: set[bytes] = set()
"""Digests of texts in which nothing was found: no words are kept, and nothing at all of a text with something in it."""


def plain(text: str) -> str:
    """The text without what must not be written."""
    return _name(text) if len(text) <= _LONGEST_NAME and " " not in text else _words(text)


def _words(text: str) -> str:
    """The bot's sentences come again in other turns, the user's in other events of the turn; most hold nothing."""
    told_today = f"{date.today()}{text}"  # what can be a birth date depends on the day
    digest = hashlib.blake2b(told_today.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if digest in _blameless:
        return text
    clean = redact(text).text
    if clean == text:
        if len(_blameless) >= _REMEMBERED:
            _blameless.clear()
        _blameless.add(digest)
    return clean


@lru_cache(maxsize=4096)
def _name(text: str) -> str:
    """Intents, topics, slots: most texts of an event are names that come again in every turn."""
    return redact(text).text


def redacted(event: dict[str, Any], clean: Redact = plain) -> dict[str, Any]:
    """The event as it may be written."""
    try:
        whole: dict[str, Any] = _walk(event, clean)
    except Exception as error:  # whatever it is, the text must not be used
        logger.error("an event is kept without its text: %s while it was redacted", type(error).__name__)
        return {key: value for key, value in event.items() if key in _WITHOUT_TEXT} | _emptied(event)
    return whole


def sender_key(sender: str, clean: Redact = plain) -> str:
    """The name under which a conversation is written: the sender, or a hash of one that is no name to write."""
    try:
        if len(sender) <= _LONGEST_SENDER and sender.isprintable() and clean(sender) == sender:
            return sender
    except Exception as error:
        logger.error("a sender is kept as a hash: %s while it was redacted", type(error).__name__)
    return hashlib.sha256(sender.encode("utf-8", "surrogatepass")).hexdigest()


def _walk(value: Any, clean: Redact) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: item if key in _MADE_BY_US else _walk(item, clean) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_walk(item, clean) for item in value]
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_NUMBER:
        return value if clean(str(value)) == str(value) else None
    return value


def _emptied(event: dict[str, Any]) -> dict[str, Any]:
    """What Rasa needs to read an event of that kind again, with nothing in it."""
    if event["event"] == "user":
        intent = (event.get("parse_data") or {}).get("intent") or {}
        return {"text": "", "parse_data": {"intent": intent, "entities": [], "text": ""}}
    if event["event"] == "slot":
        return {"value": None}
    if event["event"] == "bot":
        return {"text": "", "data": {}}
    return {}
