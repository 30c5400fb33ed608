"""Brings events to Slack."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from desks.errors import DeskError, NotFound, Unavailable
from desks.live.slack_api import SlackRefusal
from gateway.channels.slack.calls import Calls
from gateway.channels.slack.deeds import Recent
from gateway.channels.slack.place import Place
from gateway.channels.slack.rendering import SlackMessage, render
from gateway.channels.slack.texts import SlackTexts
from gateway.errors import DeliveryFailed
from gateway.texts import Texts
from records.event_log import Conversation, Event

log = logging.getLogger(__name__)

NAME = "slack"
_GONE = {
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "cannot_reply_to_message",
    "messages_tab_disabled",
    "restricted_action",
    "restricted_action_thread_locked",
    "user_disabled",
}
"""No repetition helps against these: nobody can be reached there any more."""
_TOO_MUCH = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}


class SlackChannel:
    """See gateway.core.deliveries.Channel.

    Slack has no idempotency key. What this process has posted it remembers; where a message may have been posted all
    the same (its answer was lost, or a process before this one was at it), the place is searched for it first.
    """

    name = NAME

    def __init__(self, calls: Calls, texts: Texts, own: SlackTexts) -> None:
        self._calls = calls
        self._texts = texts
        self._own = own
        self._began = datetime.now(UTC)
        self._posted = Recent()
        self._doubtful = Recent()

    async def deliver(self, conversation: Conversation, events: Sequence[Event]) -> None:
        """See Channel."""
        if conversation.address is None:
            raise DeliveryFailed("the conversation has no place in Slack", final=True)
        place = Place.of(conversation.address)
        for number, event in enumerate(events):
            try:
                for part, message in enumerate(render(event, self._texts, self._own)):
                    await self._bring(place, message, f"{event.id}.{part}", event.at < self._began)
            except DeskError as error:
                gone = isinstance(error, SlackRefusal) and error.error in _GONE
                log.error("slack: %s", error.error if isinstance(error, SlackRefusal) else type(error).__name__)
                raise DeliveryFailed(type(error).__name__, delivered=number, final=gone) from None

    async def _bring(self, place: Place, message: SlackMessage, key: str, old: bool) -> None:
        if key in self._posted:
            return
        if (old or key in self._doubtful) and await self._stands(place, key):
            self._posted.add(key)
            return
        try:
            await self._post(place, message, key)
        except Unavailable as error:
            if error.sent:
                self._doubtful.add(key)
            raise
        self._posted.add(key)

    async def _post(self, place: Place, message: SlackMessage, key: str) -> None:
        try:
            await self._calls.post(place, message, key)
        except SlackRefusal as refusal:
            if refusal.error not in _TOO_MUCH:
                raise
            log.error("slack: %s, sent as text alone", refusal.error)
            await self._calls.post(place, SlackMessage(message.text, ()), key)

    async def _stands(self, place: Place, key: str) -> bool:
        try:
            return await self._calls.find(place, key)
        except (NotFound, SlackRefusal):  # rather twice than never
            return False
