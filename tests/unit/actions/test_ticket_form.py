"""The ticket form: what it asks for, what it takes for an answer, what it leaves to others, and what is registered."""

import asyncio
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import make_url

from actions.forms.ticket import AskApproved, AskUnit, SubmitTicket, ValidateTicketForm
from actions.house import House
from actions.questions import AnswerQuestion
from actions.talk import Cancel
from desks.model import Kind
from desks.service import DeskService
from records.cases import Cases
from records.outages import Outages
from tests.builders import Conversation, assert_contract, message, ranking, tracker
from tests.families import PHONES
from tests.unit.actions.conftest import with_records

NPO = {"id": "npo", "name": "NPÖ"}
PHONE = {"kind": "phone", "value": "+46317863200", "shown": "031-786 32 00"}
FILLED: dict[str, Any] = {
    "ticket_region": "Dalarna",
    "ticket_service": NPO,
    "ticket_known_outage": False,
    "ticket_what": "Sidan är blank. Den visar ingenting.",
    "ticket_since": "i morse",
    "ticket_affected": "unit",
    "ticket_urgency": "hindered",
    "ticket_unit": "Björkö vårdcentral",
    "ticket_contact": PHONE,
    "ticket_key": "k",
}


def validated(house: House, latest: dict[str, Any], requested: str | None, **slots: Any) -> dict[str, Any]:
    """The slots that the form's validation sets; none for a digression."""
    before = tracker(latest, {"ticket_known_outage": False, "requested_slot": requested, **slots})
    events = asyncio.run(ValidateTicketForm(house).run(CollectingDispatcher(), before, {}))
    return {event["name"]: event["value"] for event in events if event["name"] != "ticket_key"}


def answered(house: House, field: str, text: str, intent: str = "unclear", **message_has: Any) -> dict[str, Any]:
    """The slots after an answer to the question for one field, with all before it filled in."""
    names = list(FILLED)
    known = {name: FILLED[name] for name in names[: names.index(field)]} if field in names else FILLED
    return validated(house, message(text, intent, **message_has), field, **{**known, "ticket_key": "k"})


def begun(house: House, latest: dict[str, Any], **slots: Any) -> dict[str, Any]:
    return validated(house, latest, None, **slots)


class TestBeginning:
    def test_the_region_is_asked_for_first(self, house: House) -> None:
        slots = begun(house, message("registrera ett ärende", "register_ticket"))
        assert (slots["requested_slot"], slots["asking"]) == ("ticket_region", True)

    def test_what_is_known_is_not_asked_for(self, house: House) -> None:
        latest = message("registrera ett ärende", "register_ticket")
        slots = begun(house, latest, region="VGR", service="npo")
        assert (slots["ticket_region"], slots["ticket_service"]["id"]) == ("VGR", "npo")
        assert slots["requested_slot"] == "ticket_what"

    def test_the_portals_region_is_known(self, house: House) -> None:
        latest = message("registrera ett ärende", "register_ticket", metadata={"region": "Uppsala"})
        assert begun(house, latest)["ticket_region"] == "Uppsala"

    def test_support_is_no_system(self, house: House) -> None:
        slots = begun(house, message("registrera ett ärende", "register_ticket"), region="VGR", service="support")
        assert slots["requested_slot"] == "ticket_service"

    def test_a_message_that_tells_it_all(self, house: House) -> None:
        text = "registrera ett ärende, listan är tom för alla sedan i går"
        latest = message(text, "register_ticket", services=["npo"], others={"time": "sedan i går"})
        slots = begun(house, latest, region="VGR")
        assert (slots["ticket_what"], slots["ticket_since"]) == ("Listan är tom för alla sedan i går", "sedan i går")
        assert slots["requested_slot"] == "ticket_affected"

    def test_the_question_before_is_what_has_happened(self, house: House) -> None:
        asked = {"text": "NPÖ visar en blank sida", "intent": "report_fault"}
        latest = message("/register_ticket", "register_ticket")
        slots = begun(house, latest, region="VGR", service="npo", question=asked)
        assert (slots["ticket_what"], slots["requested_slot"]) == ("NPÖ visar en blank sida", "ticket_since")

    def test_a_question_for_facts_is_not_what_has_happened(self, house: House) -> None:
        asked = {"text": "Vad kostar NPÖ per år?", "intent": "ask_cost"}
        slots = begun(
            house, message("/register_ticket", "register_ticket"), region="VGR", service="npo", question=asked
        )
        assert "ticket_what" not in slots

    def test_a_draft_that_was_left_goes_on(self, house: House) -> None:
        latest = message("fortsätt med ärendet", "register_ticket")
        assert begun(house, latest, **FILLED)["requested_slot"] == "ticket_approved"


class TestAnswers:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("Bara jag", "one"),
            ("det är bara jag", "one"),
            ("vi är tre stycken", "several"),
            ("jag och en kollega", "several"),
            ("hela mottagningen", "unit"),
            ("den tredje", "unit"),
        ],
    )
    def test_how_many(self, house: House, text: str, value: str) -> None:
        assert answered(house, "ticket_affected", text)["ticket_affected"] == value

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("En patient väntar", "patient_waits"),
            ("patienterna sitter i väntrummet", "patient_waits"),
            ("vi kan inte jobba", "hindered"),
            ("det är inte bråttom", "can_work"),
            ("Vi kan arbeta ändå", "can_work"),
        ],
    )
    def test_how_it_affects_the_work(self, house: House, text: str, value: str) -> None:
        assert answered(house, "ticket_urgency", text)["ticket_urgency"] == value

    def test_a_waiting_patient_gets_the_number_with_the_next_question(
        self, house: House, conversation: Conversation
    ) -> None:
        slots = answered(house, "ticket_urgency", "En patient väntar")
        assert slots["ticket_note"] == "urgent"
        conversation.slots |= {**FILLED, **slots, "region": "Dalarna", "ticket_unit": None}
        said = conversation.send(AskUnit(house), message("En patient väntar"))
        assert (said.custom["urgent"], PHONES["Dalarna"] in said.text) == (True, True)

    def test_a_button_by_its_number(self, house: House) -> None:
        shown = [[title, title] for title in ("I dag", "I går", "Vet inte")]
        known = {name: FILLED[name] for name in list(FILLED)[:4]}
        slots = validated(house, message("2"), "ticket_since", **known, choices=shown)
        assert slots["ticket_since"] == "I går"

    def test_a_system_that_the_content_does_not_know(self, house: House) -> None:
        assert answered(house, "ticket_service", "Bokningsskärmen")["ticket_service"] == {
            "id": None,
            "name": "Bokningsskärmen",
        }

    def test_a_system_by_its_usual_name(self, house: House) -> None:
        assert answered(house, "ticket_service", "npö", services=["npo"])["ticket_service"]["id"] == "npo"

    @pytest.mark.parametrize("text", ["031-786 32 00", "ring 031-7863200 tack", "+46 31 786 32 00"])
    def test_a_telephone_number(self, house: House, text: str) -> None:
        assert answered(house, "ticket_contact", text)["ticket_contact"] == PHONE

    @pytest.mark.parametrize(
        ("text", "note"),
        [("ring mig", "nothing_found"), ("0123-4", "phone_length"), ("anna@", "mail_form"), ("...", "nothing_found")],
    )
    def test_no_way_to_the_user(self, house: House, text: str, note: str) -> None:
        slots = answered(house, "ticket_contact", text)
        assert (slots["ticket_note"], slots["requested_slot"]) == (note, "ticket_contact")
        assert "ticket_contact" not in slots

    @pytest.mark.parametrize("field", ["ticket_what", "ticket_unit", "ticket_since", "ticket_service"])
    @pytest.mark.parametrize(
        "text", ["patienten [personnummer borttaget] finns inte med", "det gäller 19121212-1212 hos oss"]
    )
    def test_personal_numbers_never_get_into_it(self, house: House, field: str, text: str) -> None:
        slots = answered(house, field, text)
        assert slots["ticket_note"] == "redacted"
        assert field not in slots

    def test_too_little_is_asked_about_again(self, house: House) -> None:
        slots = answered(house, "ticket_what", "fel")
        assert (slots["ticket_note"], slots["requested_slot"]) == ("short", "ticket_what")

    def test_no_since_when_for_what_is_wanted(self, house: House) -> None:
        slots = answered(house, "ticket_what", "Vi behöver beställa en ny dator")
        assert slots["requested_slot"] == "ticket_affected"

    def test_another_region(self, house: House) -> None:
        slots = answered(house, "ticket_affected", "nej, Uppsala", "inform_region", regions=["Uppsala"])
        assert (slots["ticket_region"], slots["requested_slot"]) == ("Uppsala", "ticket_affected")

    def test_a_town_in_the_units_name_is_no_other_region(self, house: House) -> None:
        slots = answered(house, "ticket_unit", "Enköpings rehab", regions=["Uppsala"])
        assert slots["ticket_unit"] == "Enköpings rehab"
        assert "ticket_region" not in slots

    def test_one_step_back(self, house: House) -> None:
        slots = answered(house, "ticket_since", "tillbaka", "guide_back")
        assert (slots["ticket_what"], slots["requested_slot"]) == (None, "ticket_what")


