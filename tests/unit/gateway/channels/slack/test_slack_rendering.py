"""Events as Slack messages, with slack_sdk's models as the judge."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.channels.slack.rendering import SlackMessage, judging, render
from gateway.channels.slack.texts import read_slack_texts
from gateway.texts import read_texts
from records.event_log import Event
from tests.contract.slack import complaints, texts, titles

TEXTS, OWN = read_texts(), read_slack_texts()
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CUSTOM = {
    "outcome": "answered",
    "sources": [{"title": "Bilaga 4", "section": "3.2", "dated": "2020-01-01"}],
    "notices": ["Två dokument säger olika. Se [portalen](https://a.se/x)."],
    "open": False,
    "at": "2026-11-22T10:00:00+01:00",
    "next_open": "2026-11-23T07:30:00+01:00",
    "facts": [{"kind": "phone", "value": "010-47 37 100"}],
}
STEPS = """Gör så här:

1. Logga in på https://kiv.se.
2. Tryck på [Ändra](https://kiv.se/e).

Ring 010-47 37 100 om det inte går."""


def show(text: str, kind: str = "bot_message", **content: Any) -> list[SlackMessage]:
    messages = render(Event("slack-1", "abc", 3, AT, kind, {"text": text, **content}), TEXTS, OWN)
    for message in messages:
        assert complaints(message.blocks, most=50) == []
        assert message.text
    return messages


def one(text: str, kind: str = "bot_message", **content: Any) -> SlackMessage:
    (message,) = show(text, kind, **content)
    return message


def read(message: SlackMessage) -> str:
    return "\n".join(texts(list(message.blocks)))


def elements(message: SlackMessage, kind: str) -> list[dict[str, Any]]:
    return [each for block in message.blocks for each in block.get("elements", ()) if each["type"] == kind]


def test_steps_are_a_numbered_list_with_links() -> None:
    message = one(STEPS)
    (steps,) = elements(message, "rich_text_list")
    assert steps["style"] == "ordered" and len(steps["elements"]) == 2 and "offset" not in steps
    links = [each for line in steps["elements"] for each in line["elements"] if each["type"] == "link"]
    assert [(each["text"], each["url"]) for each in links] == [
        ("https://kiv.se", "https://kiv.se"),
        ("Ändra", "https://kiv.se/e"),
    ]


def test_a_single_step_keeps_its_number() -> None:
    (steps,) = elements(one("3. Tryck på Spara."), "rich_text_list")
    assert steps["offset"] == 2


def test_all_that_stands_around_an_answer_is_shown_and_said() -> None:
    message = one("Ring 010-47 37 100.", custom=CUSTOM)
    for found in (read(message), message.text):
        assert "Stängt nu, öppnar måndag 23 november kl. 07:30" in found
        assert "Källa: Bilaga 4, 3.2, 2020-01-01" in found
        assert "Att tänka på" in found and "Två dokument säger olika." in found
        assert "010-47 37 100" in found


def test_an_answer_is_judged_and_small_talk_is_not() -> None:
    assert titles(vars(one("Svar.", custom=CUSTOM))) == [":+1: Svaret hjälpte", ":-1: Svaret hjälpte inte"]
    assert titles(vars(one("Hej!", custom={"outcome": "smalltalk"}))) == []


@pytest.mark.parametrize(("number", "rows"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 1), (30, 1)])
def test_no_choice_is_dropped_however_many_there_are(number: int, rows: int) -> None:
    names = [f"Alternativ {each}" for each in range(number)]
    message = one("Menade du?", buttons=[{"title": name, "token": "t" * 400} for name in names])
    assert titles(vars(message)) == names
    assert len([block for block in message.blocks if block["type"] == "actions"]) == rows
    assert all(name in message.text for name in names)


def test_a_choice_that_fits_on_no_button_can_be_read_in_full() -> None:
    long = "Beställning av användarkonto för ny medarbetare hos privat vårdgivare med avtal i regionen"
    message = one("Menade du?", buttons=[{"title": long, "token": "t"}, {"title": "Kort", "token": "u"}])
    assert long in read(message) and long in message.text
    cut, short = titles(vars(message))
    assert cut.startswith("1. Beställning") and cut.endswith("…") and short == "2. Kort"


def test_what_is_markup_in_slack_is_shown_as_it_stands() -> None:
    text = "<!channel> skriv *inte* _så_ & <@U1>"
    message = one(text)
    assert text in read(message)  # rich text gives no character a meaning
    assert message.text == "&lt;!channel&gt; skriv *inte* _så_ &amp; &lt;@U1&gt;"


@pytest.mark.parametrize("length", [2_899, 2_901, 9_000, 40_000])
def test_a_long_text_is_parted_and_loses_neither_word_nor_number(length: int) -> None:
    words = "Ring 010-47 37 100 eller se https://vard.se/a/mycket/lang/adress för mer. "
    text = (words * (length // len(words) + 1))[:length].strip()
    facts = [{"kind": "phone", "value": "010-47 37 100"}]
    messages = show(text, custom={**CUSTOM, "facts": facts}, buttons=[{"title": "Ja", "token": "t"}])
    shown = " ".join("".join(texts(list(each.blocks[:1]))) for each in messages)
    assert shown.split() == text.split()
    assert shown.count("010-47 37 100") == text.count("010-47 37 100")
    if len(messages) > 1:
        assert f"(1/{len(messages)})" in read(messages[0])
    assert [titles(vars(each)) for each in messages[:-1]] == [[] for _ in messages[1:]]
    assert "Ja" in titles(vars(messages[-1])) and "Källa" in read(messages[-1])


def test_a_person_is_named_and_a_change_of_who_answers_is_told() -> None:
    assert "Kim, servicedesk" in read(one("Hej", "agent_message", agent={"name": "Kim"}))
    event = Event("slack-1", "abc", 3, AT, "status", {"status": "agent"})
    assert [message.text for message in render(event, TEXTS, OWN)] == ["Nu läser och svarar en person."]


@pytest.mark.parametrize("code", ["redacted", "patient"])
def test_what_was_taken_out_here_still_stands_in_slack_and_that_is_said(code: str) -> None:
    assert OWN.remains in one("Jag tog bort det.", "notice", code=code).text
    assert OWN.remains not in one("Ärendet har kommit fram.", "notice", code="ticket").text


def test_an_answer_is_judged_in_the_same_steps_as_on_the_page() -> None:
    def asked(**judgement: Any) -> list[str]:
        blocks = judging("abc-3", judgement, TEXTS)
        assert complaints(blocks, most=50) == []
        return texts(blocks)

    assert asked(helpful=True) == ["Löste det sig?", "Ja", "Nej"]
    assert asked(helpful=False)[0] == "Vad var fel?"
    assert asked(helpful=False, reason="wrong") == ["Löste det sig?", "Ja", "Nej"]
    assert asked(helpful=True, solved=False) == ["Tack för ditt svar."]
