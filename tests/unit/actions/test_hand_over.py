"""To a person: live, with consent, where the region's desk takes over and is open; else by its number."""

import pytest

from actions.house import House
from actions.talk import HandOver, TalkToHuman
from tests.builders import REGIONS, Conversation, Said, house_at, message
from tests.families import PHONES

OPEN, CLOSED = "2026-11-23T10:00", "2026-11-23T19:00"


def asked(house: House, conversation: Conversation, now: str, region: str | None, *live: str) -> Said:
    conversation.slots["region"] = region
    there = house_at(house, now, handover_regions=frozenset(live))
    return conversation.send(TalkToHuman(there), message("prata med en människa", "talk_to_human"))


def answered(house: House, conversation: Conversation, now: str, intent: str) -> Said:
    there = house_at(house, now, handover_regions=frozenset({"Uppsala"}))
    return conversation.send(HandOver(there), message("svar", intent))


def test_an_open_desk_asks_what_it_may_read(house: House, conversation: Conversation) -> None:
    said = asked(house, conversation, OPEN, "Uppsala", "Uppsala")
    assert (said.custom["outcome"], said.payloads) == ("clarifying", ["/affirm", "/deny"])
    assert conversation.slots["offer"] == "transcript"


@pytest.mark.parametrize(("intent", "transcript"), [("affirm", True), ("deny", False)])
def test_the_answer_hands_over(house: House, conversation: Conversation, intent: str, transcript: bool) -> None:
    asked(house, conversation, OPEN, "Uppsala", "Uppsala")
    conversation.slots |= {"topic": "uppsala/losenord/glomt-losenord", "service": "losenord", "role": "chef"}
    said = answered(house, conversation, OPEN, intent)
    handover = said.custom["handover"]
    assert (said.custom["outcome"], handover["region"], handover["desk"]) == ("handed_over", "Uppsala", "it-support")
    assert handover["transcript"] is transcript
    assert handover["summary"]
    told = {(fact["kind"], fact["label"]): fact["value"] for fact in handover["facts"]}
    assert told.pop(("topic", "Senaste svaret"))
    assert told == {("region", "Region"): "Uppsala", ("service", "Tjänst"): "Lösenord", ("role", "Roll"): "chef"}
    assert conversation.slots["offer"] is None


def test_a_desk_that_closes_meanwhile_gives_its_number(house: House, conversation: Conversation) -> None:
    asked(house, conversation, OPEN, "Uppsala", "Uppsala")
    said = answered(house, conversation, CLOSED, "affirm")
    assert (said.custom["outcome"], said.custom["open"]) == ("referred", False)
    assert "handover" not in said.custom


@pytest.mark.parametrize("region", REGIONS)
def test_a_closed_desk_says_when_it_opens_and_offers_a_ticket(
    house: House, conversation: Conversation, region: str
) -> None:
    said = asked(house, conversation, CLOSED, region, *REGIONS)
    assert (said.custom["outcome"], said.custom["open"]) == ("referred", False)
    assert said.custom["next_open"] is not None
    assert PHONES[region] in said.text
    assert "/register_ticket" in said.payloads


@pytest.mark.parametrize("region", REGIONS)
def test_nobody_takes_over_unless_it_is_switched_on(house: House, conversation: Conversation, region: str) -> None:
    said = asked(house, conversation, OPEN, region)
    assert (said.custom["outcome"], said.custom["open"]) == ("referred", True)


def test_what_was_filled_in_goes_to_the_person(house: House, conversation: Conversation) -> None:
    asked(house, conversation, OPEN, "Uppsala", "Uppsala")
    way = {"kind": "phone", "value": "+46317863200", "shown": "031-786 32 00"}
    conversation.slots |= {"ticket_what": "Sidan är blank", "ticket_contact": way}
    handover = answered(house, conversation, OPEN, "affirm").custom["handover"]
    assert "Sidan är blank" in [fact["value"] for fact in handover["facts"]]
    assert handover["contact"] == "+46317863200"


def test_on_christmas_eve_nobody_is_promised(house: House, conversation: Conversation) -> None:
    said = asked(house, conversation, "2026-12-24T10:00", "Uppsala", "Uppsala")
    assert (said.custom["outcome"], said.custom["open"]) == ("referred", None)