class TestSummary:
    def test_every_line_can_be_changed(self, house: House) -> None:
        names = [name for name in FILLED if name not in ("ticket_known_outage", "ticket_key")]
        for number, name in enumerate(names, 1):
            assert answered(house, "ticket_approved", str(number))["requested_slot"] == name

    @pytest.mark.parametrize(
        ("text", "field"),
        [("ändra telefonnumret", "ticket_contact"), ("enheten är fel", "ticket_unit"), ("Sedan när", "ticket_since")],
    )
    def test_a_line_by_its_name(self, house: House, text: str, field: str) -> None:
        assert answered(house, "ticket_approved", text)["requested_slot"] == field

    @pytest.mark.parametrize(
        ("text", "intent"),
        [("Skicka ärendet", "register_ticket"), ("ja", "affirm"), ("Skicka!", "unclear"), ("skicka", "ticket_close")],
    )
    def test_it_is_sent(self, house: House, text: str, intent: str) -> None:
        slots = answered(house, "ticket_approved", text, intent)
        assert (slots["ticket_approved"], slots["requested_slot"], slots["asking"]) == (True, None, False)

    @pytest.mark.parametrize("text", ["9", "kanske", "det är nog bra att vänta lite"])
    def test_nothing_else_sends_it(self, house: House, text: str) -> None:
        slots = answered(house, "ticket_approved", text)
        assert slots.get("ticket_approved") is None
        assert slots["requested_slot"] == "ticket_approved"

    def test_it_shows_every_line_and_the_priority_of_the_matrix(self, house: House, conversation: Conversation) -> None:
        conversation.slots |= {**FILLED, "region": "Dalarna", "asking": True}
        said = conversation.send(AskApproved(house), message("031-786 32 00"))
        for line in ("1. Region: Dalarna", "2. System: NPÖ", "8. Kontakt: 031-786 32 00", "Prioritet: 2 av 5"):
            assert line in said.text
        assert said.payloads == ["Skicka ärendet", "Ändra något", "/cancel"]


