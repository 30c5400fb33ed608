"""An event as channels without a page show it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.channels.telling import Run, blocks, pieces, runs, tell
from gateway.texts import read_texts
from records.event_log import Event

TEXTS = read_texts()
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def event(kind: str = "bot_message", **content: Any) -> Event:
    return Event("web-1", "abc", 3, AT, kind, {"text": "Hej", **content})


def test_steps_bullets_and_paragraphs_are_told_apart() -> None:
    text = "Gör så här:\n\n1. Logga in.\n2. Tryck på\nUppdatera.\n\n- ett\n- två\n\nSlut."
    found = [(block.kind, len(block.lines)) for block in blocks(text)]
    assert found == [("paragraph", 1), ("steps", 2), ("bullets", 2), ("paragraph", 1)]


def test_an_interrupted_list_of_steps_goes_on_with_its_number() -> None:
    found = list(blocks("1. Ett\n\nMellan.\n\n2. Två"))
    assert [(block.kind, block.start) for block in found] == [("steps", 1), ("paragraph", 1), ("steps", 2)]


def test_links_are_found_with_and_without_a_label() -> None:
    assert runs("Se [portalen](https://a.se/x) eller https://b.se.") == (
        Run("Se "),
        Run("portalen", "https://a.se/x"),
        Run(" eller "),
        Run("https://b.se", "https://b.se"),
        Run("."),
    )


def test_sources_notices_and_badge_are_in_words() -> None:
    custom = {
        "outcome": "answered",
        "sources": [{"title": "Bilaga 4", "section": "3", "dated": "2020-01-01"}, {"title": "X", "section": ""}],
        "notices": ["Två uppgifter.", " "],
        "open": False,
        "at": "2026-11-22T10:00:00+01:00",
        "next_open": "2026-11-23T07:30:00+01:00",
        "facts": [{"kind": "phone", "value": "010-47 37 100"}],
    }
    told = tell(event(custom=custom, buttons=[{"title": "Ja", "token": "t"}]), TEXTS)
    assert told is not None
    assert told.badge == "Stängt nu, öppnar måndag 23 november kl. 07:30"
    assert told.sources == ("Bilaga 4, 3, 2020-01-01", "X")
    assert told.notices == ("Två uppgifter.",)
    assert told.facts == ("010-47 37 100",)
    assert told.buttons[0].token == "t"
    assert told.judged


def test_another_time_than_now_is_named() -> None:
    told = tell(event(custom={"open": True, "at": "2026-12-24T10:00:00+01:00"}), TEXTS)
    assert told is not None and told.badge == "Öppet torsdag 24 december kl. 10:00"


@pytest.mark.parametrize("outcome", ["smalltalk", "clarifying", "failed", None])
def test_small_talk_questions_and_failures_are_not_judged(outcome: str | None) -> None:
    told = tell(event(custom={"outcome": outcome}), TEXTS)
    assert told is not None and not told.judged


def test_a_change_of_status_shows_nothing() -> None:
    assert tell(Event("web-1", "abc", 3, AT, "status", {"status": "agent"}), TEXTS) is None


def test_an_agent_is_named_and_a_notice_is_passing() -> None:
    agent = tell(event("agent_message", agent={"name": "Kim"}), TEXTS)
    notice = tell(event("notice", code="ticket"), TEXTS)
    assert agent is not None and agent.speaker == "Kim" and not agent.passing
    assert notice is not None and notice.passing


@pytest.mark.parametrize("longest", [20, 33, 60, 146])
def test_pieces_lose_nothing_and_cut_no_fact(longest: int) -> None:
    text = (
        "Ring 010-47 37 100 vardagar. Utanför kontorstid gäller beredskap på samma nummer.\n\n"
        "Beställ på https://a.example.se/x?y=1 och välj Användartjänst Lokal. Mejla it@example.se om det inte går."
    )
    keep = ["010-47 37 100"]
    found = pieces(text, longest, keep)
    assert "".join("".join(found).split()) == "".join(text.split())
    for value in (*keep, "it@example.se"):
        assert any(value in piece for piece in found)
    assert all(len(piece) <= longest for piece in found)


def test_a_word_longer_than_a_piece_is_cut_rather_than_lost() -> None:
    assert "".join(pieces("å" * 50, 20)) == "å" * 50
