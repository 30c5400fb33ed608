"""Brings events to conversations in Teams."""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from gateway.channels.teams.cards import Element, cards, summary
from gateway.channels.teams.connector import Address, Connector
from gateway.channels.teams.errors import Gone, NotTaken, Unavailable
from gateway.channels.telling import Told, pieces, tell
from gateway.errors import DeliveryFailed
from gateway.texts import Texts
from records.event_log import Conversation, Event

log = logging.getLogger(__name__)

REMEMBERED = 10_000
"""Events of which it is known how much has been sent, so that a repeated delivery repeats nothing."""
LONGEST_TEXT = 6000
"""Characters of a message without a card."""


class TeamsChannel:
    """See gateway.core.deliveries.Channel."""

    name = "teams"

    def __init__(self, connector: Connector, texts: Texts) -> None:
        self._connector = connector
        self._texts = texts
        self._sent: OrderedDict[str, int] = OrderedDict()

    async def deliver(self, conversation: Conversation, events: Sequence[Event]) -> None:
        """See Channel."""
        address = Address.read(conversation.address)
        if address is None:
            raise DeliveryFailed("no address", final=True)
        for delivered, event in enumerate(events):
            told = tell(event, self._texts)
            if told is None:
                continue
            try:
                await self.show(address, told)
            except Gone as error:
                log.warning("a conversation can no longer be written to: %s", error)
                raise DeliveryFailed(str(error), delivered=delivered, final=True) from error
            except Unavailable as error:
                log.warning("a message could not be delivered yet: %s", error)
                raise DeliveryFailed(str(error), delivered=delivered) from error

    async def show(self, address: Address, told: Told) -> None:
        """Send what has not been sent of it. Raises Gone and Unavailable."""
        shown = cards(told, self._texts)
        activities = [_activity(card, summary(told)) for card in shown]
        try:
            await self._send(address, told.id, activities)
        except NotTaken as error:
            log.error("a card was not taken, its text is sent: %s", error)
            await self._send_plainly(address, told)

    async def _send(self, address: Address, event: str, activities: Sequence[Element]) -> None:
        for number in range(self._sent.get(event, 0), len(activities)):
            await self._connector.send(address, activities[number])
            self._sent[event] = number + 1
            self._sent.move_to_end(event)
            while len(self._sent) > REMEMBERED:
                self._sent.popitem(last=False)

    async def _send_plainly(self, address: Address, told: Told) -> None:
        parts = [told.badge, told.text, *told.notices, *told.sources, *(button.title for button in told.buttons)]
        text = "\n\n".join(part for part in parts if part)
        activities = [_text(piece) for piece in pieces(text, LONGEST_TEXT, told.facts)]
        try:
            await self._send(address, f"{told.id} plain", activities)
        except NotTaken as error:
            log.error("a message was not taken and is left out: %s", error)


def _activity(card: Element, notified: str) -> dict[str, Any]:
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "locale": "sv-SE", "summary": notified, "attachments": [attachment]}


def _text(text: str) -> dict[str, Any]:
    return {"type": "message", "locale": "sv-SE", "textFormat": "plain", "text": text}
