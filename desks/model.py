"""A ticket as this house sees it, in ITIL's terms; each adapter translates it into its desk's own fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desks.contact_way import ContactWay

LONGEST_SUMMARY = 120
"""Characters: what fits a heading in every desk's list (ServiceNow takes 160, less our reference)."""
LONGEST_DESCRIPTION = 4000
"""Characters of what the user wrote."""


class Kind(StrEnum):
    """ITIL: something is broken, or something is wanted."""

    incident = "incident"
    request = "request"


class Impact(StrEnum):
    """How many are affected."""

    one = "one"
    several = "several"
    unit = "unit"


class Urgency(StrEnum):
    """How long it can wait."""

    can_work = "can_work"
    hindered = "hindered"
    patient_waits = "patient_waits"


class Status(StrEnum):
    """Where a ticket stands; each desk's own states are translated into these."""

    registered = "registered"
    """With us; the desk has not got it yet, so that there is no number."""
    new = "new"
    in_progress = "in_progress"
    waiting = "waiting"
    """The desk waits for somebody: the user, a supplier, a change."""
    resolved = "resolved"
    closed = "closed"
    undelivered = "undelivered"
    """Given up: the desk did not take it in all the time that we tried. The user has to be told to call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What a conversation wants registered. The texts are redacted already; longer ones are cut."""

    conversation: str
    key: str
    """Once per approved form: the same key in the same conversation gives the same ticket, however often."""
    region: str
    """The region's code, such as "VGR"."""
    kind: Kind
    summary: str
    """One line."""
    description: str
    impact: Impact
    urgency: Urgency
    contact: ContactWay | None
    """None: the user can only be reached in the chat."""
    unit: str = ""
    service: str = ""
    """The service's name as users know it."""
    since: str = ""
    """In the user's words."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """More that was collected, label -> value; both are shown to the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What an adapter gets to deliver."""

    reference: str
    """Ours, in the desk's ticket: by it an earlier attempt is found again."""
    kind: Kind
    title: str
    body: str
    impact: Impact
    urgency: Urgency
    priority: int
    """1 (most urgent) to 5."""
    contact: ContactWay | None
    service: str = ""
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class DeskTicket:
    """What a desk says of one of its tickets."""

    number: str
    status: Status
    changed: datetime | None = None
    """When the desk last changed it, where the desk tells."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the user is told after registering."""

    reference: str
    number: str | None
    """The desk's number; None: it comes when the desk has taken the ticket."""
    code: str
    """The ticket's secret code, such as "K7PM-2XQD": whoever has it may ask about the ticket from anywhere."""
    status: Status
    priority: int
    desk: str
    """The kind of desk, such as "servicenow"."""

    def custom(self) -> dict[str, str | None]:
        """The reply contract's `ticket`."""
        return {"reference": self.reference, "number": self.number, "status": self.status.value, "desk": self.desk}


@dataclass(frozen=True, slots=True)
class TicketState:
    """The answer to "how is my ticket doing?"."""

    reference: str
    number: str | None
    status: Status
    desk: str
    region: str
    live: bool
    """True: the desk said so just now. False: it does not answer, and this is what it said last, at `at`."""
    at: datetime

    def custom(self) -> dict[str, str | None]:
        """The reply contract's `ticket`."""
        return {"reference": self.reference, "number": self.number, "status": self.status.value, "desk": self.desk}


@dataclass(frozen=True, slots=True)
class Announcement:
    """News for a conversation whose receipt had no number: the number, or that the ticket could not be delivered."""

    conversation: str
    reference: str
    number: str | None
    status: Status
    region: str
    desk: str
