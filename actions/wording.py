"""What a short message asks for, by its words: `wording.yml` holds them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from knowledge.calendar.spelling import fold
from knowledge.schema import Aspect, FactKind

_FILE = Path(__file__).parent / "wording.yml"
_WORD = re.compile(r"\w+(?:[-']\w+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_CODE = re.compile(r"\w+\s*\{.*\}|<\w+.*>", re.DOTALL)
_NOT_FAR = 3
"""Words after "vill inte" among which the first thing named is the unwanted one."""

_STEM = 5
"""Letters: enough of a Swedish word to tell it from others whatever its ending."""

Span = tuple[int, int]
"""First character, and the one behind the last."""


@dataclass(frozen=True)
class Wording:
    """What the words of one message say, apart from the names in it."""

    kinds: tuple[FactKind, ...] = ()
    """Kinds of facts that are asked for: "telefonnumret?"."""
    aspects: tuple[Aspect, ...] = ()
    """Sides of a service that are asked about, the likeliest first: "vad kostar det?"."""
    unwanted: frozenset[Aspect] = frozenset()
    """Sides that are said not to be meant: "jag vill inte beställa"."""
    points: bool = False
    """Whether a word points at what was said before."""
    goes_on: bool = False
    """Whether it begins as a continuation: "och ...", "tack, och ...", "nej, ..."."""
    rest: int = 0
    """Number of words that say something else."""

    @property
    def bare(self) -> bool:
        """Whether nothing is said beside names, times and what is asked for."""
        return self.rest == 0

    @property
    def asks(self) -> bool:
        """Whether a kind of fact or a side of a service is asked for."""
        return bool(self.kinds or self.aspects)


def read(text: str, known: Iterable[Span] = ()) -> Wording:
    """What a message asks for. `known`: where names and times stand, which something else has read."""
    rules = _rules()
    words = _words(text)
    told = {
        place for first, last in known for place, word in enumerate(words) if first < word.end and word.start < last
    }
    kinds, asked = rules.kinds.found_in(words), rules.asks.found_in(words)
    refused = _refused(words, asked)
    wanted = [(aspects, hit) for aspects, hit in asked if hit not in refused]
    told |= {place for _, hit in (*kinds, *asked) for place in hit}
    told |= {place for hit in rules.not_wanted.hits(words) for place in hit}
    return Wording(
        kinds=tuple(dict.fromkeys(kind for kind, _ in kinds)),
        aspects=tuple(dict.fromkeys(aspect for aspects, _ in wanted for aspect in aspects)),
        unwanted=frozenset(aspects[0] for aspects, hit in asked if hit in refused),
        points=any(word.folded in rules.pointing for word in words),
        goes_on=bool(words) and words[0].folded in rules.going_on,
        rest=sum(place not in told and word.folded not in rules.small for place, word in enumerate(words)),
    )


def chosen(text: str, titles: Sequence[str]) -> int | None:
    """Which of the buttons a message names, by its title or by "den andra"; None when it names none of them."""
    said = [word.folded for word in _words(text)]
    for place, title in enumerate(titles):
        if said and said == [word.folded for word in _words(title)]:
            return place
    rules = _rules()
    words = [_Word(each, 0, 0) for each in said if each not in rules.small]
    for place, phrases in enumerate(rules.ordinals):
        if place < len(titles) and any(len(hit) == len(words) for hit in phrases.hits(words)):
            return place
    return None


def refuses(text: str) -> bool:
    """Whether it says what is not wanted: "jag vill inte beställa"."""
    return bool(read(text).unwanted)


def questions(text: str) -> bool:
    """Whether it begins as questions do."""
    return next((word.folded in _rules().questioning for word in _words(text)), False)


def asks_what_it_is(text: str, known: Iterable[Span]) -> bool:
    """Whether it asks what something is and says nothing else: "vad är NPÖ?". `known`: where the names stand."""
    if all(hit.start for hit in _rules().defining.hits(_words(text))):
        return False
    wording = read(text, known)
    return wording.rest == 0 and not wording.kinds


def wants_next(text: str) -> bool:
    """Whether it asks for the next step and says nothing else."""
    rules = _rules()
    words = _words(text)
    said = {place for hit in rules.onward.hits(words) for place in hit}
    return bool(said) and all(place in said or word.folded in rules.small for place, word in enumerate(words))


def in_a_hurry(text: str) -> bool:
    """Whether it asks if there is time: "hinner jag ...?"."""
    return bool(_rules().in_time.hits(_words(text)))


def shares_words(text: str, title: str) -> bool:
    """Whether two texts have a word in common that says something, whatever its ending."""
    small = _rules().small
    one, other = ({word.folded[:_STEM] for word in _words(each) if word.folded not in small} for each in (text, title))
    return bool(one & other)


def is_code(text: str) -> bool:
    """Whether it is a program's language and no sentence: a command with its braces, a tag."""
    return _CODE.fullmatch(text.strip()) is not None


