"""Guides as a form: begun, moved, left for a question, ended."""

import asyncio
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.answers.guide import at_its_step
from actions.forms.guide import AskGuideMove, EndGuide, ValidateGuideForm
from actions.house import House
from actions.questions import AnswerQuestion
from knowledge.content import Content
from tests.builders import Conversation, assert_contract, foreign_values, message, ranking, tracker, turn
from tests.families import PHONES

ORDER = "vgr/anvandartjanst/bestalla-steg-for-steg"
ATTEST = "vgr/anvandartjanst/akut-attest-steg-for-steg"


def validated(house: House, latest: dict[str, Any], **slots: Any) -> dict[str, Any]:
    """The slots that the form's validation sets."""
    events = asyncio.run(
        ValidateGuideForm(house).run(CollectingDispatcher(), tracker(latest, {"region": "VGR", **slots}), {})
    )
    return {event["name"]: event["value"] for event in events}


def moved(
    house: House, guide: dict[str, Any], move: str | None, latest: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The slots after a message in a guide that is under way."""
    latest = latest or message("klart", "guide_next")
    return validated(house, latest, guide=guide, guide_move=move, requested_slot="guide_move")


class TestBeginning:
    def test_by_its_button(self, house: House) -> None:
        latest = message("/start_guide", "start_guide", others={"guide": ORDER})
        slots = validated(house, latest, guide_move="start")
        assert slots == {
            "guide": {"name": ORDER, "step": 0},
            "guide_move": None,
            "asking": True,
            "requested_slot": "guide_move",
        }

    def test_of_what_was_talked_about(self, house: House) -> None:
        latest = message("ta det steg för steg", "start_guide")
        slots = validated(house, latest, guide_move="start", topic="vgr/anvandartjanst/akut-attest")
        assert slots["guide"]["name"] == ATTEST

    def test_of_a_service_with_several_the_one_that_the_message_is_about(self, house: House) -> None:
        topics = {"VGR": ranking("vgr/anvandartjanst/tagordning")}
        latest = message("guida mig", "start_guide", services=["anvandartjanst"], topics=topics)
        assert validated(house, latest, guide_move="start")["guide"]["name"] == ORDER

    def test_a_guide_of_an_older_release_ends_at_once(self, house: House) -> None:
        latest = message("/start_guide", "start_guide", others={"guide": "vgr/finns/inte"})
        slots = validated(house, latest, guide_move="start")
        assert (slots["guide"], slots["requested_slot"]) == (None, None)

    @pytest.mark.parametrize("move", ["next", "skip", "back", "stay"])
    def test_nothing_is_begun_by_moving(self, house: House, move: str) -> None:
        slots = validated(house, message("nästa", "guide_next"), guide_move=move, service="kiv")
        assert (slots["guide"], slots["requested_slot"]) == (None, None)

    def test_what_was_put_aside_goes_on_where_it_was(self, house: House) -> None:
        kept = {"name": ORDER, "step": 3, "skipped": [1]}
        slots = validated(house, message("fortsätt", "guide_continue"), guide=kept, guide_move="stay")
        assert slots["guide"] == kept


class TestMoving:
    @pytest.mark.parametrize(
        ("move", "step"), [("next", 4), ("yes", 4), ("skip", 4), ("back", 2), ("stay", 3), ("no", 3)]
    )
    def test_a_step(self, house: House, move: str, step: int) -> None:
        assert moved(house, {"name": ORDER, "step": 3}, move)["guide"]["step"] == step

    def test_back_from_the_first_stays_there(self, house: House) -> None:
        assert moved(house, {"name": ORDER, "step": 0}, "back")["guide"]["step"] == 0

    def test_no_is_remembered_until_the_next_move(self, house: House) -> None:
        refused = moved(house, {"name": ORDER, "step": 0}, "no")["guide"]
        assert refused["no"] is True
        assert "no" not in moved(house, refused, "next")["guide"]

    def test_a_no_that_ends_it(self, house: House) -> None:
        slots = moved(house, {"name": ATTEST, "step": 0}, "no")
        assert (slots["guide"]["ended"], slots["requested_slot"], slots["asking"]) == (True, None, False)

    def test_after_the_last_step_it_has_ended(self, house: House) -> None:
        slots = moved(house, {"name": ORDER, "step": 7}, "next")
        assert (slots["guide"]["ended"], slots["requested_slot"]) == (True, None)

    def test_a_message_that_says_nothing_to_it_is_a_digression(self, house: House) -> None:
        assert moved(house, {"name": ORDER, "step": 3}, None, message("Vad är Sjunet?", "ask_definition")) == {}

    def test_the_id_that_it_asks_for(self, house: House) -> None:
        latest = message("abcde12", "out_of_scope", others={"vgr_id": "abcde12"})
        guide = moved(house, {"name": ATTEST, "step": 1}, None, latest)["guide"]
        assert (guide["step"], guide["vgr_id"]) == (2, "abcde12")

    def test_the_date_that_it_asks_for(self, house: House) -> None:
        guide = moved(house, {"name": ORDER, "step": 1}, None, message("hon börjar 1 februari", "unclear"))["guide"]
        assert (guide["step"], guide["start"]) == (2, "2027-02-01")

    def test_a_question_about_a_day_is_no_date(self, house: House) -> None:
        latest = message("är ni öppna på lördag?", "ask_opening_hours")
        assert moved(house, {"name": ORDER, "step": 1}, None, latest) == {}

    def test_a_guide_that_the_content_no_longer_has_ends(self, house: House) -> None:
        assert moved(house, {"name": "vgr/finns/inte", "step": 3}, "next")["requested_slot"] is None

    def test_a_dead_database_ends_it_and_the_number_is_given(
        self, dead_house: House, conversation: Conversation
    ) -> None:
        slots = moved(dead_house, {"name": ORDER, "step": 3}, "next")
        assert slots == {"guide_move": None, "requested_slot": None}
        conversation.slots |= {"region": "VGR", "guide": {"name": ORDER, "step": 3}}
        said = conversation.send(EndGuide(dead_house), message("klart", "guide_next"))
        assert (said.custom["outcome"], PHONES["VGR"] in said.text) == ("failed", True)


class TestSaying:
    def test_every_step_of_every_guide(self, house: House, content: Content) -> None:
        for name, placed in content.guides.items():
            foreign = foreign_values(content, placed.region)
            for number in range(len(placed.guide.steps)):
                state = {"name": name, "step": number}
                reply = at_its_step(turn(message("nästa"), {"region": placed.region, "guide": state}), house)
                custom = reply.custom(house.knowledge)
                assert_contract(custom)
                assert (custom["outcome"], custom["region"]) == ("answered", placed.region)
                assert custom["sources"]
                assert custom["guide"]["step"] == number + 1
                assert len(reply.buttons) <= 3
                assert [value for value in foreign if value in reply.text] == []

    def test_it_is_silent_after_a_digression(self, house: House) -> None:
        dispatcher = CollectingDispatcher()
        before = tracker(message("Vad är Sjunet?"), {"guide": {"name": ORDER, "step": 0}})
        assert asyncio.run(AskGuideMove(house).run(dispatcher, before, {})) == []
        assert dispatcher.messages == []

    def test_a_digression_offers_the_way_back(self, house: House, conversation: Conversation) -> None:
        latest = message("Vad är Sjunet?", topics={"VGR": ranking("vgr/sjunet/vad-ar")})
        dispatcher = CollectingDispatcher()
        before = tracker(latest, {"region": "VGR"})
        before.active_loop = {"name": "guide_form"}
        asyncio.run(AnswerQuestion(house).run(dispatcher, before, {}))
        assert [button["payload"] for button in dispatcher.messages[0]["buttons"]] == ["/guide_continue"]

    def test_the_date_is_computed_for_the_step_after(self, house: House) -> None:
        state = {"name": ORDER, "step": 2, "start": "2027-02-01", "told": True}
        custom = at_its_step(turn(message("x"), {"region": "VGR", "guide": state}), house).custom(house.knowledge)
        assert custom["earliest"] == "2027-01-18"

    def test_a_first_day_that_is_near_can_be_ordered_for_now(self, house: House) -> None:
        state = {"name": ORDER, "step": 2, "start": "2026-11-30", "told": True}
        reply = at_its_step(turn(message("x"), {"region": "VGR", "guide": state}), house)
        assert "redan nu" in reply.text

    def test_the_end_forgets_the_id(self, house: House, conversation: Conversation) -> None:
        conversation.slots |= {
            "region": "VGR",
            "guide": {"name": ATTEST, "step": 2, "vgr_id": "abcde12", "ended": True},
        }
        said = conversation.send(EndGuide(house), message("klart", "guide_next"))
        assert said.custom["guide"]["ended"] is True
        assert "abcde12" not in str(conversation.slots)
