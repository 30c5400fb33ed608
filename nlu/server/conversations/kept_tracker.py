"""A live tracker that knows how much of it is in the archive."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event

from nlu.server.live_tracker import LiveTracker


@dataclass
class Place:
    """How far a conversation is written. All copies of a tracker share it, so that none writes what another has."""

    written: int | None = None
    """How many events of all sessions the archive holds; None when it was not asked."""
    kept: int = 0
    """How many of the tracker's events are among them."""
    searched: int = 0
    """How many of the tracker's events have been looked at for a new session."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class KeptTracker(LiveTracker):
    """A tracker of `ConversationStore`."""

    place: Place
    domain: Domain
    """Whose slots it has."""

    @property
    def unwritten(self) -> list[Event]:
        """The events that the archive lacks."""
        return [self.events[index] for index in range(self.place.kept, len(self.events))]

    def copy(self) -> "KeptTracker":
        """See `LiveTracker.copy`."""
        twin: Any = super().copy()
        assert isinstance(twin, KeptTracker)
        return twin
