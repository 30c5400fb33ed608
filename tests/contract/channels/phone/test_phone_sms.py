"""A conversation by SMS: asked, answered, chosen, judged, handed over and erased, with nothing lost or doubled."""

import asyncio
import re

import pytest
from sqlalchemy import select

from gateway.channels.phone.gsm import septets
from gateway.core import events
from gateway.keys import ENGINE, FEEDBACK
from records.event_log import conversations
from tests.contract.channels.phone.conftest import ANNA, BO, Phone, StartPhone, eventually
from tests.fake_rasa import FakeRasa, bot_message

ANSWER = "Ring VGR IT-support på 010-47 37 100. De har öppet vardagar kl. 07:30–16:00."
CUSTOM = {
    "outcome": "answered",
    "topic": "vgr/support",
    "region": "VGR",
    "sources": [{"title": "Bilaga 4", "section": "15.1", "dated": "2023-11-20"}],
    "notices": ["Växeln är inte bemannad på helger."],
    "facts": [{"kind": "phone", "value": "010-47 37 100"}],
}


@pytest.fixture
def answers(rasa: FakeRasa) -> FakeRasa:
    rasa.otherwise = bot_message(ANSWER, custom=CUSTOM)
    return rasa


async def test_a_question_is_answered_with_facts_notices_and_source(phone: Phone, answers: FakeRasa) -> None:
    hello, answer = await phone.text("Hur når jag supporten?", answers=2)

    assert "AI-bot" in hello
    assert "STOPP" in hello
    assert "RADERA" in hello
    assert answer.startswith("Ring VGR IT-support på 010-47 37 100. De har öppet vardagar kl. 07:30-16:00.")
    assert "Att tänka på: Växeln är inte bemannad på helger." in answer
    assert "Källa: Bilaga 4, 15.1, 2023-11-20" in answer
    assert answer.endswith("Svara BRA eller INTE BRA om svaret.")
    assert len(await phone.text("Och nu?")) == 1  # it introduces itself once


async def test_who_answers_the_invitation_is_known_by_region(phone: Phone, answers: FakeRasa) -> None:
    await phone.invited(region="Dalarna")

    await phone.text("Hur når jag supporten?", answers=2)
    await phone.text("Hej", BO, answers=2)

    assert [asked["metadata"].get("region") for asked in answers.asked] == ["Dalarna", None]


async def test_everyone_has_a_conversation_of_their_own(phone: Phone, answers: FakeRasa) -> None:
    await phone.text("Hej", ANNA, answers=2)
    await phone.text("Hej", BO, answers=2)
    await phone.text("Hej igen", ANNA)

    senders = [asked["sender"] for asked in answers.asked]
    assert senders[0] == senders[2] != senders[1]


async def test_what_the_provider_tells_twice_is_answered_once(phone: Phone, answers: FakeRasa) -> None:
    assert await phone.elks.receive(ANNA, "Hej", "s12345", times=3) == 204
    await asyncio.gather(*(phone.elks.receive(ANNA, "Hej", "s12345") for _ in range(5)))
    await phone.elks.receive(ANNA, "Sista")

    assert len(await phone.until(lambda: phone.elks.texts(ANNA), 3)) == 3
    assert [asked["message"] for asked in answers.asked] == ["Hej", "Sista"]


async def test_what_came_is_answered_after_a_restart_and_not_told_twice(
    start_phone: StartPhone, answers: FakeRasa
) -> None:
    phone = await start_phone()
    phone.elks.fail = 1000
    assert await phone.elks.receive(ANNA, "Hej", "s1") == 204
    await phone.gateway.close()
    phone.elks.fail = 0

    phone = await start_phone()

    sent = await phone.until(lambda: phone.elks.texts(ANNA), 2)
    assert [ANSWER[:20] in text for text in sent] == [False, True]
    assert await phone.elks.receive(ANNA, "Hej", "s1") == 204
    await phone.text("Nu då")
    assert len(phone.elks.texts(ANNA)) == 3


async def test_a_provider_that_fails_for_a_while_gets_the_message_later_and_once(
    phone: Phone, answers: FakeRasa
) -> None:
    phone.elks.fail = 2

    sent = await phone.text("Hej", answers=2)

    assert len(sent) == len(set(sent)) == 2


async def test_a_number_that_the_provider_refuses_is_given_up(phone: Phone, answers: FakeRasa) -> None:
    phone.elks.status = 400
    await phone.elks.receive(ANNA, "Hej")
    await eventually(lambda: bool(answers.asked))

    async def given_up() -> bool:
        state = await phone.conversations.state(answers.asked[0]["sender"])
        return bool(state.delivered == state.last)

    await eventually(given_up)

    assert phone.elks.texts(ANNA) == []


