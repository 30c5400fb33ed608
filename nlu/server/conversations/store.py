"""The tracker store: live trackers in memory, every event in the archive once.

Stock reads all events of a conversation at each turn and replays them, and when its database is down it answers and
forgets, silently. Here a conversation's tracker is kept from turn to turn; one small question to the archive tells
whether another process has written since. What cannot be written stays in memory and is written later; the log says
that it is so, and in the end whether anything was lost.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, deserialise_events

from nlu.server import event_types
from nlu.server.conversations import settings
from nlu.server.conversations.archive import Archive, EventRow
from nlu.server.conversations.errors import ArchiveUnavailable, WrittenElsewhere
from nlu.server.conversations.kept_tracker import KeptTracker, Place
from nlu.server.conversations.redacted_event import redacted, sender_key
from nlu.server.errors import SettingsError

logger = logging.getLogger(__name__)

ALIVE = 500
"""Conversations whose tracker is kept ready; others are read again from the archive."""
RETRY_SECONDS = 5.0
"""Between two attempts to write what could not be written."""
MEMORY_HOURS = 12.0
"""How long a conversation that is kept in memory alone can be continued after its last message."""
_PURGE_SECONDS = 600.0

Result = TypeVar("Result")


class ConversationStore(TrackerStore):
    """A `TrackerStore` for `endpoints.yml`; TRACKER_DB_URL says where its archive is (docs/settings.md).

    As all of Rasa's stores it relies on the lock store: one turn of a conversation at a time.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        archive: Archive | None = None,
        **kwargs: Any,
    ) -> None:
        """Opens nothing yet. Raises SettingsError."""
        if event_broker is not None:
            raise SettingsError("endpoints.yml names an event_broker, which would be sent texts that are not redacted")
        event_types.apply()
        self._archive = archive or settings.archive()
        self._alive: OrderedDict[str, KeptTracker] = OrderedDict()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="archive")
        self._retrying: asyncio.Task[None] | None = None
        self._next_purge = 0.0
        self.states_needed: int | None = None
        """See `LiveTracker.states_needed`."""
        super().__init__(domain, event_broker, **kwargs)

    @property
    def down(self) -> bool:
        """Whether the archive is known to be out of reach; it is tried again every few seconds."""
        return self._retrying is not None

    def init_tracker(self, sender_id: str) -> KeptTracker:
        """See `TrackerStore.init_tracker`."""
        return self._tracker(sender_id, [], Place(written=None if self.down else 0))

    async def retrieve(self, sender_id: str) -> KeptTracker | None:
        """The tracker of the last session, for one turn to change; None for a conversation that is not there."""
        tracker = self._alive.get(sender_id)
        if tracker is None:
            tracker = await self._read(sender_id)
        else:
            async with tracker.place.lock:
                tracker = await self._up_to_date(tracker)
        return None if tracker is None else tracker.copy()

    async def retrieve_full_tracker(self, conversation_id: str) -> KeptTracker | None:
        """The tracker of all sessions, as far as they are written."""
        rows = await self._in_archive(lambda: self._archive.read(sender_key(conversation_id)))
        return self._tracker(conversation_id, deserialise_events(rows), Place()) if rows else None

    async def save(self, tracker: Any) -> None:
        """Keep the turn and write its events; if that fails, it is tried again until it is done."""
        if not isinstance(tracker, KeptTracker):  # Rasa's own agent makes new conversations without asking us
            new = self.init_tracker(tracker.sender_id)
            tracker = self._tracker(tracker.sender_id, list(tracker.events), new.place)
        self._alive[tracker.sender_id] = tracker
        self._alive.move_to_end(tracker.sender_id)
        async with tracker.place.lock:
            await self._write(tracker)
        self._forget()

    async def keys(self) -> Iterable[str]:
        """Every conversation, under the name that it is written by."""
        return await self._in_archive(self._archive.senders)

    async def erase(self, sender_id: str) -> None:
        """Leave nothing of a conversation. Raises ArchiveUnavailable: then nothing is erased yet."""
        await self._in_archive(lambda: self._archive.erase(sender_key(sender_id)))
        self._alive.pop(sender_id, None)

    async def close(self) -> None:
        """Write what is still to be written, as far as it can be, and say what could not."""
        self._stop_retrying()
        await self._write_all()
        self._stop_retrying()
        if lost := sum(bool(tracker.unwritten) for tracker in self._alive.values()):
            logger.error("the last turns of %d conversations are lost: they could not be written", lost)
        self._threads.shutdown(wait=False)
        self._archive.close()

    async def _up_to_date(self, tracker: KeptTracker) -> KeptTracker | None:
        """The tracker, or the one that the archive holds if another process has written or erased. Needs the lock."""
        place, sender = tracker.place, tracker.sender_id
        if self.down:
            return tracker
        try:
            count = await self._in_archive(lambda: self._archive.count(sender_key(sender)))
            if place.written != count:
                erased = place.written is not None and count < place.written
                if not erased and tracker.unwritten:
                    await self._append(tracker)
                return await self._read(sender)
        except ArchiveUnavailable as error:
            self._lose_sight(error)
            return tracker
        if tracker.domain is not self.domain:  # the model has been changed
            tracker = self._tracker(sender, list(tracker.events), place)
        return self._last_session(tracker)

    async def _read(self, sender: str) -> KeptTracker | None:
        self._alive.pop(sender, None)
        if self.down:
            return None
        try:
            rows = await self._in_archive(lambda: self._archive.read(sender_key(sender)))
        except ArchiveUnavailable as error:
            self._lose_sight(error)
            return None
        if not rows:
            return None
        events = deserialise_events(rows)
        place = Place(written=len(rows), kept=len(events))
        tracker = self._last_session(self._tracker(sender, events, place))
        self._alive[sender] = tracker
        return tracker

    def _tracker(self, sender: str, events: list[Event], place: Place) -> KeptTracker:
        tracker = KeptTracker(sender, self.domain.slots, max_event_history=self.max_event_history)
        tracker.states_needed = self.states_needed
        tracker.place, tracker.domain = place, self.domain
        for event in events:
            tracker.update(event)
        return tracker

    def _last_session(self, tracker: KeptTracker) -> KeptTracker:
        """As `InMemoryTrackerStore.retrieve`: a new session begins with nothing of those before it."""
        place, events = tracker.place, tracker.events
        starts = (index for index in range(len(events) - 1, place.searched - 1, -1) if _starts_session(events[index]))
        start = next(starts, 0)
        if start > place.kept:  # what comes before is still to be written
            return tracker
        place.searched = len(events)
        if start == 0:
            return tracker
        place.kept -= start
        place.searched -= start
        fresh = self._tracker(tracker.sender_id, [events[index] for index in range(start, len(events))], place)
        self._alive[tracker.sender_id] = fresh
        return fresh

    async def _write(self, tracker: KeptTracker) -> None:
        """Write what the archive lacks, now or later. Needs the lock."""
        if self.down or not tracker.unwritten:
            return
        try:
            await self._append(tracker)
        except ArchiveUnavailable as error:
            self._lose_sight(error)

    async def _append(self, tracker: KeptTracker) -> None:
        """Write behind what is there. Raises ArchiveUnavailable."""
        place, rows = tracker.place, [event.as_dict() for event in tracker.unwritten]
        written = await self._in_archive(lambda: _append(self._archive, tracker.sender_id, place.written, rows))
        if written != (place.written or 0) + len(rows):
            logger.warning("a conversation was written to by another process meanwhile; nothing of either is lost")
            self._alive.pop(tracker.sender_id, None)  # read it whole at the next turn
        place.written = written
        place.kept += len(rows)

    def _forget(self) -> None:
        """Keep memory within bounds; what is not written is kept."""
        too_many = len(self._alive) - ALIVE
        if too_many > 0:
            written = (sender for sender, tracker in self._alive.items() if not tracker.unwritten)
            for sender in list(islice(written, too_many)):
                del self._alive[sender]
        if not self._archive.lasting and time.monotonic() > self._next_purge:
            self._next_purge = time.monotonic() + _PURGE_SECONDS
            self._archive.purge(time.time() - MEMORY_HOURS * 3600)

    def _lose_sight(self, error: ArchiveUnavailable) -> None:
        logger.error("the archive of conversations is out of reach, turns are kept in memory meanwhile: %s", error)
        if self._retrying is None:
            self._retrying = asyncio.get_running_loop().create_task(self._retry())

    async def _retry(self) -> None:
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            try:
                await self._in_archive(lambda: self._archive.count(""))
            except ArchiveUnavailable:
                continue
            self._retrying = None
            logger.warning("the archive of conversations is back; %d had turns to be written", await self._write_all())
            return

    def _stop_retrying(self) -> None:
        if self._retrying is not None:
            self._retrying.cancel()
            self._retrying = None

    async def _write_all(self) -> int:
        """How many conversations had something to write."""
        behind = [tracker for tracker in self._alive.values() if tracker.unwritten]
        for tracker in behind:
            async with tracker.place.lock:
                await self._write(self._alive.get(tracker.sender_id, tracker))
        return len(behind)

    async def _in_archive(self, work: Callable[[], Result]) -> Result:
        if not self._archive.lasting:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _append(archive: Archive, sender: str, after: int | None, events: list[EventRow]) -> int:
    """Write events behind what is there, expected to be so many. Returns how many there are then."""
    key = sender_key(sender)
    rows = [redacted(event) for event in events] if archive.lasting else events
    if after is None:
        after = archive.count(key)
    while True:
        try:
            archive.append(key, after, rows)
        except WrittenElsewhere:
            after = archive.count(key)
        else:
            return after + len(rows)


def _starts_session(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME
