"""One turn of a conversation: the user's message to Rasa, and the bot's messages back."""

import logging
from collections import OrderedDict

from gateway.errors import RasaSlow, RasaUnavailable, Refused
from gateway.failures import Failures
from gateway.rasa import Rasa
from gateway.replies import Message, join
from gateway.sessions import Session, Sessions
from gateway.user_text import clean

log = logging.getLogger(__name__)

REMEMBERED_CONVERSATIONS = 10_000


class KnownRegions:
    """Which region each of the latest conversations is about; lost at a restart, when all are offered again."""

    def __init__(self, codes: frozenset[str], size: int = REMEMBERED_CONVERSATIONS) -> None:
        self.codes = codes
        self._size = size
        self._regions: OrderedDict[str, str] = OrderedDict()

    def learn(self, sender: str, region: object) -> None:
        """Remember the region if it is one of ours."""
        if isinstance(region, str) and region in self.codes:
            self._regions[sender] = region
            self._regions.move_to_end(sender)
            if len(self._regions) > self._size:
                self._regions.popitem(last=False)

    def of(self, sender: str) -> str | None:
        """The region of the conversation, if known."""
        return self._regions.get(sender)


class Turns:
    """Answers every message: with Rasa's turn, or with a sentence and the contacts when there is none."""

    def __init__(self, rasa: Rasa, sessions: Sessions, failures: Failures) -> None:
        self._rasa = rasa
        self._sessions = sessions
        self._failures = failures
        self._regions = KnownRegions(frozenset(desk.region for desk in failures.contacts(None)))

    async def text(self, session: Session, text: str, region: object) -> list[Message]:
        """The answer to what the user typed. Raises Refused for a message that cannot be sent."""
        self._regions.learn(session.sender, region)
        try:
            cleaned = clean(text)
        except Refused as refusal:
            refusal.region = self._regions.of(session.sender)
            raise
        return await self._send(session, cleaned, region)

    async def button(self, session: Session, token: str, region: object) -> list[Message]:
        """The answer to a choice that the bot offered. Raises ButtonInvalid for a token of another conversation."""
        self._regions.learn(session.sender, region)
        try:
            payload = self._sessions.read_button(session, token)
        except Refused as refusal:
            refusal.region = self._regions.of(session.sender)
            raise
        return await self._send(session, payload, region)

    async def _send(self, session: Session, message: str, region: object) -> list[Message]:
        metadata = {"region": region} if isinstance(region, str) and region in self._regions.codes else {}
        try:
            items = await self._rasa.send(session.sender, message, metadata)
            messages = join(items, lambda payload: self._sessions.sign_button(session, payload))
            if not messages:
                raise RasaUnavailable("a turn with nothing to show")
        except RasaUnavailable as error:
            log.error("no turn from Rasa: %s", error)
            tell = self._failures.slow if isinstance(error, RasaSlow) else self._failures.broken
            return [tell(self._regions.of(session.sender))]
        for each in messages:
            self._regions.learn(session.sender, (each.custom or {}).get("region"))
        return messages
