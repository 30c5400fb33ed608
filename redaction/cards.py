"""Numbers of payment cards: a known issuer's first digits, the right length and check digit (ISO/IEC 7812)."""

import re
from collections.abc import Iterator

from redaction.evidence import Scene, Window
from redaction.spans import Span

_ISSUERS = (
    (re.compile(r"4"), (16, 19)),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),  # Mastercard
    (re.compile(r"3[47]"), (15,)),  # American Express
    (re.compile(r"3(?:0[0-5]|[689])"), (14, 16)),  # Diners Club
    (re.compile(r"35(?:2[89]|[3-8])"), (16,)),  # JCB
    (re.compile(r"62|81"), (16, 17, 18, 19)),  # UnionPay
    (re.compile(r"6011|64[4-9]|65"), (16, 19)),  # Discover
    (re.compile(r"50|5[6-8]|6[37]"), (16, 18, 19)),  # Maestro
)
_SHAPES = {
    14: ((4, 10), (4, 8, 12)),
    15: ((4, 10), (4, 8, 12)),
    16: ((4, 8, 12), (8,), (4,), (12,)),
    17: ((4, 8, 12, 16),),
    18: ((4, 8, 12, 16), (4, 10), (6,)),
    19: ((4, 8, 12, 16), (6,)),
}
"""Where people put spaces and dashes; all digits apart, two and two, or none at all are also usual."""


def find(scene: Scene) -> list[Span]:
    """All card numbers; they do not overlap."""
    found: list[Span] = []
    next_group = 0
    for index, offset in enumerate(scene.offsets):
        if index < next_group or scene.digits[offset] not in "234568":
            continue
        window = next(_cards_from(scene, index), None)
        if window:
            found.append(Span(*scene.span(window), "card"))
            next_group = window.last + 1
    return found


def _cards_from(scene: Scene, index: int) -> Iterator[Window]:
    for issuer, lengths in _ISSUERS:
        if issuer.match(scene.digits, scene.offsets[index]):
            windows = (scene.window(index, length) for length in lengths)
            yield from (window for window in windows if window and _is_card(scene, window))


def _is_card(scene: Scene, window: Window) -> bool:
    length = len(window.digits)
    if not scene.is_checked(window, length) or not _usual_shape(scene.cuts(window), length):
        return False
    start, end = scene.span(window)
    return not scene.is_look_alike((start, end)) and not (scene.letters_before(start) and scene.letter_after(end))


def _usual_shape(cuts: tuple[int, ...], length: int) -> bool:
    regular = (tuple(range(1, length)), tuple(range(2, length, 2)))
    return not cuts or cuts in _SHAPES[length] or cuts in regular
