"""Near-duplicates are found whatever their case, diacritics, compounds and word order; others are let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.likeness import TOO_LIKE, Sentences, likeness, near_duplicates, triples

SAME = [
    ("Är NPÖ obligatorisk?", "ar npo obligatoriskt"),
    ("Hur beställer jag ett användarkonto?", "hur bestaller jag ett anvandar konto"),
    ("support kiv", "KIV - support!"),
]
OTHER = [
    ("vem får ändra i kiv", "vem kan ändra i kiv"),
    ("vad kostar hugin", "vad kostar munin"),
    ("glömt lösenordet", "glömt pinkoden"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_the_same_in_nearly_the_same_words(first: str, second: str) -> None:
    assert list(near_duplicates(["något annat", first, second])) == [(2, 1)]


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_another_question(first: str, second: str) -> None:
    assert list(near_duplicates([first, second])) == []


def test_the_nearest_is_named() -> None:
    texts = ["hur beställer jag nytt tjänstekort här", "hur beställer jag nytt tjänstekort", "glömt lösenordet"]
    assert Sentences(texts).like("Hur beställer jag nytt tjänstekort?") == 1


def test_what_has_no_words_is_like_nothing() -> None:
    assert Sentences(["hej", "?"]).like("!!") is None


@given(st.lists(st.text("aåbkö i", max_size=12), max_size=12), st.text("aåbkö i", max_size=12))
def test_looking_at_few_finds_what_looking_at_all_finds(texts: list[str], text: str) -> None:
    wanted = triples(text)
    all_near = [other for other in texts if triples(other) and likeness(wanted, triples(other)) >= TOO_LIKE]
    found = Sentences(texts).like(text)
    if found is None:
        assert not all_near
    else:
        best = max(likeness(wanted, triples(other)) for other in texts if triples(other))
        assert likeness(wanted, triples(texts[found])) == best >= TOO_LIKE
