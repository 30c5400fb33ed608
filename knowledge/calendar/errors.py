"""The errors of the calendar."""

from knowledge.errors import KnowledgeError


class CalendarError(KnowledgeError):
    """The calendar cannot compute what it was asked."""


class InvalidNow(CalendarError):
    """`HELPDESK_NOW` is set to something that is no point in time."""

    def __init__(self, value: str, reason: str) -> None:
        self.value = value
        super().__init__(f"HELPDESK_NOW={value!r}: {reason}; expected ISO 8601, for example 2026-06-19T07:30")


class NaiveTime(CalendarError):
    """A point in time without an offset was passed where one with an offset is needed."""

    def __init__(self) -> None:
        super().__init__("a point in time needs an offset (timezone-aware datetime)")


class BackwardsRange(CalendarError):
    """Opening hours that end before they begin; a night is written as 00:00-07:30 and 16:00-24:00."""

    def __init__(self, written: str) -> None:
        self.written = written
        super().__init__(f"the range {written} ends before it begins")
