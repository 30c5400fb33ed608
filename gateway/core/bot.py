"""The bot as the conversations see it: a message in, the bubbles of its turn out."""

import logging
from dataclasses import dataclass
from typing import Any

from gateway.core.breaker import Breaker
from gateway.core.load import Load
from gateway.errors import RasaUnavailable
from gateway.rasa import Rasa
from gateway.replies import Message, join
from gateway.tokens import Tokens

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """What Rasa gets to know of a message."""

    conversation: str
    message: str
    """The user's words, or the payload of a button."""
    channel: str
    region: str | None
    language: str | None
    correlation: str

    @property
    def metadata(self) -> dict[str, str]:
        """As it goes with the message; only values of ours."""
        known = {"region": self.region, "language": self.language}
        given = {name: value for name, value in known.items() if value is not None}
        return {**given, "channel": self.channel, "correlation": self.correlation}


@dataclass(frozen=True)
class Answer:
    """The bot's turn."""

    messages: list[Message]
    region: str | None
    """The region that the turn was about."""
    handover: dict[str, Any] | None
    """What the bot says to the person who is to take over."""


class Bot:
    """Rasa behind a cap, a queue and a circuit breaker."""

    def __init__(self, rasa: Rasa, tokens: Tokens, load: Load, breaker: Breaker) -> None:
        self._rasa = rasa
        self._tokens = tokens
        self._load = load
        self.breaker = breaker

    async def ask(self, question: Question) -> Answer:
        """The answer. Raises RasaUnavailable when there is none, and TooBusy."""
        if not self.breaker.allows():
            raise RasaUnavailable("it has not answered lately")
        async with self._load.turn():
            try:
                items = await self._rasa.send(
                    question.conversation, question.message, question.metadata, question.correlation
                )
                answer = self._answer(question.conversation, items)
            except RasaUnavailable:
                self.breaker.failed()
                raise
        self.breaker.succeeded()
        return answer

    def _answer(self, conversation: str, items: list[dict[str, Any]]) -> Answer:
        def sign(title: str, payload: str) -> str:
            return self._tokens.sign_button(conversation, title, payload)

        messages = join(items, sign)
        if not messages:
            raise RasaUnavailable("a turn with nothing to show")
        region, handover = None, None
        for message in messages:
            custom = message.custom or {}
            region = custom.get("region") or region
            handover = custom.pop("handover", None) or handover
        return Answer(
            messages,
            region if isinstance(region, str) else None,
            handover if isinstance(handover, dict) else None,
        )
