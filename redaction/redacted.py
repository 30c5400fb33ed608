"""The text without what was found in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from redaction import cards, personnummer, reserve_numbers
from redaction.evidence import Scene, legible
from redaction.spans import Kind, Span
from redaction.words import replacement

_FEWEST_DIGITS = 4


@dataclass(frozen=True)
class Finding:
    """That something was found, never what."""

    kind: Kind


@dataclass(frozen=True)
class Redacted:
    """A text that may be written down."""

    text: str
    found: tuple[Finding, ...]
    """In the order of the text; empty if it was left as it was."""


def redact(text: str) -> Redacted:
    """Replace every personnummer, reserve number and payment card number; all else stays as it was written.

    Takes time in proportion to the text. If it raises, whatever the reason, the text must not be used.
    """
    found: tuple[Finding, ...] = ()
    # What stood around a removed number may show another one: look until there is nothing more to see.
    while spans := _spans(text):
        text = "".join(_replaced(text, spans))
        found += tuple(Finding(span.kind) for span in spans)
    return Redacted(text, found)


def _spans(text: str) -> list[Span]:
    seen = legible(text)
    if sum(map(str.isdigit, seen.text)) < _FEWEST_DIGITS:
        return []
    scene = Scene(text, seen)
    found = cards.find(scene)
    found += personnummer.find(scene, found)
    found += reserve_numbers.find(scene)
    return [Span(*scene.plain.origin(span.start, span.end), span.kind) for span in _disjoint(found)]


def _disjoint(spans: list[Span]) -> Iterator[Span]:
    end = -1
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if span.start >= end:
            yield span
            end = span.end
        elif span.end > end:
            yield Span(end, span.end, span.kind)
            end = span.end


def _replaced(text: str, spans: list[Span]) -> Iterator[str]:
    position = 0
    for span in spans:
        yield text[position : span.start]
        yield replacement(span.kind)
        position = span.end
    yield text[position:]
