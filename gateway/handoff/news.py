"""Tells conversations what has come of their tickets."""

from desks.model import Announcement, Status
from gateway.core import events
from gateway.core.conversations import Conversations
from gateway.failures import Failures
from gateway.handoff.texts import HandoffTexts


class TicketNews:
    """News of tickets, for conversations whose receipts had no number."""

    def __init__(self, conversations: Conversations, failures: Failures, texts: HandoffTexts) -> None:
        self._conversations = conversations
        self._failures = failures
        self._texts = texts

    async def tell(self, news: Announcement) -> None:
        """A notice in the conversation; nothing in one that is gone. Raises LogUnavailable."""
        ticket = {
            "reference": news.reference,
            "number": news.number,
            "status": news.status.value,
            "desk": news.desk,
        }
        if news.status is Status.undelivered:
            text = self._texts.user.ticket_undelivered.format(reference=news.reference, ways=self._ways(news.region))
        else:
            text = self._texts.user.ticket_came.format(reference=news.reference, number=news.number)
        await self._conversations.append(news.conversation, events.notice("ticket", text, ticket=ticket))

    def _ways(self, region: str) -> str:
        """The desk that a user turns to instead."""
        desks = self._failures.contacts(region)
        return "; ".join(f"{desk.name}, {' / '.join(way.value for way in desk.ways)}" for desk in desks)
