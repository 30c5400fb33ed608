"""Finding the knowledge base's own names in a message: regions, places, services, other regions, roles.

One source for names: the content. Matching is done on spaCy's tokens, without regard to case and diacritics,
over inflections ("SITHS-kortet"), compounds ("sithskortsbeställning") and, for long names, one wrong letter.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from nlu.understanding.normaliser import fold, within_one_edit

REGION = "region"
FOREIGN_REGION = "foreign_region"
SERVICE = "service"
ROLE = "role"

_ENDINGS = "s n en et t ns ens ets ar er or na arna erna an ans on a".split()  # noqa: SIM905 - one line says it
_INFLECTED = (SERVICE, ROLE)
_MIN_FUZZY = 7
_MIN_COMPOUND = 4
_REMEMBERED = 20_000
"""Words whose nearest name is kept: looking for it takes as long as all else in a message."""
_HYPHEN = re.compile(r"(?<=\w)[-/](?=\w)")
_DOUBLE = re.compile(r"\bregion(en)? regionen", re.IGNORECASE)


@dataclass(frozen=True)
class NameMatch:
    """A name, or a detail such as a time, found in a text."""

    kind: str
    value: str
    """Canonical: region code, name of the other region, id of a service or role; else as written, made even."""
    start: int
    """Offset of the first character."""
    end: int
    """Offset behind the last character."""
    confidence: float


def swedish() -> Language:
    """SpaCy's rules for Swedish tokens. No lemmas: nothing reads them, and their table takes 180 MB and 1.3 s."""
    return spacy.blank("sv")


class NameMatcher:
    """Matches the names of one index (see `knowledge.export.write_index`)."""

    def __init__(self, index: dict[str, Any], nlp: Language | None = None) -> None:
        self.nlp = nlp or swedish()
        self._matcher = PhraseMatcher(self.nlp.vocab, attr="NORM")
        self._single: dict[str, tuple[str, str]] = {}
        self._near = lru_cache(_REMEMBERED)(self._nearest)
        names: dict[tuple[str, str], list[str]] = {}
        for region in index["regions"]:
            proper = [*region["names"], *region["places"]]
            names[REGION, region["code"]] = [*proper, *(f"{name}s" for name in proper if " " in name)]
        for region in index["foreign_regions"]:
            names[FOREIGN_REGION, region["name"]] = [
                form for name in region["names"] for form in (name, f"region {name}")
            ]
        for service in index["services"]:
            names[SERVICE, service["id"]] = service["names"]
        for role in index["roles"]:
            names[ROLE, role["id"]] = role["names"]
        for (kind, value), forms in names.items():
            folded = sorted({spelt for form in forms for spelt in _spellings(form)})
            self._matcher.add(f"{kind}\0{value}", [self._doc(form) for form in folded if form])
            for form in folded:
                if " " not in form:
                    self._single.setdefault(form, (kind, value))

    def _doc(self, text: str) -> Doc:
        doc = self.nlp.make_doc(text)
        for token in doc:
            token.norm_ = fold(token.text)
        return doc

    def find(self, text: str) -> list[NameMatch]:
        """All names in the text, left to right; of overlapping ones the longest."""
        doc = self._doc(_HYPHEN.sub(" ", text))
        found = [
            self._match(label, doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text), 1.0)
            for label, start, end in ((self.nlp.vocab.strings[key], s, e) for key, s, e in self._matcher(doc))
        ]
        covered = [(match.start, match.end) for match in found]
        for token in doc:
            if not any(start <= token.idx < end for start, end in covered):
                near = self._near(token.norm_)
                if near is not None:
                    (kind, value), confidence = near
                    found.append(NameMatch(kind, value, token.idx, token.idx + len(token.text), confidence))
        return _longest(found)

    @staticmethod
    def _match(label: str, start: int, end: int, confidence: float) -> NameMatch:
        kind, value = label.split("\0")
        return NameMatch(kind, value, start, end, confidence)

    def _nearest(self, folded: str) -> tuple[tuple[str, str], float] | None:
        if len(folded) < _MIN_COMPOUND:
            return None
        for ending in _ENDINGS:
            known = self._single.get(folded[: -len(ending)]) if folded.endswith(ending) else None
            if known is not None and (known[0] in _INFLECTED or ending == "s"):
                return known, 0.95
        if len(folded) >= _MIN_FUZZY:
            for name, target in self._single.items():
                if name[0] == folded[0] and len(name) >= _MIN_FUZZY and within_one_edit(folded, name):
                    return target, 0.7
        for length in range(len(folded) - 2, _MIN_COMPOUND - 1, -1):
            known = self._single.get(folded[:length])
            if known is not None and known[0] == SERVICE and (length >= 5 or len(folded) - length >= 4):
                return known, 0.8
        return None


def _spellings(name: str) -> set[str]:
    """How a name is looked for: folded, without its remark in brackets, apart and joined where it has a hyphen."""
    plain = fold(re.sub(r"\s*\([^)]*\)", "", name))
    return {_HYPHEN.sub(" ", plain), _HYPHEN.sub("", plain)}


def without_regions(text: str, matches: Iterable[NameMatch]) -> str:
    """The text with each of our regions' names replaced by "regionen".

    Which region is meant is known by its name alone; left in place, the name makes all questions about one region
    look alike.
    """
    for match in sorted(matches, key=lambda m: -m.start):
        if match.kind == REGION:
            text = f"{text[: match.start]}regionen{text[match.end :]}"
    return _DOUBLE.sub("regionen", text)


def _longest(matches: list[NameMatch]) -> list[NameMatch]:
    chosen: list[NameMatch] = []
    for match in sorted(matches, key=lambda m: (m.start - m.end, -m.confidence, m.start)):
        same_place = [other for other in chosen if match.start < other.end and other.start < match.end]
        if all(other.start == match.start and other.end == match.end for other in same_place):
            chosen.append(match)
    return sorted(set(chosen), key=lambda m: (m.start, m.kind, m.value))
