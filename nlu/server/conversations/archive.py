"""What keeps conversations when no tracker of theirs is alive, and the one that keeps them in memory."""

import json
import zlib
from collections.abc import Sequence
from typing import Any, Protocol

from nlu.server.conversations.errors import WrittenElsewhere

EventRow = dict[str, Any]
"""An event as Rasa's `Event.as_dict` gives it, with what must not be written taken out."""


class Archive(Protocol):
    """Each conversation is a list of events that grows at its end.

    The methods of a lasting one wait for a disk or a network, and any of them may raise ArchiveUnavailable.
    """

    lasting: bool
    """Whether what it holds outlives the process: then its methods wait, and its events must be redacted."""

    def count(self, sender: str) -> int:
        """How many events the conversation has; 0 for one that is not there."""

    def read(self, sender: str) -> list[EventRow]:
        """Its events, oldest first."""

    def append(self, sender: str, after: int, events: Sequence[EventRow]) -> None:
        """Write events behind the first `after` ones. Raises WrittenElsewhere if there are others already."""

    def senders(self) -> list[str]:
        """Every conversation there is."""

    def erase(self, sender: str) -> None:
        """Leave nothing of a conversation."""

    def purge(self, before: float) -> int:
        """Erase conversations whose last event is older than this Unix time. Returns how many."""

    def close(self) -> None:
        """Let go of what is open."""


class MemoryArchive:
    """Conversations until the process ends, packed: a turn takes about one kilobyte."""

    lasting = False

    def __init__(self) -> None:
        self._parts: dict[str, list[bytes]] = {}
        self._counts: dict[str, int] = {}
        self._last: dict[str, float] = {}

    def count(self, sender: str) -> int:
        """See `Archive.count`."""
        return self._counts.get(sender, 0)

    def read(self, sender: str) -> list[EventRow]:
        """See `Archive.read`."""
        return [event for part in self._parts.get(sender, ()) for event in json.loads(zlib.decompress(part))]

    def append(self, sender: str, after: int, events: Sequence[EventRow]) -> None:
        """See `Archive.append`."""
        if self.count(sender) != after:
            raise WrittenElsewhere(f"{self.count(sender)} events where {after} were expected")
        self._parts.setdefault(sender, []).append(zlib.compress(json.dumps(events).encode(), level=1))
        self._counts[sender] = after + len(events)
        self._last[sender] = max(float(event["timestamp"]) for event in events)

    def senders(self) -> list[str]:
        """See `Archive.senders`."""
        return list(self._counts)

    def erase(self, sender: str) -> None:
        """See `Archive.erase`."""
        for kept in (self._parts, self._counts, self._last):
            kept.pop(sender, None)

    def purge(self, before: float) -> int:
        """See `Archive.purge`."""
        old = [sender for sender, last in self._last.items() if last < before]
        for sender in old:
            self.erase(sender)
        return len(old)

    def close(self) -> None:
        """See `Archive.close`."""
