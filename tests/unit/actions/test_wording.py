"""What the words of a short message ask for."""

import pytest

from actions import wording
from actions.wording import Wording, chosen, in_a_hurry, read, refuses, wants_next
from knowledge.schema import Aspect, FactKind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("telefonnumret?", FactKind.phone),
        ("vem ringer jag då?", FactKind.phone),
        ("och mejlen?", FactKind.mailbox),
        ("LÄNKEN", FactKind.url),
        ("var hittar jag blanketten?", FactKind.form),
        ("oppettider", FactKind.hours),
        ("and the phone number?", FactKind.phone),
    ],
)
def test_a_kind_of_fact(text: str, kind: FactKind) -> None:
    wording = read(text)
    assert wording.bare
    assert kind in wording.kinds


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("vad kostar det?", Aspect.cost),
        ("hur lång tid tar det?", Aspect.lead_time),
        ("hur lang tid tar det", Aspect.lead_time),
        ("vem gäller det?", Aspect.scope),
        ("vem ansvarar?", Aspect.responsibility),
        ("vad krävs för det?", Aspect.prerequisites),
        ("how long does it take?", Aspect.lead_time),
    ],
)
def test_a_side_of_a_service(text: str, aspect: Aspect) -> None:
    wording = read(text)
    assert wording.bare
    assert wording.aspects[0] is aspect


@pytest.mark.parametrize(
    "text",
    [
        "Hur spärrar en patient sin journal?",
        "skrivaren är trasig",
        "numret till tandläkaren",
        "vad kostar en kopp kaffe i Falun",
        "jag har glömt lösenordet",
    ],
)
def test_what_says_something_else_too_is_not_bare(text: str) -> None:
    assert not read(text).bare


@pytest.mark.parametrize("text", ["", "?", "   ", "...", "ja", "och?"])
def test_what_asks_for_nothing(text: str) -> None:
    wording = read(text)
    assert wording.bare
    assert not wording.asks


def test_names_and_times_are_no_words_of_its_own() -> None:
    text = "och i Dalarna på lördag?"
    assert not read(text).bare
    assert read(text, [(6, 13), (14, 23)]).bare


@pytest.mark.parametrize(
    ("text", "unwanted", "wanted"),
    [
        ("jag vill INTE beställa, jag vill avsluta", Aspect.order, Aspect.end),
        ("vi ska inte avsluta utan beställa", Aspect.end, Aspect.order),
        ("jag vill inte beställa utan ändra", Aspect.order, Aspect.change),
    ],
)
def test_what_is_refused(text: str, unwanted: Aspect, wanted: Aspect) -> None:
    wording = read(text)
    assert wording.unwanted == {unwanted}
    assert wording.aspects[0] is wanted
    assert refuses(text)


@pytest.mark.parametrize("text", ["det går inte att beställa", "jag kan inte avsluta ärendet", "jag vill beställa"])
def test_what_does_not_work_is_not_refused(text: str) -> None:
    assert not refuses(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("den andra", 1),
        ("2", 1),
        ("Den första, tack", 0),
        ("ändra konto", 1),
        ("alternativ 3", 2),
        ("inget av detta", None),
        ("den andra frågan var viktig", None),
        ("4", None),
        ("", None),
    ],
)
def test_a_button_in_words(text: str, place: int | None) -> None:
    assert chosen(text, ["Beställa konto", "Ändra konto", "Avsluta konto"]) == place


def test_there_is_nothing_to_choose_without_buttons() -> None:
    assert chosen("den första", []) is None


@pytest.mark.parametrize(
    ("text", "wants"), [("nästa steg tack", True), ("nästa", True), ("nästa vecka", False), ("", False)]
)
def test_the_next_step(text: str, wants: bool) -> None:
    assert wants_next(text) is wants


def test_a_hurry() -> None:
    assert in_a_hurry("Hinner jag före lunch?")
    assert not in_a_hurry("Är ni öppna före lunch?")


@pytest.mark.parametrize("text", ["a" * 10_000, "och " * 2_000, "🙂" * 500, "\x00", "{0} %s"])
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(read(text), Wording)


def test_phrases_are_found_as_if_each_were_compared_with_each_place() -> None:
    written = ["ring*", "vem ringer", "ringer jag*", "r*", "vem", "ringer jag nu då*", "jag"]
    phrases = wording._phrases(written)
    for text in ("vem ringer jag nu", "Ringer jag nu då? Vem", "r", "", "jag jag", "ring vem ringer jagaren"):
        words = wording._words(text)
        compared = [
            range(first, first + len(phrase))
            for phrase in map(wording._phrase, written)
            for first in range(len(words) - len(phrase) + 1)
            if all(wording._fits(words[first + place].folded, pattern) for place, pattern in enumerate(phrase))
        ]
        assert phrases.hits(words) == compared