async def test_a_long_answer_is_numbered_and_no_fact_is_cut(phone: Phone, rasa: FakeRasa) -> None:
    facts = [f"010-47 37 {number}" for number in range(100, 190)]
    text = "Här är numren till alla enheter som du frågade om: " + ", ".join(f"enhet på {fact}" for fact in facts)
    custom = {**CUSTOM, "facts": [{"kind": "phone", "value": fact} for fact in facts]}
    rasa.otherwise = bot_message(text, custom=custom)

    await phone.text("Alla nummer?", answers=2)
    count = int(re.match(r"\(1/(\d)\)", phone.elks.texts(ANNA)[1])[1])  # type: ignore[index]
    _, *parts = await phone.until(lambda: phone.elks.texts(ANNA), 1 + count)

    whole = "".join(parts)
    assert [part.split()[0] for part in parts] == [f"({n}/{len(parts)})" for n in range(1, len(parts) + 1)]
    assert [fact for fact in facts if fact not in whole] == []
    assert all(septets(part) <= 3 * 153 for part in parts)
    assert "Källa: Bilaga 4, 15.1, 2023-11-20" in parts[-1]


async def test_a_choice_is_made_by_its_number(phone: Phone, rasa: FakeRasa) -> None:
    rasa.answers["Beställa konto"] = bot_message(
        "Vilken region gäller det?",
        [{"title": "Västra Götaland", "payload": "/region_vgr"}, {"title": "Dalarna", "payload": "/region_dalarna"}],
    )
    _, asked = await phone.text("Beställa konto", answers=2)
    assert asked.endswith("Svara 1: Västra Götaland\nSvara 2: Dalarna")

    await phone.text(" 2. ")

    assert rasa.asked[-1]["message"] == "/region_dalarna"


async def test_a_number_that_is_no_choice_is_a_text(phone: Phone, rasa: FakeRasa) -> None:
    rasa.answers["Välj"] = bot_message("Vilken?", [{"title": "En", "payload": "/en"}])
    await phone.text("Välj", answers=2)

    await phone.text("7")
    await phone.text("1")

    assert [asked["message"] for asked in rasa.asked] == ["Välj", "7", "1"]


async def test_a_choice_told_again_after_the_answer_is_no_new_choice(phone: Phone, rasa: FakeRasa) -> None:
    rasa.answers["Välj"] = bot_message("Vilken?", [{"title": "En", "payload": "/en"}])
    rasa.answers["/en"] = bot_message("Och sedan?", [{"title": "Två", "payload": "/tva"}])
    await phone.text("Välj", answers=2)
    await phone.text("1", id_="s77")

    assert await phone.elks.receive(ANNA, "1", "s77") == 204
    await phone.text("Klart")

    assert [asked["message"] for asked in rasa.asked] == ["Välj", "/en", "Klart"]


@pytest.mark.parametrize(("word", "helpful"), [("Bra!", True), ("INTE BRA", False), ("-", False)])
async def test_an_answer_is_judged_by_a_word(phone: Phone, answers: FakeRasa, word: str, helpful: bool) -> None:
    await phone.text("Hur når jag supporten?", answers=2)

    assert await phone.text(word) == ["Tack för ditt svar."]

    (judged,) = await phone.gateway.app[FEEDBACK].of(answers.asked[0]["sender"])
    assert (judged.helpful, judged.channel, judged.topic) == (helpful, "sms", "vgr/support")
    assert len(answers.asked) == 1


async def test_a_word_of_judgement_with_nothing_to_judge_is_a_text(phone: Phone, rasa: FakeRasa) -> None:
    await phone.text("bra", answers=2)

    assert rasa.asked[0]["message"] == "bra"


async def test_a_person_takes_over(phone: Phone, answers: FakeRasa) -> None:
    await phone.text("Jag vill prata med någon", answers=2)
    conversation, core = answers.asked[0]["sender"], phone.conversations
    count = len(phone.elks.texts(ANNA))

    await core.set_status(conversation, events.AGENT)
    await core.agent_says(conversation, "Hej! Vilket system gäller det?", "Karin")
    await core.append(conversation, events.notice("ticket", "Ditt ärende har nummer INC1.", ticket={"number": "INC1"}))

    sent = await phone.until(lambda: phone.elks.texts(ANNA)[count:], 2)
    assert sent == ["Karin: Hej! Vilket system gäller det?", "Ditt ärende har nummer INC1."]


