"""Desks of the documents, for the tests of opening hours."""

from datetime import date, datetime

from knowledge.calendar.clock import STOCKHOLM
from knowledge.calendar.opening import OpeningStatus, status
from knowledge.schema import Closure, Hours, OnCall

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
EVERY_DAY = [*WEEKDAYS, "sat", "sun"]

VGR = Hours.model_validate({"days": WEEKDAYS, "times": ["07:30-16:00"], "holidays": "closed", "eves": "unclear"})
VGR_ON_CALL = OnCall.model_validate(
    {"weekdays": ["00:00-07:30", "16:00-24:00"], "weekend": ["00:00-24:00"], "holidays": "unclear", "how": "Ring."}
)
IT_INKOP = Hours.model_validate(
    {"days": WEEKDAYS, "times": ["08:00-12:00", "13:00-15:00"], "holidays": "unclear", "eves": "unclear"}
)
PORTAL = Hours.model_validate({"days": EVERY_DAY, "times": ["00:00-24:00"], "holidays": "open", "eves": "open"})


def moment(written: str) -> datetime:
    """A local time."""
    return datetime.fromisoformat(written).replace(tzinfo=STOCKHOLM)


def vgr(written: str, *closures: Closure) -> OpeningStatus:
    """VGR's IT support, with on-call, at a local time."""
    return status(VGR, VGR_ON_CALL, closures, moment(written))


def closure(first: str, last: str, *times: str) -> Closure:
    """A temporary closure."""
    return Closure(first=date.fromisoformat(first), last=date.fromisoformat(last), times=list(times), reason="Flytt")
