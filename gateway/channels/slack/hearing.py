"""What people write, among all that Slack tells of.

https://docs.slack.dev/reference/events/message, .../message.im, .../app_mention; the subtypes are in .../message.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desks.http import text_of
from desks.live.slack_text import plain
from gateway.channels.slack.place import Place
from gateway.user_text import LONGEST

_PEOPLE = {None, "file_share", "thread_broadcast", "me_message"}
"""Subtypes of what somebody has just written; the others tell of edits, deletions, bots and comings and goings."""
_TO = re.compile(r"\s*<@([A-Z0-9]+)")
_MOST = 5 * LONGEST
"""Characters with markup; what is longer is too long without it too."""
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True)
class Heard:
    """A message for us, or perhaps for us."""

    place: Place
    user: str
    team: str
    key: str
    """Names the message: the same for each event that tells of it."""
    text: str
    direct: bool
    """Whether nobody else reads it."""
    invited: bool
    """Whether it begins a conversation; if not, it is for us only where there is one."""
    files: bool


def heard(envelope: Mapping[str, Any], somebody: str) -> Heard | None:
    """The message that the event tells of; None if it is not a person's or for somebody else."""
    event = envelope.get("event") or {}
    channel, ts, user = (text_of(event.get(name)) for name in ("channel", "ts", "user"))
    own = {text_of(each.get("user_id")) for each in envelope.get("authorizations") or () if each.get("is_bot")}
    from_bot = bool(event.get("bot_id")) or user in own or user == "USLACKBOT"
    if from_bot or not (channel and ts and user) or event.get("subtype") not in _PEOPLE:
        return None
    mentioned, direct = event.get("type") == "app_mention", event.get("channel_type") == "im"
    raw, thread = text_of(event.get("text")), text_of(event.get("thread_ts")) or None
    to = _TO.match(raw)
    if not (mentioned or direct) and (thread in (None, ts) or (to is not None and to[1] not in own)):
        return None
    if mentioned and to is not None and not own:
        own = {to[1]}
    for each in own:
        raw = re.sub(rf"<@{re.escape(each)}(?:\|[^<>]*)?>", " ", raw)
    return Heard(
        place=Place(channel, (thread if thread != ts else None) if direct else thread or ts),
        user=user,
        team=text_of(envelope.get("team_id")),
        key=key_of(channel, ts),
        text=raw if len(raw) > _MOST else plain(raw, somebody),
        direct=direct,
        invited=mentioned or direct,
        files=bool(event.get("files")),
    )


def key_of(*names: str) -> str:
    """A key for the event log. Of letters alone, since digits in a row could be taken for somebody's number."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:40].translate(_LETTERS)
