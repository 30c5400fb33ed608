"""What people press in the bot's messages: a choice, or what an answer was worth."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desks.errors import DeskError
from desks.http import text_of
from gateway.channels.slack.blocks import Json, context
from gateway.channels.slack.calls import Calls
from gateway.channels.slack.delivery import NAME
from gateway.channels.slack.hearing import key_of
from gateway.channels.slack.place import Place
from gateway.channels.slack.rendering import CHOICE, JUDGE, SlackMessage, judging
from gateway.channels.slack.talking import Talking
from gateway.channels.slack.texts import SlackTexts
from gateway.core.conversations import Conversations
from gateway.core.judging import judge
from gateway.core.messages import Incoming
from gateway.core.redacting import Redactor
from gateway.errors import Refused
from gateway.texts import Texts
from records.feedback import Feedback

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pressed:
    """A button or an option of a menu, in a message of ours."""

    action: str
    value: str
    at: str
    """Slack's name for the moment; another one for each press."""
    user: str
    team: str
    place: Place
    direct: bool
    ts: str
    """Of the message."""
    text: str
    blocks: Sequence[Json]

    @property
    def in_conversation(self) -> bool:
        """Whether it belongs to a message, and not to the home tab."""
        return bool(self.place.channel and self.ts)


def pressed(payload: Json) -> Pressed | None:
    """What a `block_actions` payload tells of; None for anything else that Slack may send.

    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    found = payload.get("actions") or ()
    if payload.get("type") != "block_actions" or not found:
        return None
    container, message, channel = (payload.get(name) or {} for name in ("container", "message", "channel"))
    ts = text_of(container.get("message_ts"))
    thread = text_of(container.get("thread_ts") or message.get("thread_ts"))
    option = found[0].get("selected_option") or {}
    return Pressed(
        action=text_of(found[0].get("action_id")),
        value=text_of(found[0].get("value") or option.get("value")),
        at=text_of(found[0].get("action_ts")),
        user=text_of((payload.get("user") or {}).get("id")),
        team=text_of((payload.get("team") or {}).get("id")),
        place=Place(text_of(container.get("channel_id")), thread if thread and thread != ts else None),
        direct=channel.get("name") == "directmessage",
        ts=ts,
        text=text_of(message.get("text")),
        blocks=message.get("blocks") or (),
    )


class Pressing:
    """Raises what the log is to tell of: DeskError, LogUnavailable."""

    def __init__(
        self,
        conversations: Conversations,
        talking: Talking,
        calls: Calls,
        feedback: Feedback,
        redact: Redactor,
        texts: Texts,
        own: SlackTexts,
    ) -> None:
        self._conversations = conversations
        self._talking = talking
        self._calls = calls
        self._feedback = feedback
        self._redact = redact
        self._texts = texts
        self._own = own

    async def press(self, what: Pressed) -> None:
        """Do what was pressed, and show in the message that it is done."""
        kind = what.action.partition(".")[0]
        if kind == CHOICE:
            await self._choose(what)
        elif kind == JUDGE:
            await self._judge(what)

    async def _choose(self, what: Pressed) -> None:
        title, token = await self._button(what)
        # A token that is none is refused as one whose time is up, with a sentence that says what to do instead.
        message = Incoming(key_of(CHOICE, what.value), button=token)
        if await self._talking.take(what.place, what.user, what.team, message, direct=what.direct):
            chosen = context(self._own.chosen.format(title=title), f"{CHOICE}.made")
            await self._show(what, CHOICE, [chosen])

    async def _judge(self, what: Pressed) -> None:
        try:
            judgement: dict[str, Any] = json.loads(what.value)
            event_id = judgement.pop("event")
            conversation = await self._conversations.outside(NAME, what.place.address)
            await judge(self._conversations, self._feedback, self._redact, conversation, event_id, **judgement)
        except (ValueError, KeyError, TypeError, AttributeError):
            log.error("slack: a judgement cannot be read")
            return
        except Refused as refusal:
            await self._talking.explain(what.place, what.user, refusal, what.at, what.direct)
            return
        await self._show(what, JUDGE, judging(event_id, judgement, self._texts))

    async def _button(self, what: Pressed) -> tuple[str, str]:
        """Title and token of the button in the log."""
        event_id, _, number = what.value.rpartition(":")
        conversation = await self._conversations.outside(NAME, what.place.address)
        event = await self._conversations.event(conversation, event_id)
        buttons = [] if event is None else event.content.get("buttons") or []
        if not (number.isascii() and number.isdigit() and int(number) < len(buttons)):
            return "", ""
        return str(buttons[int(number)]["title"]), str(buttons[int(number)]["token"])

    async def _show(self, what: Pressed, kind: str, instead: Sequence[Json]) -> None:
        """The message with other blocks in place of those of that kind."""
        blocks: list[Json] = []
        left = list(instead)
        for block in what.blocks:
            if text_of(block.get("block_id")).partition(".")[0] != kind:
                blocks.append(block)
            elif left:
                blocks += left
                left = []
        try:
            await self._calls.update(what.place.channel, what.ts, SlackMessage(what.text, blocks))
        except DeskError as error:  # what was pressed has been done
            log.error("slack: a message could not be changed: %s", type(error).__name__)
