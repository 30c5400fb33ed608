"""Follows a conversation from a given event on, with nothing lost and nothing doubled."""

from types import TracebackType
from typing import Self

from gateway.core.conversations import Conversations
from gateway.core.events import STATUS
from gateway.core.hub import Passing, Subscription
from records.event_log import Conversation, Event


class Reader:
    """One reader of one conversation. To be used with `with`, from before its beginning is looked up."""

    def __init__(self, conversations: Conversations, conversation: str) -> None:
        self._conversations = conversations
        self._conversation = conversation
        self._subscription: Subscription = conversations.subscribe(conversation)
        self._epoch = ""
        self._number = 0
        self.status = ""
        """Who answers, as far as has been read."""
        self.ended = False
        """Whether nothing more will come: the gateway stops, or the conversation was erased."""

    def __enter__(self) -> Self:
        self._subscription.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._subscription.__exit__(kind, error, trace)

    async def begin(self, state: Conversation, last_event: str) -> tuple[list[Event], bool]:
        """The events after the one of that id, "" for all. Raises LogUnavailable.

        True beside them if the id is not of this conversation, so that the client must begin anew.
        """
        self._epoch, self.status = state.epoch, state.status
        epoch, _, number = last_event.rpartition("-")
        fits = epoch == state.epoch and number.isascii() and number.isdigit() and len(number) < 10
        fits = fits and int(number) <= state.last
        self._number = int(number) if fits else 0
        return await self._read(), bool(last_event) and not fits

    async def next(self, seconds: float) -> list[Event | Passing]:
        """What has happened since; waits for it, and gives nothing if nothing happens. Raises LogUnavailable."""
        news = await self._subscription.next(seconds)
        self.ended = self.ended or self._subscription.closed
        found: list[Event | Passing] = []
        for each in news:
            if not isinstance(each, Event):
                found.append(each)
            elif each.epoch == self._epoch and each.number == self._number + 1:
                self._number = each.number
                found.append(each)
            elif each.epoch != self._epoch or each.number > self._number:
                self._subscription.missed = True
        if self._subscription.missed:
            self._subscription.missed = False
            found += await self._read()
        for each in found:
            if isinstance(each, Event) and each.kind == STATUS:
                self.status = each.content["status"]
        return found

    async def _read(self) -> list[Event]:
        """Everything that is new in the log."""
        found: list[Event] = []
        while page := await self._conversations.events(self._conversation, self._number):
            if page[0].epoch != self._epoch:
                break
            found += page
            self._number = page[-1].number
        if not found:
            state = await self._conversations.state(self._conversation)
            self.ended = self.ended or state is None or state.epoch != self._epoch
        return found