class TestDigressions:
    @pytest.mark.parametrize(
        ("field", "text", "intent"),
        [
            ("ticket_what", "När öppnar ni?", "ask_opening_hours"),
            ("ticket_affected", "vad kostar det?", "ask_cost"),
            ("ticket_unit", "Vad är Sjunet?", "ask_definition"),
            ("ticket_since", "tack", "thank"),
            ("ticket_contact", "vad har ni för telefonnummer", "ask_contact"),
            ("ticket_urgency", "avbryt", "cancel"),
            ("ticket_what", "jag vill prata med en människa", "talk_to_human"),
            ("ticket_since", "börja om", "start_over"),
            ("ticket_what", "hur går det med ärende 123", "ticket_status"),
        ],
    )
    def test_it_leaves_them_to_others(self, house: House, field: str, text: str, intent: str) -> None:
        slots = answered(house, field, text, intent)
        assert {name for name in slots if name != "requested_slot"} == set()

    @pytest.mark.parametrize("field", ["ticket_what", "ticket_unit", "ticket_contact", "ticket_affected"])
    def test_a_button_of_something_else_is_no_answer(self, house: House, field: str) -> None:
        assert answered(house, field, "/guide_next", "guide_next").keys() == {"requested_slot"}
        again = answered(house, field, "/guide_continue", "guide_continue")
        assert (again["asking"], again["requested_slot"]) == (True, field)

    def test_asking_for_the_ticket_once_more_is_no_answer(self, house: House) -> None:
        slots = answered(house, "ticket_service", "registrera ett ärende", "register_ticket")
        assert "ticket_service" not in slots
        assert (slots["asking"], slots["requested_slot"]) == (True, "ticket_service")

    def test_a_button_answers_whatever_its_words_sound_like(self, house: House) -> None:
        slots = answered(house, "ticket_contact", "Bara här i chatten", "ask_capabilities")
        assert slots["ticket_contact"]["shown"] == "Bara här i chatten"

    def test_a_long_description_is_one_whatever_it_sounds_like(self, house: House) -> None:
        text = "Vi måste starta om programmet från början varje gång någon skriver ut"
        assert answered(house, "ticket_what", text, "start_over")["ticket_what"] == text

    def test_the_question_comes_again_under_the_answer(self, house: House) -> None:
        latest = message("Vad är Sjunet?", topics={"Dalarna": ranking("dalarna/rdnet/vad-ar")})
        dispatcher = CollectingDispatcher()
        before = tracker(latest, {**FILLED, "region": "Dalarna", "ticket_affected": None})
        before.active_loop = {"name": "ticket_form"}
        asyncio.run(AnswerQuestion(house).run(dispatcher, before, {}))
        (said,) = dispatcher.messages
        assert said["custom"]["asks"] == "affected"
        assert [button["title"] for button in said["buttons"]] == ["Bara jag", "Flera", "Hela enheten"]

    def test_the_question_is_not_asked_twice(self, house: House) -> None:
        dispatcher = CollectingDispatcher()
        assert asyncio.run(AskUnit(house).run(dispatcher, tracker(message("x"), FILLED), {})) == []
        assert dispatcher.messages == []

    def test_what_is_broken_off_is_forgotten_but_for_who_asks(self, house: House) -> None:
        before = tracker(message("avbryt", "cancel"), {**FILLED, "region": "Dalarna"})
        before.active_loop = {"name": "ticket_form"}
        events = asyncio.run(Cancel(house).run(CollectingDispatcher(), before, {}))
        emptied = {event["name"] for event in events if event["value"] is None}
        assert {"ticket_what", "ticket_region", "ticket_service", "ticket_key"} <= emptied
        assert not {"ticket_unit", "ticket_contact"} & emptied


