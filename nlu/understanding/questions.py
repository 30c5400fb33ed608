"""The questions of a message that holds more than one, and the sentence that asks in a long one."""

import re
from functools import cache
from typing import NamedTuple

from nlu.understanding.normaliser import plain, words
from nlu.understanding.words import listed, phrases

_SENTENCE = re.compile(r"[^.?!\n;]+(?:\.(?=\w)[^.?!\n;]+)*[.?!\n;]*")
_LONGEST = 300
_FEWEST_WORDS = 2


class Part(NamedTuple):
    """A stretch of a message."""

    text: str
    start: int
    """Offset of its first character in the message."""
    end: int
    said: str = ""
    """It, and what is stated between the question before it and itself: "Vi ska flytta. Vart mejlar man det?"."""


def questions_in(text: str) -> list[Part]:
    """The stretches that ask something, in order; a statement is none."""
    found: list[Part] = []
    start = None
    for part in (part for sentence in _sentences(text) for part in _split(text, sentence)):
        start = part.start if start is None else start
        if _asks(part.text):
            said = text[start : part.end]
            found.append(part._replace(said=said if len(said) <= _LONGEST else part.text))
            start = None
    return found


def _sentences(text: str) -> list[Part]:
    return [_trimmed(text, match.start(), match.end()) for match in _SENTENCE.finditer(text) if match.group().strip()]


def _split(text: str, sentence: Part) -> list[Part]:
    """Cut a sentence where a joint ("och", a comma) is followed by the beginning of a question."""
    parts: list[Part] = []
    start = sentence.start
    for joint in _joint().finditer(sentence.text):
        cut, behind = sentence.start + joint.start(), sentence.text[joint.end() :]
        enough = min(len(words(text[start:cut])), len(words(behind))) >= _FEWEST_WORDS
        if enough and _opens(behind):
            parts.append(_trimmed(text, start, cut))
            start = sentence.start + joint.end()
    return [*parts, _trimmed(text, start, sentence.end)]


def _asks(part: str) -> bool:
    spoken = [word for word in words(part) if not word.isdigit()]  # "kl. 12.15?" is no question of its own
    if len(spoken) < _FEWEST_WORDS or len(part) > _LONGEST:
        return False
    return part.rstrip().endswith("?") or _opens(part) or bool(_wonders().search(plain(part)))


def _opens(part: str) -> bool:
    """Whether it begins as a question does, greetings and the like before it apart."""
    rest = words(phrases("question_phrases").sub(" ", plain(part)))
    while rest and rest[0] in listed("question_fillers"):
        del rest[0]
    if not rest:
        return False
    inverted = len(rest) > 1 and rest[1] in listed("question_subjects")
    if rest[0] in listed("question_words"):
        return not (inverted and rest[0] in listed("subordinating"))
    if rest[0] not in listed("question_verbs"):
        return False
    # "ingår toner?" asks, "ingår i priset?" carries a question on.
    return inverted or (part.rstrip().endswith("?") and len(rest) > 1 and rest[1] not in listed("question_no_subjects"))


def _trimmed(text: str, start: int, end: int) -> Part:
    while start < end and not (text[start].isalnum()):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Part(text[start:end], start, end)


@cache
def _wonders() -> "re.Pattern[str]":
    """ "undrar vart", "vill veta om": a question within a statement."""
    verbs = "|".join(map(re.escape, sorted(listed("question_wonders"), key=len, reverse=True)))
    asked = "|".join(map(re.escape, (*listed("question_words"), *listed("question_whether"))))
    return re.compile(rf"\b(?:{verbs})\s+(?:{asked})\b")


@cache
def _joint() -> "re.Pattern[str]":
    joints = "|".join(map(re.escape, sorted(listed("question_joints"), key=len, reverse=True)))
    return re.compile(rf"\s+(?:{joints})\s+|,\s+(?:(?:{joints})\s+)?", re.IGNORECASE)