def says(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in a text; a star at the end of a word stands for any ending."""
    return bool(_phrases(phrases).hits(_words(text)))


def says_nothing_new(text: str, told: Iterable[str]) -> bool:
    """Whether every sentence of a text stands in what has been told."""
    known = "\n".join(told)
    return all(sentence in known for sentence in _SENTENCE_END.split(text) if sentence.strip())


def small_words() -> frozenset[str]:
    """Words that say nothing of what a message is about."""
    return _rules().small


def words_of(text: str) -> list[str]:
    """The words of a text, in small letters and without diacritics."""
    return [word.folded for word in _words(text)]


class _Word(NamedTuple):
    folded: str
    start: int
    end: int


_Phrase = tuple[str, ...]
"""Folded words in a row; a star at the end of one stands for any ending."""


class _Phrases[Meaning]:
    """Phrases and what each stands for, looked up by their first words: a message is compared with few of hundreds."""

    def __init__(self, phrases: Iterable[tuple[Meaning, _Phrase]]) -> None:
        self._by_first: dict[str, list[tuple[int, Meaning, _Phrase]]] = {}
        for number, (meaning, phrase) in enumerate(phrases):
            self._by_first.setdefault(phrase[0], []).append((number, meaning, phrase))
        self._stems = sorted({len(first) - 1 for first in self._by_first if first.endswith("*")})
        """Lengths of the first words that a star ends."""

    def found_in(self, words: Sequence[_Word]) -> list[tuple[Meaning, range]]:
        """Where phrases stand, as indices of words, in the order of the phrases."""
        found: list[tuple[int, int, Meaning, range]] = []
        for place, word in enumerate(words):
            for first in (word.folded, *(f"{word.folded[:stem]}*" for stem in self._stems if stem <= len(word.folded))):
                for number, meaning, phrase in self._by_first.get(first, ()):
                    if _goes_on(phrase, words, place):
                        found.append((number, place, meaning, range(place, place + len(phrase))))
        found.sort(key=lambda each: each[:2])
        return [(meaning, hit) for _, _, meaning, hit in found]

    def hits(self, words: Sequence[_Word]) -> list[range]:
        """Where they stand alone."""
        return [hit for _, hit in self.found_in(words)]


class _Rules(NamedTuple):
    small: frozenset[str]
    pointing: frozenset[str]
    going_on: frozenset[str]
    questioning: frozenset[str]
    defining: _Phrases[None]
    kinds: _Phrases[FactKind]
    asks: _Phrases[tuple[Aspect, ...]]
    not_wanted: _Phrases[None]
    in_time: _Phrases[None]
    onward: _Phrases[None]
    ordinals: tuple[_Phrases[None], ...]


@cache
def _rules() -> _Rules:
    written = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    filler, pointing = (frozenset(fold(written[name]).split()) for name in ("filler", "pointing"))
    return _Rules(
        small=filler | pointing,
        pointing=pointing,
        going_on=frozenset(fold(written["going_on"]).split()),
        questioning=frozenset(fold(written["questioning"]).split()),
        defining=_phrases(written["defining"]),
        kinds=_Phrases((FactKind(kind), _phrase(words)) for kind, said in written["kinds"].items() for words in said),
        asks=_Phrases(
            (tuple(map(Aspect, entry["aspects"])), _phrase(said))
            for entry in written["asks"]
            for said in entry["words"]
        ),
        not_wanted=_phrases(written["not_wanted"]),
        in_time=_phrases(written["in_time"]),
        onward=_phrases(written["onward"]),
        ordinals=tuple(map(_phrases, written["ordinals"])),
    )


def _phrases(written: Iterable[str]) -> _Phrases[None]:
    return _Phrases((None, _phrase(words)) for words in written)


def _phrase(written: str) -> _Phrase:
    return tuple(fold(written).split())


def _words(text: str) -> list[_Word]:
    return [_Word(fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def _goes_on(phrase: _Phrase, words: Sequence[_Word], first: int) -> bool:
    """Whether a phrase whose first word fits stands there whole."""
    if first + len(phrase) > len(words):
        return False
    return all(_fits(words[first + place].folded, phrase[place]) for place in range(1, len(phrase)))


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _refused(words: Sequence[_Word], asked: Sequence[tuple[tuple[Aspect, ...], range]]) -> set[range]:
    """What follows a refusal: of the sides named close behind it, the first."""
    refused = set()
    for refusal in _rules().not_wanted.hits(words):
        near = [hit for _, hit in asked if refusal.stop <= hit.start < refusal.stop + _NOT_FAR]
        refused |= {min(near, key=lambda hit: hit.start)} if near else set()
    return refused
