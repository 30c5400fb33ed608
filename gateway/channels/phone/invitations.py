"""Invites those who wait in the telephone queue to the chat: by an SMS with a link, or by a code that is read out."""

import hashlib
import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from yarl import URL

from gateway.api.conversations import WEB
from gateway.channels.phone import numbers as kinds
from gateway.channels.phone.errors import SmsFailed
from gateway.channels.phone.gsm import in_gsm, septets
from gateway.channels.phone.numbers import Numbers, caller
from gateway.channels.phone.settings import PhoneSettings
from gateway.channels.phone.sms.provider import SENT, SmsProvider
from gateway.channels.phone.systems.system import Invited, Waiting
from gateway.channels.phone.texts import PhoneTexts
from gateway.core.continuing import Continuing
from gateway.core.conversations import Conversations
from gateway.errors import SettingsError
from gateway.tokens import Session, Tokens
from records.overflow import Call, Overflow

LINK, SPOKEN = "/s/", "/s"
"""The page that a link opens, and the one where a code is typed."""
LINK_BYTES = 9
"""72 bits, against guesses; twelve letters."""
LONGEST_INVITATION = 146
"""Septets: an SMS of one part with some to spare, for operators that add to it."""
BETWEEN_TEXTS = timedelta(minutes=10)
"""One number gets one invitation in this time."""
INVITATION = "invitation"
"""The key of its SMS."""
_REGION = 32
"""Characters of a region's code."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Invitations:
    """What happens when a telephone system says that somebody waits."""

    settings: PhoneSettings
    texts: PhoneTexts
    overflow: Overflow
    numbers: Numbers
    provider: SmsProvider
    conversations: Conversations
    tokens: Tokens
    continuing: Continuing

    async def take(self, waiting: Waiting) -> Invited:
        """Invite the caller, once for each call. Raises LogUnavailable and RecordsUnavailable."""
        now = datetime.now(UTC)
        if waiting.request and not await self.overflow.saw(self.numbers.digest(f"request:{waiting.request}"), now):
            return Invited("repeated")
        digest = self.numbers.digest(f"call:{waiting.call}")
        known = await self.overflow.by_call(digest)
        if known is not None:
            await self.overflow.moved(known.conversation, waiting.queue, waiting.position, waiting.wait, now)
            return await self._again(known)
        who = caller(waiting.number, self.settings.countries)
        code = secrets.token_urlsafe(LINK_BYTES)
        call = Call(
            conversation=self.tokens.start().conversation,
            call=digest,
            link=link_digest(code),
            link_until=now + self.settings.link_for,
            name=waiting.call,
            queue=waiting.queue,
            position=waiting.position,
            wait=waiting.wait,
            region=(waiting.region or "")[:_REGION] or None,
            called=waiting.called,
            number=None if who.number is None else self.numbers.seal(who.number),
            caller=None if who.number is None else self.numbers.digests(who.number)[0],
            told=now,
            claimed=None,
            kept=None,
            callback=None,
            created=now,
            expires=now + self.settings.keep_for,
        )
        if not await self.overflow.add(call):  # told twice at the same moment
            first = await self.overflow.by_call(digest)
            return Invited("known") if first is None else await self._again(first)
        await self.conversations.open(call.conversation, WEB, region=waiting.region)
        if who.kind != kinds.MOBILE or who.number is None:
            return await self._spoken(who.kind, call)
        return await self._text(who.number, call, code, now)

    async def _text(self, number: str, call: Call, code: str, now: datetime) -> Invited:
        digests = self.numbers.digests(number)
        may = await self.overflow.may_text(digests, now, BETWEEN_TEXTS)
        if may != "sent":
            return await self._spoken(may, call)
        text = invitation(self.texts, self.settings, code, call.queue, call.position)
        try:
            sent = await self.provider.send(number, text)
        except SmsFailed as failure:
            log.error("an invitation could not be sent: %s", failure)
            if failure.stopped:
                await self.overflow.stop(digests, now)
            elif not failure.unsure:
                await self.overflow.not_texted(digests)
            return await self._spoken("stopped" if failure.stopped else "failed", call)
        await self.overflow.sent(call.conversation, INVITATION, 1, sent, SENT, now)
        return Invited("sent", self.texts.say.sent)

    async def _again(self, call: Call) -> Invited:
        if await self.overflow.parts_sent(call.conversation, INVITATION):
            return Invited("known", self.texts.say.sent)
        if call.claimed is not None:
            return Invited("known")
        return await self._spoken("known", call)

    async def _spoken(self, result: str, call: Call) -> Invited:
        session = Session("", call.conversation, call.expires)
        code = await self.continuing.code(session, self.settings.link_for)
        address = f"{self.settings.public_url.host_port_subcomponent}{SPOKEN}"
        spoken = ", ".join(" ".join(group) for group in code.shown.split())  # one digit at a time
        return Invited(result, self.texts.say.code.format(address=address, code=spoken), address, code.shown)


def invitation(
    texts: PhoneTexts, settings: PhoneSettings, code: str, queue: str | None = None, position: int | None = None
) -> str:
    """The SMS: the fullest that is one part. Raises SettingsError when not even the shortest is."""
    link = str(settings.public_url.join(URL(f"{LINK}{code}")))
    given = {"link": link, "queue": queue, "position": position}
    for text in _invitations(texts.invitation, {name: str(each) for name, each in given.items() if each is not None}):
        whole = texts.stop_hint.format(text=text) if settings.sms.answered else text
        if septets(in_gsm(whole)) <= LONGEST_INVITATION:
            return in_gsm(whole)
    raise SettingsError("PHONE_PUBLIC_URL is too long for the link to fit in one SMS")


def check_invitation(texts: PhoneTexts, settings: PhoneSettings) -> None:
    """Raises SettingsError when no invitation would fit in one SMS."""
    invitation(texts, settings, "x" * len(secrets.token_urlsafe(LINK_BYTES)))


def link_digest(code: str) -> str:
    """Under which a link is kept: 72 bits of chance need no key."""
    return hashlib.sha256(code.encode()).hexdigest()


def _invitations(sentences: Sequence[str], given: dict[str, str]) -> Iterator[str]:
    for sentence in sentences:
        try:
            yield sentence.format(**given)
        except KeyError:  # the telephone system did not tell that
            continue
