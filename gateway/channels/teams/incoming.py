"""An activity as Teams sends it, read with nothing taken for granted.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference, "Activity object";
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations (mentions)
and .../task-modules-and-cards/cards/cards-actions (messageBack).
"""

import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

CHANNEL = "msteams"

_TAG = re.compile(r"</?at\b[^<>]*>", re.IGNORECASE)
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True)
class Judged:
    """A press on one of an answer's thumbs, or on what is asked after it."""

    event: str
    helpful: bool
    reason: str | None = None
    solved: bool | None = None


@dataclass(frozen=True)
class Activity:
    """The raw activity, and what we use of it; what is missing or of the wrong type reads as empty."""

    raw: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """ "message", "conversationUpdate", "invoke" and so on."""
        return _text(self.raw, "type")

    @property
    def id(self) -> str:
        """Names the activity within its conversation; repeated when Teams sends it again."""
        return _text(self.raw, "id")

    @property
    def key(self) -> str:
        """The id as a name that is letters only, so that no row of digits is taken for somebody's number."""
        return hashlib.sha256(self.id.encode(errors="replace")).hexdigest()[:40].translate(_LETTERS)

    @property
    def channel(self) -> str:
        """Whose activity it is."""
        return _text(self.raw, "channelId")

    @property
    def service(self) -> str:
        """Where to answer."""
        return _text(self.raw, "serviceUrl")

    @property
    def conversation(self) -> str:
        """In a team's channel this names the thread too: "19:...@thread.tacv2;messageid=..."."""
        return _text(_part(self.raw, "conversation"), "id")

    @property
    def in_channel(self) -> bool:
        """Whether it is in a team's channel, not in a chat."""
        return _text(_part(self.raw, "conversation"), "conversationType") == "channel"

    @property
    def tenant(self) -> str | None:
        """The users' tenant; None if it is not told, or told in two ways."""
        told = {
            _text(_part(self.raw, "conversation"), "tenantId"),
            _text(_part(_part(self.raw, "channelData"), "tenant"), "id"),
        } - {""}
        return told.pop().lower() if len(told) == 1 else None

    @property
    def bot(self) -> str:
        """Our own account in the conversation."""
        return _text(_part(self.raw, "recipient"), "id")

    @property
    def adds_us(self) -> bool:
        """Whether this tells that our bot, and not somebody else, has been added to the conversation."""
        added = (_text(each, "id") for each in _parts(self.raw, "membersAdded"))
        return self.kind == "conversationUpdate" and bool(self.bot) and self.bot in added

    @property
    def text(self) -> str:
        """What the user wrote: without a mention of us, other mentions as bare names."""
        text = _text(self.raw, "text")
        for entity in _parts(self.raw, "entities"):
            written = _text(entity, "text")
            if _text(entity, "type").lower() == "mention" and written:
                ours = _text(_part(entity, "mentioned"), "id") == self.bot
                text = text.replace(written, " " if ours else _TAG.sub("", written))
        return html.unescape(_TAG.sub("", text)).replace("\N{NO-BREAK SPACE}", " ").strip()

    @property
    def has_files(self) -> bool:
        """Whether something else than text came along; "text/html" is the text once more."""
        return any(_text(each, "contentType") != "text/html" for each in _parts(self.raw, "attachments"))

    @property
    def button(self) -> str | None:
        """The token of the choice that was pressed."""
        return _text(self._value, "button") or None

    @property
    def judged(self) -> Judged | None:
        """The judgement that was pressed, by Action.Execute or, in old clients, by Action.Submit."""
        judged = _part(self._value, "judge") or _part(_part(_part(self._value, "action"), "data"), "judge")
        event, helpful, reason, solved = (judged.get(name) for name in ("event", "helpful", "reason", "solved"))
        known = isinstance(event, str) and isinstance(helpful, bool)
        if not known or not isinstance(reason, str | None) or not isinstance(solved, bool | None):
            return None
        return Judged(str(event), bool(helpful), reason, solved)

    @property
    def is_card_action(self) -> bool:
        """Whether an Action.Execute waits for our answer."""
        return self.kind == "invoke" and _text(self.raw, "name") == "adaptiveCard/action"

    @property
    def is_edit(self) -> bool:
        """Whether a message was changed, which is not the same as brought back after deletion."""
        changed = _text(_part(self.raw, "channelData"), "eventType") or "editMessage"
        return self.kind == "messageUpdate" and changed == "editMessage"

    @property
    def moment(self) -> str:
        """When it happened, in Teams' own writing."""
        return _text(self.raw, "timestamp")

    @property
    def _value(self) -> Mapping[str, Any]:
        """MessageBack's value may be an object or the same written as JSON."""
        value = self.raw.get("value")
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return {}
        return value if isinstance(value, Mapping) else {}


def _text(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""


def _part(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = part.get(name)
    return value if isinstance(value, Mapping) else {}


def _parts(part: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    value = part.get(name)
    return (each for each in value if isinstance(each, Mapping)) if isinstance(value, list) else iter(())
