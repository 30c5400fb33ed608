"""What a message says beside its question: that it is urgent, that its writer is fed up, what is not meant."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from nlu.understanding.names import SERVICE, NameMatch
from nlu.understanding.normaliser import fold, plain
from nlu.understanding.words import any_of, listed, phrases

_LOUD = re.compile(r"[!?]{3,}|(?:\b[A-ZÅÄÖ]{3,}\b\s+){4,}")


class Cues(NamedTuple):
    """Cues of one message."""

    urgent: bool
    """Somebody waits: who can be reached now goes first."""
    frustrated: bool
    """The writer is fed up with the help or the technique."""
    excluded: tuple[str, ...]
    """Services that are named only to say that they are not meant ("inte SITHS utan Telia")."""


def cues_of(text: str, names: Sequence[NameMatch]) -> Cues:
    """The cues of a text whose names were found already."""
    folded = fold(text)
    urgent = phrases("urgent").search(phrases("not_urgent").sub(" ", folded)) is not None
    frustrated = phrases("frustrated").search(folded) is not None or _LOUD.search(text) is not None
    return Cues(urgent, frustrated, _excluded(text, names))


def _excluded(text: str, names: Sequence[NameMatch]) -> tuple[str, ...]:
    services = [match for match in names if match.kind == SERVICE]
    negated = {match.value for match in services if _negates(plain(text[: match.start]))}
    meant = {match.value for match in services if not _negates(plain(text[: match.start]))}
    return tuple(sorted(negated - meant)) if meant else ()


def _negates(before: str) -> bool:
    """Whether the words just before a name say that it is not what is meant."""
    rest = fold(before)
    between = any_of(listed("excluding_between"))
    while True:
        last = rest.rsplit(" ", 1)[-1]
        if not between.fullmatch(last):
            break
        rest = rest[: len(rest) - len(last)].rstrip()
    return any(rest == word or rest.endswith(f" {word}") for word in map(fold, listed("excluding")))
