"""The conversations: what every channel, the live desk and all that has news for a user talk to."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence

from gateway.core import events
from gateway.core.bot import Bot
from gateway.core.deliveries import Channel, Deliveries
from gateway.core.hub import Hub, Subscription
from gateway.core.live_desk import LiveDesk
from gateway.core.messages import Incoming, Receipt
from gateway.core.redacting import Redactor
from gateway.core.turns import MESSAGE, Turns
from gateway.errors import EmptyMessage, KeyInvalid, KeyReused, LogUnavailable, MessageTooLong, Refused
from gateway.failures import Failures
from gateway.logs import correlation
from gateway.metrics import Metrics
from gateway.replies import Message
from gateway.tokens import Tokens
from gateway.user_text import LONGEST, clean
from records.errors import RecordsUnavailable
from records.event_log import Conversation, Event, EventLog, NewEvent, Received, Work

log = logging.getLogger(__name__)

LANGUAGES = ("sv", "en")
_KEY = re.compile(r"[A-Za-z0-9._:~-]{1,64}")

Eraser = Callable[[str], Awaitable[None]]
"""Forgets a conversation somewhere; an exception keeps it in the log, so that it can be tried again."""


class Conversations:
    """One for each gateway. `start` begins the work that was left, `stop` lets go of it."""

    def __init__(
        self,
        event_log: EventLog,
        tokens: Tokens,
        bot: Bot,
        failures: Failures,
        metrics: Metrics,
        redact: Redactor,
        patience: float,
    ) -> None:
        """`patience`: seconds after which a user gets the contacts while the answer is waited for."""
        self._log = event_log
        self._tokens = tokens
        self._failures = failures
        self._metrics = metrics
        self._redact = redact
        self._hub = Hub()
        self._channels: dict[str, Channel] = {}
        self._deliveries = Deliveries(event_log, self._channels)
        self._turns = Turns(event_log, self._hub, self._publish, bot, failures, metrics, patience)
        self._erasers: list[Eraser] = []

    # ---- put together before the start

    def add_channel(self, channel: Channel) -> None:
        """Events of the channel's conversations are brought to it."""
        self._channels[channel.name] = channel

    def set_live_desk(self, desk: LiveDesk) -> None:
        """The hand-off to people goes there."""
        self._turns.live_desk = desk

    def on_erase(self, eraser: Eraser) -> None:
        """To be called when a conversation is erased, before it leaves the log."""
        self._erasers.append(eraser)

    async def start(self) -> None:
        """Answer and deliver what is left. Raises RecordsUnavailable.

        To be called again after a time in which the log could not be used: what was logged without our knowing is
        found so.
        """
        await self._turns.resume()
        await self._deliveries.resume()

    def close(self) -> None:
        """End all subscriptions."""
        self._hub.close()

    async def stop(self) -> None:
        """End turns and deliveries; what is not finished is done after the next start."""
        await self._turns.stop()
        await self._deliveries.stop()

    # ---- for channels

    async def outside(self, channel: str, identity: str) -> str:
        """The id of the conversation with someone whom the channel knows by `identity`, such as "T1:C2:1699.3".

        The identity itself is kept nowhere. Raises LogUnavailable.
        """
        newest, *older = self._tokens.outside(channel, identity)
        for each in older:
            if await self._read(each) is not None:
                return each
        return newest

    async def open(
        self,
        conversation: str,
        channel: str,
        *,
        region: object = None,
        language: object = None,
        address: str | None = None,
    ) -> Conversation:
        """The conversation's state; it begins if it is new. Raises LogUnavailable.

        `address` is what the channel needs for a delivery and gets back in `Conversation.address`.
        """
        try:
            return await self._log.open(
                conversation,
                channel,
                region=self._failures.known(region),
                language=_language(language),
                address=address,
            )
        except RecordsUnavailable as error:
            raise LogUnavailable from error

    async def receive(
        self, conversation: str, message: Incoming, channel: str, *, address: str | None = None
    ) -> Receipt:
        """Take a user's message. It is in the log when this returns, and is answered by events, also after a restart.

        Raises Refused for a message that cannot be taken, and nothing of it is kept then: `explain` has the sentence
        for the user.
        """
        region, result = self._failures.known(message.region), "taken"
        try:
            new, work = self._read_message(conversation, message, region)
            received = await self._log.receive(
                conversation,
                channel,
                new,
                work,
                language=_language(message.language),
                address=address,
            )
            if received.resent:
                result = "resent"
                if received.events[0].content["text"] != new[0].content["text"]:
                    raise KeyReused
            elif work is None:
                result = "patient"
        except Refused as refusal:
            result = refusal.code
            refusal.region = region or await self._region(conversation)
            raise
        except RecordsUnavailable as error:
            result = LogUnavailable.code
            log.error("a message cannot be logged: %s", error)
            unavailable = LogUnavailable()
            unavailable.region = region
            raise unavailable from error
        finally:
            self._metrics.message(channel, result)
        self._take(received)
        return Receipt(message.key, received.events[0].id, received.resent)

    def explain(self, refusal: Refused) -> Message:
        """What to tell the user of a refused message: a sentence, and the contacts of the region."""
        return self._failures.refused(refusal)

    def subscribe(self, conversation: str) -> Subscription:
        """What happens in the conversation from now on, for one reader in this process."""
        return self._hub.subscribe(conversation)

    def watched(self, conversation: str) -> int:
        """How many subscriptions the conversation has."""
        return self._hub.watched(conversation)

    async def events(self, conversation: str, after: int = 0) -> list[Event]:
        """Some of the events after that number, in order; none when there are no more. Raises LogUnavailable."""
        try:
            return await self._log.events(conversation, after)
        except RecordsUnavailable as error:
            raise LogUnavailable from error

    async def all_events(self, conversation: str) -> list[Event]:
        """Everything that has happened in the conversation. Raises LogUnavailable."""
        found: list[Event] = []
        while page := await self.events(conversation, found[-1].number if found else 0):
            found += page
        return found

    async def event(self, conversation: str, event_id: str) -> Event | None:
        """The event of that id, if the conversation has one. Raises LogUnavailable."""
        epoch, _, number = event_id.rpartition("-")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        found = await self.events(conversation, int(number) - 1)
        return found[0] if found and found[0].id == event_id and found[0].epoch == epoch else None

    # ---- for whoever has news

    async def append(
        self, conversation: str, *new: NewEvent, status: str | None = None, about: str | None = None
    ) -> list[Event]:
        """Log events and bring them to the user: a ticket number that has come, what an agent wrote (redacted).

        `about` is the region that they are about, if they are about one. Gives back nothing for a conversation that is
        not known (any more). Raises LogUnavailable.
        """
        try:
            logged, _ = await self._log.append(conversation, new, status=status, about=about)
        except RecordsUnavailable as error:
            raise LogUnavailable from error
        self._publish(conversation, logged)
        return logged

    async def agent_says(self, conversation: str, text: str, name: str) -> list[Event]:
        """An agent's message, redacted as a user's is. Raises RedactionFailed, LogUnavailable."""
        safe = self._redact(text)
        return await self.append(conversation, events.agent_message(safe.text, name))

    async def set_status(self, conversation: str, who: str) -> list[Event]:
        """Who answers from now on: `events.BOT`, `QUEUED` or `AGENT`. Raises LogUnavailable."""
        return await self.append(conversation, events.status(who), status=who)

    def typing(self, conversation: str, who: str) -> None:
        """Somebody ("bot" or "agent") is writing; shown for a few seconds."""
        self._hub.publish(conversation, [events.typing(who)])

    async def state(self, conversation: str) -> Conversation | None:
        """The conversation's state; None for one that is not known. Raises LogUnavailable."""
        return await self._read(conversation)

    async def erase(self, conversation: str) -> None:
        """Forget the conversation everywhere. Raises LogUnavailable, or what an eraser raises."""
        for eraser in self._erasers:
            await eraser(conversation)
        try:
            await self._log.erase(conversation)
        except RecordsUnavailable as error:
            raise LogUnavailable from error
        self._hub.forget(conversation)

    # ---- inside

    def _read_message(
        self, conversation: str, message: Incoming, region: str | None
    ) -> tuple[list[NewEvent], Work | None]:
        """The events that the message makes, and the work. Raises Refused."""
        if not _KEY.fullmatch(message.key) or self._redact(message.key).found:
            raise KeyInvalid  # it is kept as it is, so it must hold nothing of a person
        content = {
            "key": message.key,
            "region": region,
            "language": _language(message.language),
            "correlation": correlation.get() or secrets.token_hex(8),
        }
        if message.button is not None:
            pressed = self._tokens.read_button(conversation, message.button)
            work = Work(MESSAGE, {**content, "text": pressed.title, "message": pressed.payload})
            return [events.user_message(pressed.title, message.key)], work
        if message.text is None:
            raise EmptyMessage
        safe = self._redact(clean(message.text))
        if safe.patient:
            return [events.user_message(self._failures.withheld, message.key), self._failures.patient(region)], None
        if len(safe.text) > LONGEST:  # what stands for a number can be longer than the number
            raise MessageTooLong(length=len(safe.text), limit=LONGEST)
        notices = [self._failures.redacted()] if safe.found else []
        work = Work(MESSAGE, {**content, "text": safe.text, "message": safe.text})
        return [events.user_message(safe.text, message.key), *notices], work

    def _take(self, received: Received) -> None:
        if not received.resent:
            self._publish(received.state.conversation, received.events)
        if received.waiting is not None:
            self._turns.add(received.waiting, received.state)

    def _publish(self, conversation: str, logged: Sequence[Event]) -> None:
        if logged:
            self._hub.publish(conversation, logged)
            self._deliveries.wake(conversation)

    async def _region(self, conversation: str) -> str | None:
        try:
            state = await self._log.read(conversation)
        except RecordsUnavailable:
            return None
        return None if state is None else state.region_in_question

    async def _read(self, conversation: str) -> Conversation | None:
        try:
            return await self._log.read(conversation)
        except RecordsUnavailable as error:
            raise LogUnavailable from error


def _language(language: object) -> str | None:
    return language if isinstance(language, str) and language in LANGUAGES else None