async def test_what_tells_of_a_patient_is_stopped(phone: Phone, answers: FakeRasa) -> None:
    _, told, *_ = await phone.text("Patienten Anna Andersson född 1912-12-12 kommer inte åt sin journal", answers=2)

    assert "patient" in told
    assert answers.asked == []


async def test_a_picture_without_words_is_explained(phone: Phone, answers: FakeRasa) -> None:
    _, told, *_ = await phone.text("  ", answers=2)

    assert "Jag såg ingen fråga i meddelandet." in told
    assert answers.asked == []


async def test_after_stop_nothing_is_sent_until_start(phone: Phone, answers: FakeRasa) -> None:
    await phone.text("Hej", answers=2)
    await phone.text("STOP")
    count = len(phone.elks.texts(ANNA))

    assert await phone.elks.receive(ANNA, "Är du kvar?") == 204
    conversation = answers.asked[0]["sender"]
    await phone.conversations.append(conversation, events.notice("x", "Nyheter"))

    async def dealt_with() -> bool:
        state = await phone.conversations.state(conversation)
        return bool(state.delivered == state.last)

    await eventually(dealt_with)
    await phone.text("START")

    assert len(phone.elks.texts(ANNA)) == count + 1
    assert "kan du få sms" in phone.elks.texts(ANNA)[-1]
    assert [asked["message"] for asked in answers.asked] == ["Hej"]


async def test_stop_told_twice_is_confirmed_once(phone: Phone) -> None:
    await phone.elks.receive(ANNA, "STOPP", "s5", times=3)

    assert len(phone.elks.texts(ANNA)) == 1


async def test_a_conversation_is_erased_by_a_word(phone: Phone, answers: FakeRasa) -> None:
    await phone.text("Ett ovanligt ord: kvastfening", answers=2)

    assert await phone.text("radera") == ["Samtalet är raderat, även hos oss."]

    async with phone.gateway.app[ENGINE].connect() as connection:
        assert (await connection.execute(select(conversations))).all() == []
    assert len(await phone.text("Hej", answers=2)) == 2  # it introduces itself again


@pytest.mark.parametrize("sender", ["+4740612345", "+46317863200", "71140", "Telia", ""])
async def test_numbers_to_which_no_sms_are_sent_get_no_answer(phone: Phone, answers: FakeRasa, sender: str) -> None:
    assert await phone.elks.receive(sender, "Hej") == 204
    await phone.text("Hej", BO, answers=2)

    assert {sms.to for sms in phone.elks.sent} == {BO}


async def test_two_machines_do_not_keep_each_other_busy(phone: Phone, answers: FakeRasa) -> None:
    for number in range(33):
        assert await phone.elks.receive(ANNA, f"Jag är på semester {number}") == 204
    await eventually(lambda: len(answers.asked) >= 30, 20)
    await phone.text("Hej", BO, answers=2)

    assert len([asked for asked in answers.asked if asked["message"] != "Hej"]) == 30


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic NDZlbGtzOng="}, {"Authorization": "Bearer å"}])
async def test_a_message_that_is_not_the_providers_is_refused(
    phone: Phone, answers: FakeRasa, headers: dict[str, str]
) -> None:
    form = {"id": "s1", "from": ANNA, "to": BO, "message": "Hej", "direction": "incoming"}

    response = await phone.gateway.post("/sms/incoming", data=form, headers=headers)

    assert response.status == 401
    assert answers.asked == []


async def test_what_is_answered_to_the_provider_is_no_reply(phone: Phone) -> None:
    """46elks sends whatever stands in the body of our answer."""
    await phone.text("Hej")

    assert "reply" not in [sms.id for sms in phone.elks.sent]


async def test_no_digits_of_a_personnummer_reach_the_bot(phone: Phone, answers: FakeRasa) -> None:
    await phone.text("Mitt nummer är 19121212-1212, hjälp", answers=3)

    assert not re.search(r"\d{4}", answers.asked[0]["message"])


async def test_while_the_records_are_down_the_provider_is_asked_to_tell_it_again(
    phone: Phone, answers: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    from records.errors import RecordsUnavailable
    from records.event_log import EventLog

    async def down(*_: object, **__: object) -> None:
        raise RecordsUnavailable("OperationalError")

    with monkeypatch.context() as patched:
        patched.setattr(EventLog, "read", down)
        assert await phone.elks.receive(ANNA, "Hej", "s9") == 503
    await phone.elks.receive(ANNA, "Hej", "s9")

    await phone.until(lambda: phone.elks.texts(ANNA), 2)
    assert [asked["message"] for asked in answers.asked] == ["Hej"]
