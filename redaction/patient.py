"""Whether a text tells of a patient who can be identified; such a story does not belong in this chat.

Patientsäkerhetslagen 2010:659, chapter 6, § 12: what staff of private care providers learn of a patient is secret.
A patient whom nothing identifies, as in most questions of a helpdesk, is none of this module's business.
"""

import functools
import re

from redaction.births import written_dates
from redaction.plain import plain, plain_word
from redaction.redacted import redact
from redaction.words import alternatives, replacement, words

_NAME = "\ue000"
"""Stands for a whole name; private characters, which pass through `plain`."""
_HALF_NAME = "\ue001"
"""Stands for a first name alone."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_STREET = re.compile(r"\b[a-z]{2,}(?:gatan|vagen|grand|torget|allen|stigen|backen|gard|liden) \d{1,3}\b")
_NUMBER_REACH = 50
"""Characters before a personnummer in which a word tells whose it is."""
_BORN_REACH = 15


def tells_of_patient(text: str) -> bool:
    """Whether somebody who is identified is told to be a patient or to be sick.

    Identified: by a name, an address, a date of birth or a personnummer, also one that has been replaced already.
    """
    story = plain(_names_marked(redact(text).text)).text
    is_patient, is_sick = _any("patient").search(story), _any("clinical").search(story)
    if is_patient and is_sick and (_lives_somewhere(story) or _is_born(story) or _named().search(story)):
        return True
    if is_patient and _patient_with_name().search(story):
        return True
    if is_sick and _sick_with_name().search(story):
        return True
    return bool(is_patient or is_sick) and _patients_number(story)


def _patients_number(story: str) -> bool:
    """A personnummer that is not told to be the writer's or a colleague's."""
    for found in _number().finditer(story):
        before = story[max(0, found.start() - _NUMBER_REACH) : found.start()]
        if _any("patient").search(before) or not _any("staff").search(before):
            return True
    return False


def _lives_somewhere(story: str) -> bool:
    return _STREET.search(story) is not None


def _is_born(story: str) -> bool:
    births = [found.end() for found in _any("born").finditer(story)]
    return any(0 <= date.start - birth <= _BORN_REACH for date in written_dates(story) for birth in births)


def _names_marked(text: str) -> str:
    """The text with one character for each person's name."""
    parts: list[str] = []
    position = 0
    found = list(_WORD.finditer(text))
    for index, word in enumerate(found):
        if word.start() < position or not _is_first(word[0]):
            continue
        following = found[index + 1] if index + 1 < len(found) else None
        if following and text[word.end() : following.start()] == " " and _is_surname(word[0], following[0]):
            parts += [text[position : word.start()], _NAME]
            position = following.end()
        elif word[0][0].isupper() and _is_known(word[0], "first"):
            parts += [text[position : word.start()], _HALF_NAME]
            position = word.end()
    return "".join([*parts, text[position:]])


def _is_first(word: str) -> bool:
    return _is_known(word, "first") or _is_known(word, "titles") or (word[0].isupper() and word[1:].islower())


def _is_surname(first: str, word: str) -> bool:
    """Whether a word after a first name, or what could be one, is a surname."""
    capital = word[0].isupper() and word[1:].islower()
    known = _is_known(first, "first") or _is_known(first, "titles")
    if _is_known(word, "not surnames"):
        return False
    ends = plain_word(word).removesuffix("s").endswith(_endings()) or plain_word(word).endswith(_endings())
    if ends or _is_known(word.removesuffix("s"), "surnames"):
        return known or (capital and first[0].isupper())
    return known and capital and first[0].isupper()


def _is_known(word: str, section: str) -> bool:
    return plain_word(word) in words(section)


@functools.cache
def _endings() -> tuple[str, ...]:
    return tuple(words("surname endings"))


@functools.cache
def _any(section: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?=[a-z])(?:{alternatives(section)})(?![a-z])")


@functools.cache
def _number() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(plain_word(replacement(kind))) for kind in ("personnummer", "reserve_number")))


@functools.cache
def _named() -> re.Pattern[str]:
    """A name is given, wherever in the story."""
    return re.compile(rf"\b(?:{alternatives('name given')})\W{{1,3}}[{_NAME}{_HALF_NAME}]")


@functools.cache
def _patient_with_name() -> re.Pattern[str]:
    """Patienten Anna Svensson; Anna Svensson, som är patient hos oss."""
    patient = rf"(?<![a-z])(?:{alternatives('patient')})"
    before = rf"{patient}(?:\W{{1,3}}(?:{alternatives('patient to name')})){{0,4}}\W{{1,3}}{_NAME}"
    after = rf"{_NAME}(?:\W{{1,3}}(?:{alternatives('name to patient')})){{0,3}}\W{{1,3}}{patient}(?![a-z])"
    return re.compile(f"{before}|{after}")


@functools.cache
def _sick_with_name() -> re.Pattern[str]:
    """Anna Svensson, 45 år, har fått cancer; patienten Anna har cancer; cancer hos Anna Svensson."""
    sick = rf"(?:{alternatives('clinical')})(?![a-z])"
    other = rf"(?:\W{{1,3}}(?!(?:{alternatives('patient', 'staff')})\b)[a-z\d]+){{0,4}}?"
    has = rf"\W{{1,3}}(?:{alternatives('has')})(?:\W{{1,3}}(?:{alternatives('link')})){{0,4}}\W{{1,3}}{sick}"
    half = rf"(?<![a-z])(?:{alternatives('patient')})(?:\W{{1,3}}[a-z]+){{0,2}}\W{{1,3}}{_HALF_NAME}"
    return re.compile(rf"(?:{_NAME}|{half}){other}{has}|{sick}\W{{1,3}}(?:hos|pa|for|i) {_NAME}")
