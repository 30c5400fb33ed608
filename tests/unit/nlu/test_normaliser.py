"""Spelling made even, for features only."""

import itertools
import random

import pytest

from nlu.understanding.normaliser import MAX_CHARACTERS, Normaliser, clip, fold, plain, within_one_edit, words


@pytest.fixture
def normaliser() -> Normaliser:
    return Normaliser.learn(
        ["Hur beställer jag lösenord?", "lösenord till Användartjänst", "kort, öppet, stänger", "beställning av kort"]
    )


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("losenord", "lösenord"),
        ("LÖSENORD", "lösenord"),
        ("anvandartjanst", "användartjänst"),
        ("oppet", "öppet"),
        ("stanger", "stänger"),
        ("lo\u0308senord", "lösenord"),
    ],
)
def test_missing_diacritics_and_case_come_back(normaliser: Normaliser, written: str, known: str) -> None:
    assert normaliser(written) == known


@pytest.mark.parametrize("written", ["lösennord", "lösenrod", "lösenor", "lösonord", "losennord"])
def test_one_slip_in_a_long_word_is_mended(normaliser: Normaliser, written: str) -> None:
    assert normaliser(written) == "lösenord"


@pytest.mark.parametrize("written", ["hort", "kor", "kortt", "jagg", "hure"])
def test_short_words_are_left_alone(normaliser: Normaliser, written: str) -> None:
    assert normaliser(written) == written


@pytest.mark.parametrize("written", ["0771234567", "lönesamtal", "zlösenord", "xyzzy"])
def test_numbers_and_what_is_like_nothing_are_left_alone(normaliser: Normaliser, written: str) -> None:
    assert normaliser(written) == written


def test_a_known_word_stays_though_another_is_near() -> None:
    normaliser = Normaliser.learn(["spärrar spärrar spärrar", "sparrar"])
    assert normaliser("sparrar") == "sparrar"


def test_the_commoner_of_two_near_words_is_taken() -> None:
    assert Normaliser.learn(["kontakt kontakt kontakt", "kontrakt"])("kontrkt") == "kontakt"
    assert Normaliser.learn(["stationen", "stationer stationer"])("statione") == "stationer"


def test_punctuation_stays_and_white_space_is_evened(normaliser: Normaliser) -> None:
    assert normaliser("  Losenord??\n\n tack! ") == "lösenord?? tack!"


def test_an_empty_text_stays_empty(normaliser: Normaliser) -> None:
    assert normaliser("") == ""
    assert normaliser("🙂🙂") == "🙂🙂"


def test_a_long_message_keeps_its_head_and_its_tail() -> None:
    text = "början " + "x" * 5000 + " slutet"
    clipped = clip(text)
    assert clipped.startswith("början ") and clipped.endswith(" slutet")
    assert len(clipped) == MAX_CHARACTERS + 1
    assert clip("kort") == "kort"
    assert clip("y" * MAX_CHARACTERS) == "y" * MAX_CHARACTERS


def test_plain_fold_and_words() -> None:
    assert plain("  Hej\tDU ") == "hej du"
    assert fold("Övertorneå Café ÜBER") == "overtornea cafe uber"
    assert words("e-post, AD-konto!") == ["e", "post", "AD", "konto"]


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        ("", "", True),
        ("a", "", True),
        ("ab", "", False),
        ("kort", "kort", True),
        ("kort", "korta", True),
        ("kort", "krt", True),
        ("kort", "kotr", True),
        ("kort", "lort", True),
        ("kort", "krto", False),
        ("kort", "koart", True),
        ("kort", "tork", False),
        ("beställa", "bestälal", True),
        ("beställa", "bestllä", False),
        ("spärra", "sparar", False),
        ("abcd", "badc", False),
        ("aab", "aba", True),
    ],
)
def test_within_one_edit(first: str, second: str, near: bool) -> None:
    assert within_one_edit(first, second) is near
    assert within_one_edit(second, first) is near


def test_within_one_edit_is_the_distance_of_optimal_string_alignment() -> None:
    short = ["".join(letters) for length in range(5) for letters in itertools.product("ab", repeat=length)]
    chance = random.Random(7)
    long = ["".join(chance.choices("abc", k=chance.randint(4, 7))) for _ in range(150)]
    for pool in (short, long):
        for first, second in itertools.product(pool, repeat=2):
            assert within_one_edit(first, second) is (_alignment(first, second) <= 1), (first, second)


def _alignment(first: str, second: str) -> int:
    rows = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(second) + 1)] for i in range(len(first) + 1)]
    for i, j in itertools.product(range(1, len(first) + 1), range(1, len(second) + 1)):
        rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (first[i - 1] != second[j - 1]))
        if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
            rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]
