"""Being called back: a ticket for the region's desk, with a time that the caller would like within the desk's hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from desks.contact_way import ContactKind, ContactWay, read_contact_way
from desks.model import Impact, Kind, NewTicket, Receipt, Urgency
from desks.service import DeskService
from gateway.channels.phone.texts import PhoneTexts
from gateway.errors import ContactInvalid, Refused
from gateway.hours import Openings
from gateway.texts import STOCKHOLM, Texts

SOON = "soon"
"""The value of the wish that names no time."""
STEP = timedelta(hours=2)
"""How long a time is that can be chosen."""
SHORTEST = timedelta(minutes=30)
"""What is left of a day and no longer than this goes with the time before it."""
MOST = 12
"""Times that are offered."""
KEY = "callback"
"""The ticket's key: one for each conversation, however often the button is pressed."""


@dataclass(frozen=True)
class Time:
    """A time that can be wished for."""

    value: str
    """For the request that chooses it."""
    text: str


class Callback:
    """Offers times and registers wishes."""

    def __init__(self, service: DeskService, openings: Openings, phone: PhoneTexts, texts: Texts) -> None:
        self._service = service
        self._openings = openings
        self._phone = phone
        self._texts = texts

    def times(self, region: str, now: datetime) -> list[Time]:
        """What can be chosen: as soon as possible, then stretches of the desk's coming hours."""
        spans = islice(_stretches(self._openings(region), now), MOST)
        return [
            Time(SOON, self._phone.page.soon),
            *(Time(start.isoformat(), self._told(start, end, now)) for start, end in spans),
        ]

    async def book(
        self, conversation: str, region: str, wanted: str, number: str, about: str, queue: str | None, now: datetime
    ) -> tuple[Receipt, str]:
        """Register the wish; `about` must be redacted. Returns the receipt and the time in words.

        Raises Refused for a time that is not offered, ContactInvalid, and desks' NotStored.
        """
        time = next((time for time in self.times(region, now) if time.value == wanted), None)
        if time is None:
            raise Refused
        contact = read_contact_way(number)
        if not isinstance(contact, ContactWay) or contact.kind is not ContactKind.phone:
            raise ContactInvalid
        words = self._phone.callback
        facts = {words.time: time.text} | ({words.queue: queue} if queue else {})
        new = NewTicket(
            conversation=conversation,
            key=KEY,
            region=region,
            kind=Kind.request,
            summary=words.summary,
            description=about or words.nothing_said,
            impact=Impact.one,
            urgency=Urgency.can_work,
            contact=contact,
            facts=facts,
        )
        return await self._service.submit(new), time.text

    def _told(self, start: datetime, end: datetime, now: datetime) -> str:
        local, today = start.astimezone(STOCKHOLM), now.astimezone(STOCKHOLM).date()
        words = self._phone.page
        if local.date() == today:
            day = words.today
        elif local.date() == today + timedelta(days=1):
            day = words.tomorrow
        else:
            day = words.day.format(
                weekday=self._texts.weekdays[local.weekday()], day=local.day, month=self._texts.months[local.month - 1]
            )
        return words.between.format(day=day, start=f"{local:%H:%M}", end=f"{end.astimezone(STOCKHOLM):%H:%M}")


def _stretches(openings: Sequence[tuple[datetime, datetime]], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The openings in stretches of `STEP` that have not begun; what is left at the end of a day goes with the last."""
    for opens, closes in openings:
        start = opens
        while start < closes:
            end = closes if closes - start <= STEP + SHORTEST else start + STEP
            if start > now:
                yield start, end
            start = end