async def submitted(house: House, **slots: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The reply to an approved form, and the slots afterwards."""
    dispatcher = CollectingDispatcher()
    known = {**FILLED, "ticket_approved": True, "region": "Dalarna", **slots}
    events = await SubmitTicket(house).run(dispatcher, tracker(message("Skicka ärendet"), known), {})
    (said,) = dispatcher.messages
    assert_contract(said["custom"])
    return said, {**known, **{event["name"]: event["value"] for event in events}}


class TestRegistering:
    def test_the_number_the_code_and_how_the_documents_say_it(self, house: House) -> None:
        async def work(house: House) -> None:
            said, slots = await submitted(house)
            assert said["custom"]["outcome"] == "ticketed"
            assert said["custom"]["ticket"]["number"] == "1"
            assert "nummer 1" in said["text"]
            assert PHONES["Dalarna"] in said["text"]
            assert said["custom"]["sources"]
            assert slots["ticket_what"] is None
            assert slots["ticket_contact"] == PHONE

            case = await Cases(house.desks.engine).get(1, "Dalarna")
            assert case is not None
            assert (case.title, case.priority, case.kind) == ("NPÖ: Sidan är blank", 2, Kind.incident)
            for words in ("Björkö vårdcentral", "i morse", "031-786 32 00", "Den visar ingenting"):
                assert words in case.body
            assert case.conversation == "test"

        with_records(house, work)

    def test_the_same_form_twice_is_one_ticket(self, house: House) -> None:
        async def work(house: House) -> None:
            first, _ = await submitted(house)
            second, _ = await submitted(house)
            assert first["custom"]["ticket"] == second["custom"]["ticket"]

        with_records(house, work)

    def test_without_records_nothing_is_promised_and_nothing_forgotten(self, house: House) -> None:
        said, slots = asyncio.run(submitted(house))  # no tables
        assert (said["custom"]["outcome"], PHONES["Dalarna"] in said["text"]) == ("failed", True)
        assert "ingenting är registrerat" in said["text"]
        assert [button["payload"] for button in said["buttons"]] == ["/register_ticket"]
        assert slots["ticket_what"] == FILLED["ticket_what"]

    def test_a_form_that_broke_is_not_sent(self, house: House) -> None:
        said, _ = asyncio.run(submitted(house, ticket_approved=None, ticket_unit=None))
        assert said["custom"]["outcome"] == "referred"


class TestKnownOutage:
    def test_it_is_told_first_and_can_be_joined(self, house: House, conversation: Conversation) -> None:
        async def work(house: House) -> None:
            desks: DeskService = house.desks
            outage = await Outages(desks.engine).add(
                desks.now(), region="Dalarna", service="npo", text="NPÖ är nere hos alla.", number="INC77"
            )
            latest = message("registrera ett ärende", "register_ticket")
            before = tracker(latest, {"region": "Dalarna", "service": "npo", "requested_slot": None})
            events = await ValidateTicketForm(house).run(CollectingDispatcher(), before, {})
            slots = {event["name"]: event["value"] for event in events}
            assert slots["requested_slot"] == "ticket_outage"
            assert slots["ticket_known_outage"] == {"id": outage, "text": "NPÖ är nere hos alla."}

            joining = {**slots, "ticket_outage": "join", "ticket_approved": None}
            joining = {**dict.fromkeys(FILLED), **joining}
            said, after = await submitted(house, **joining)
            assert said["custom"]["outcome"] == "ticketed"
            assert "INC77" in said["text"]
            assert after["ticket_known_outage"] is None
            known = await desks.known_outage("Dalarna", "npo")
            assert known is not None
            assert known.affected == 1

            await Outages(desks.engine).end(outage, desks.now())
            said, _ = await submitted(house, **joining)
            assert said["custom"]["outcome"] == "clarifying"
            assert [button["payload"] for button in said["buttons"]] == ["/register_ticket"]

        with_records(house, work)

    @pytest.mark.parametrize(("text", "intent"), [("ja", "affirm"), ("Ja, anmäl mig till den", "register_ticket")])
    def test_joining_ends_the_form(self, house: House, text: str, intent: str) -> None:
        known = {**FILLED, "ticket_known_outage": {"id": 1, "text": "Nere."}, "ticket_what": None}
        slots = validated(house, message(text, intent), "ticket_outage", **known)
        assert (slots["ticket_outage"], slots["requested_slot"]) == ("join", None)

    def test_declining_goes_on(self, house: House) -> None:
        known = {**FILLED, "ticket_known_outage": {"id": 1, "text": "Nere."}, "ticket_what": None}
        slots = validated(house, message("nej", "deny"), "ticket_outage", **known)
        assert (slots["ticket_outage"], slots["requested_slot"]) == ("own", "ticket_what")


def test_records_that_cannot_be_read_hide_no_form(dead_house: House) -> None:
    assert make_url(str(dead_house.desks.engine.url)).database
    latest = message("registrera ett ärende", "register_ticket")
    before = tracker(latest, {"region": "VGR", "service": "npo", "requested_slot": None})
    events = asyncio.run(ValidateTicketForm(dead_house).run(CollectingDispatcher(), before, {}))
    assert ("requested_slot", "ticket_what") in [(event["name"], event["value"]) for event in events]
