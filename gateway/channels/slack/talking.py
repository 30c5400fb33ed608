"""Takes what people write in Slack into their conversations."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from limits import RateLimitItem

from desks.errors import DeskError
from desks.live.slack_text import escaped
from gateway.channels.slack.blocks import context, paragraphs, quote
from gateway.channels.slack.calls import Calls
from gateway.channels.slack.delivery import NAME
from gateway.channels.slack.hearing import Heard, heard, key_of
from gateway.channels.slack.place import Place
from gateway.channels.slack.rendering import SlackMessage, render
from gateway.channels.slack.settings import SlackSettings
from gateway.channels.slack.texts import SlackTexts
from gateway.core import events
from gateway.core.conversations import Conversations
from gateway.core.messages import Incoming
from gateway.core.redacting import Redactor
from gateway.errors import KeyReused, LogUnavailable, Refused
from gateway.rates import Rates
from gateway.texts import Texts
from gateway.user_text import clean
from records.event_log import Event

log = logging.getLogger(__name__)

COMMAND = "/it-stod"
"""As in deploy/slack/manifest.yml."""


class Talking:
    """Everything that is said to the bot. Raises what is worth Slack's next attempt: DeskError, LogUnavailable."""

    def __init__(
        self,
        conversations: Conversations,
        calls: Calls,
        settings: SlackSettings,
        texts: Texts,
        own: SlackTexts,
        redact: Redactor,
        rates: Rates,
        rate: RateLimitItem,
    ) -> None:
        self._conversations = conversations
        self._calls = calls
        self._settings = settings
        self._texts = texts
        self._own = own
        self._redact = redact
        self._rates = rates
        self._rate = rate

    async def hear(self, envelope: Mapping[str, Any]) -> None:
        """A message of the Events API."""
        said = heard(envelope, self._own.somebody)
        if said is not None and (said.invited or await self._known(said.place)):
            await self._answer(said)

    async def ask(self, user: str, team: str, text: str, key: str) -> None:
        """A question that is answered in a direct message, wherever it was asked."""
        place = await self._calls.direct(user)
        quoted = self._quotable(text)
        if quoted is not None:
            told = SlackMessage(escaped(f"{self._own.asked} {quoted}"), [quote(quoted, self._own.asked)])
            await self._calls.post(place, told, key_of("asked", key))
        await self.take(place, user, team, Incoming(key, text), direct=True)

    async def greet(self, channel: str, team: str) -> None:
        """Somebody has opened the direct message: the first time, say what this is."""
        place = Place(channel)
        conversation = await self._conversations.outside(NAME, place.address)
        if await self._begin(conversation, place, team):
            await self._conversations.append(conversation, events.notice("greeting", self._own.greeting))

    async def take(self, place: Place, user: str, team: str, message: Incoming, *, direct: bool) -> bool:
        """Into the conversation, or tell why not: whether it was taken."""
        try:
            conversation = await self._conversations.outside(NAME, place.address)
            await self._rates.count("session", conversation, self._rate)
            await self._begin(conversation, place, team)
            await self._conversations.receive(conversation, message, NAME, address=place.address)
        except KeyReused:  # edited between two of Slack's attempts; the first was taken
            return True
        except Refused as refusal:
            refusal.region = refusal.region or self._settings.region(place.channel, team)
            await self.explain(place, user, refusal, message.key, direct)
            return False
        return True

    async def _answer(self, said: Heard) -> None:
        new = False
        if not said.direct and said.invited:
            try:
                new = not await self._known(said.place)
            except LogUnavailable:
                new = False  # what follows tells of it
        if said.text or not said.files:
            message = Incoming(said.key, said.text)
            await self.take(said.place, said.user, said.team, message, direct=said.direct)
        if said.files:
            conversation = await self._conversations.outside(NAME, said.place.address)
            await self._begin(conversation, said.place, said.team)
            await self._conversations.append(conversation, events.notice("files", self._own.files))
        if new:
            await self._hint(said)

    async def _hint(self, said: Heard) -> None:
        """To whoever asks in a channel: who else reads it."""
        hint = self._own.hints.public.format(command=COMMAND)
        try:
            await self._calls.whisper(said.place, said.user, SlackMessage(escaped(hint), [context(hint)]))
        except DeskError as error:  # the answer is what counts
            log.error("slack: a hint failed: %s", type(error).__name__)

    async def _known(self, place: Place) -> bool:
        conversation = await self._conversations.outside(NAME, place.address)
        return await self._conversations.state(conversation) is not None

    async def _begin(self, conversation: str, place: Place, team: str) -> bool:
        """Have the conversation begun: whether it is new."""
        if await self._conversations.state(conversation) is not None:
            return False
        region = self._settings.region(place.channel, team)
        await self._conversations.open(conversation, NAME, region=region, address=place.address)
        return True

    async def explain(self, place: Place, user: str, refusal: Refused, key: str, direct: bool) -> None:
        """Why a message was not taken: in a channel to its writer alone."""
        told = self._conversations.explain(refusal)
        event = Event("", "", 0, datetime.now(UTC), events.BOT_MESSAGE, told.to_json())
        for number, message in enumerate(render(event, self._texts, self._own)):
            if direct:
                await self._calls.post(place, message, key_of("refused", key, str(number)))
            else:
                await self._calls.whisper(place, user, message)

    def _quotable(self, text: str) -> str | None:
        """The question as it may be repeated; None if it may not or cannot."""
        try:
            safe = self._redact(clean(text))
        except Refused:
            return None
        return None if safe.patient else safe.text


def note(text: str) -> SlackMessage:
    """A sentence of the channel's own."""
    return SlackMessage(escaped(text), [paragraphs(text)])
