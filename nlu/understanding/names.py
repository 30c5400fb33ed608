"""Finding the knowledge base's own names in a message: regions, places, services, other regions.

One source for names: the content. Matching is done on spaCy's tokens, without regard to case and diacritics,
over inflections ("SITHS-kortet"), compounds ("sithskortsbeställning") and, for long names, one wrong letter.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Token

from nlu.understanding.normaliser import fold, within_one_edit

REGION = "region"
FOREIGN_REGION = "foreign_region"
SERVICE = "service"

_ENDINGS = "s n en et t ns ens ets ar er or na arna erna an ans on a".split()  # noqa: SIM905 - one line says it
_MIN_FUZZY = 7
_MIN_COMPOUND = 4
_DOUBLE = re.compile(r"\bregion(en)? regionen", re.IGNORECASE)
_VGR_ID = re.compile(r"\b[a-z]{5}\d{1,2}\b", re.IGNORECASE)


@dataclass(frozen=True)
class NameMatch:
    """A name found in a text."""

    kind: str
    value: str
    """Canonical: region code, name of the other region, service id."""
    start: int
    """Offset of the first character."""
    end: int
    """Offset behind the last character."""
    confidence: float


def swedish() -> Language:
    """SpaCy's blank Swedish pipeline with lookup lemmas; built here since no Swedish model is on PyPI."""
    nlp = spacy.blank("sv")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    return nlp


class NameMatcher:
    """Matches the names of one index (see `knowledge.export.write_index`)."""

    def __init__(self, index: dict[str, Any], nlp: Language | None = None) -> None:
        self.nlp = nlp or swedish()
        self._matcher = PhraseMatcher(self.nlp.vocab, attr="NORM")
        self._single: dict[str, tuple[str, str]] = {}
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
        for (kind, value), forms in names.items():
            folded = sorted({fold(re.sub(r"\s*\([^)]*\)", "", form)) for form in forms})
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
        doc = self._doc(re.sub(r"(?<=\w)[-/](?=\w)", " ", text))
        found = [
            self._match(label, doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text), 1.0)
            for label, start, end in ((self.nlp.vocab.strings[key], s, e) for key, s, e in self._matcher(doc))
        ]
        covered = [(match.start, match.end) for match in found]
        for token in doc:
            if not any(start <= token.idx < end for start, end in covered):
                near = self._near(token)
                if near is not None:
                    (kind, value), confidence = near
                    found.append(NameMatch(kind, value, token.idx, token.idx + len(token.text), confidence))
        return _longest(found)

    @staticmethod
    def _match(label: str, start: int, end: int, confidence: float) -> NameMatch:
        kind, value = label.split("\0")
        return NameMatch(kind, value, start, end, confidence)

    def _near(self, token: Token) -> tuple[tuple[str, str], float] | None:
        folded = token.norm_
        if len(folded) < _MIN_COMPOUND:
            return None
        for ending in _ENDINGS:
            known = self._single.get(folded[: -len(ending)]) if folded.endswith(ending) else None
            if known is not None and (known[0] == SERVICE or ending == "s"):
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


def without_regions(text: str, matches: Iterable[NameMatch]) -> str:
    """The text with each of our regions' names replaced by "regionen".

    Which region is meant is known by its name alone; left in place, the name makes all questions about one region
    look alike.
    """
    for match in sorted(matches, key=lambda m: -m.start):
        if match.kind == REGION:
            text = f"{text[: match.start]}regionen{text[match.end :]}"
    return _DOUBLE.sub("regionen", text)


def vgr_ids(text: str) -> Iterable[tuple[int, int]]:
    """Where vgr-ids (five letters, one or two digits) stand in a text."""
    return (match.span() for match in _VGR_ID.finditer(text))


def _longest(matches: list[NameMatch]) -> list[NameMatch]:
    chosen: list[NameMatch] = []
    for match in sorted(matches, key=lambda m: (m.start - m.end, -m.confidence, m.start)):
        same_place = [other for other in chosen if match.start < other.end and other.start < match.end]
        if all(other.start == match.start and other.end == match.end for other in same_place):
            chosen.append(match)
    return sorted(set(chosen), key=lambda m: (m.start, m.kind, m.value))
