"""The conversation by SMS: what is received, and what is sent."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from limits import parse

from gateway.channels.phone.errors import SmsFailed
from gateway.channels.phone.gsm import in_gsm
from gateway.channels.phone.numbers import MOBILE, Numbers, caller
from gateway.channels.phone.settings import PhoneSettings
from gateway.channels.phone.sms.provider import SENT, IncomingSms, SmsProvider
from gateway.channels.phone.texts import PhoneTexts
from gateway.channels.phone.wording import messages
from gateway.channels.telling import Told, tell
from gateway.core import events
from gateway.core.conversations import Conversations
from gateway.core.judging import judge
from gateway.core.messages import Incoming
from gateway.core.redacting import Redactor
from gateway.errors import DeliveryFailed, KeyReused, LogUnavailable, Refused, TooMany
from gateway.rates import Rates
from gateway.texts import Texts
from records.event_log import Conversation, Event
from records.feedback import Feedback
from records.overflow import Overflow

SMS = "sms"
"""The channel's name."""
MOST = parse("30/hour")
"""Messages of one number that are answered, so that two machines cannot keep each other busy."""
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_CHOICE = re.compile(r"\s*(\d{1,2})\s*[.)]?\s*")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SmsChannel:
    """See Channel; `hear` takes what comes in."""

    settings: PhoneSettings
    phone: PhoneTexts
    texts: Texts
    overflow: Overflow
    numbers: Numbers
    provider: SmsProvider
    conversations: Conversations
    feedback: Feedback
    redact: Redactor
    rates: Rates
    name: str = SMS

    async def deliver(self, conversation: Conversation, events: Sequence[Event]) -> None:
        """See Channel. What has gone is remembered by the event's id and the place of the message in it."""
        number = self.numbers.open(conversation.address)
        if number is None:
            raise DeliveryFailed("the number is sealed by a secret that is gone", final=True)
        if await self.overflow.stopped(self.numbers.digests(number)):
            return
        for done, event in enumerate(events):
            told = tell(event, self.texts)
            if told is None:
                continue
            try:
                await self._send(conversation.conversation, number, told)
            except SmsFailed as failure:
                log.warning("an SMS could not be sent: %s", failure)
                if failure.stopped:
                    await self.overflow.stop(self.numbers.digests(number), datetime.now(UTC))
                raise DeliveryFailed(str(failure), delivered=done, final=failure.final) from failure

    async def hear(self, sms: IncomingSms) -> None:
        """Take a message; the same again changes nothing. Raises LogUnavailable and RecordsUnavailable."""
        who = caller(sms.sender, self.settings.countries)
        if who.kind != MOBILE or who.number is None:
            log.info("an SMS from a number that is not answered")
            return
        digests = self.numbers.digests(who.number)
        conversation = await self.conversations.outside(SMS, who.number)
        word = " ".join(sms.text.casefold().split()).rstrip(".!")
        words = self.phone.words
        if word in words.stop:
            await self.overflow.stop(digests, datetime.now(UTC))
            await self._confirm(sms, who.number, self.phone.sms.stopped)
        elif word in words.start:
            await self.overflow.start(digests)
            await self._confirm(sms, who.number, self.phone.sms.started)
        elif await self.overflow.stopped(digests):
            log.info("an SMS from a number that has stopped them")
        elif word in words.erase:
            await self.conversations.erase(conversation)
            await self._confirm(sms, who.number, self.phone.sms.erased)
        else:
            await self._receive(sms, who.number, conversation, word)

    async def _receive(self, sms: IncomingSms, number: str, conversation: str, word: str) -> None:
        if await self.conversations.state(conversation) is None:
            call = await self.overflow.latest_of(self.numbers.digests(number))
            region = call.region if call else None
            await self.conversations.open(conversation, SMS, region=region, address=self.numbers.seal(number))
            await self.conversations.append(conversation, events.notice("hello", self.phone.sms.hello))
        try:
            await self.rates.count(SMS, conversation, MOST)
        except TooMany:
            log.warning("a number sends more SMS than are answered")
            return
        latest = await self._latest(conversation)
        try:
            if latest is not None and latest.judged and word in self.phone.words.helpful + self.phone.words.unhelpful:
                await self._judge(sms, conversation, latest, helpful=word in self.phone.words.helpful)
                return
            await self._say(sms, number, conversation, latest)
        except KeyReused:  # told again after the latest answer has become another
            return
        except LogUnavailable:
            raise
        except Refused as refusal:
            if await self._first(sms):
                said = self.conversations.explain(refusal)
                await self.conversations.append(conversation, events.bot_message(said))

    async def _say(self, sms: IncomingSms, number: str, conversation: str, latest: Told | None) -> None:
        chosen = _CHOICE.fullmatch(sms.text)
        buttons = latest.buttons if latest else ()
        place = int(chosen[1]) if chosen else 0
        key = self.numbers.digest(f"sms:{sms.id}")[:40].translate(_LETTERS)  # digits could be taken for a personnummer
        token = buttons[place - 1].token if 0 < place <= len(buttons) else None
        message = Incoming(key, None if token else sms.text, token)
        await self.conversations.receive(conversation, message, SMS, address=self.numbers.seal(number))

    async def _judge(self, sms: IncomingSms, conversation: str, told: Told, *, helpful: bool) -> None:
        if not await self._first(sms):
            return
        await judge(self.conversations, self.feedback, self.redact, conversation, told.id, helpful=helpful)
        await self.conversations.append(conversation, events.notice("thanks", self.texts.answers.thanks))

    async def _latest(self, conversation: str) -> Told | None:
        """The latest answer, with the choices that it offered."""
        said = await self.conversations.all_events(conversation)
        answers = (event for event in reversed(said) if event.kind == events.BOT_MESSAGE)
        return next((told for event in answers if (told := tell(event, self.texts))), None)

    async def _send(self, conversation: str, number: str, told: Told) -> None:
        gone = await self.overflow.parts_sent(conversation, told.id)
        for part, text in enumerate(messages(told, self.phone, self.texts), 1):
            if part not in gone:
                id_ = await self.provider.send(number, text)
                await self.overflow.sent(conversation, told.id, part, id_, SENT, datetime.now(UTC))

    async def _confirm(self, sms: IncomingSms, number: str, text: str) -> None:
        """Once, and outside of the conversation, which may be gone or stopped."""
        if not await self._first(sms):
            return
        try:
            await self.provider.send(number, in_gsm(text))
        except SmsFailed as failure:
            log.warning("an SMS could not be confirmed: %s", failure)

    async def _first(self, sms: IncomingSms) -> bool:
        return await self.overflow.saw(self.numbers.digest(f"sms:{sms.id}"), datetime.now(UTC))
