"""Swedish or English: counted by common words that only one of them has; å, ä or ö tells Swedish."""

from collections.abc import Sequence

from nlu.understanding.normaliser import plain, words
from nlu.understanding.words import listed

SWEDISH = "sv"
ENGLISH = "en"


def language_of(text: str) -> str:
    """`sv` or `en`. A doubtful text is Swedish, since that is what most write and all are answered in."""
    found = words(plain(text).replace("'", ""))
    english, swedish = _known(found, ENGLISH), _known(found, SWEDISH)
    # A word in capitals may be the name of a system (NPÖ).
    swedish += sum(any(letter in word for letter in "åäöÅÄÖ") for word in words(text) if not word.isupper())
    return ENGLISH if english > swedish and english >= min(2, len(found)) else SWEDISH


def _known(found: Sequence[str], language: str) -> int:
    common = set(listed("language", language))
    return sum(word in common for word in found)
