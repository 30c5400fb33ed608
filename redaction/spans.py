"""Where something stands in a text."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Kind = Literal["personnummer", "reserve_number", "card"]


class Span(NamedTuple):
    """From start up to, not including, end."""

    start: int
    end: int
    kind: Kind


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether they share a character."""
    return one[0] < other[1] and other[0] < one[1]


class Used:
    """Which characters of a text belong to a finding already."""

    def __init__(self, length: int, spans: Iterable[Span]) -> None:
        self._marks = bytearray(length)
        self.add(spans)

    def add(self, spans: Iterable[Span]) -> None:
        """Mark these too."""
        for span in spans:
            self._marks[span.start : span.end] = b"\1" * (span.end - span.start)

    def touches(self, start: int, end: int) -> bool:
        """Whether any character from start up to end is marked."""
        return 1 in self._marks[start:end]
