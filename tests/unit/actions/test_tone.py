"""What comes first for someone in a hurry, someone fed up, someone who writes English; and help in the end."""

import pytest

from actions.house import House
from actions.questions import AnswerQuestion
from actions.talk import AskForMore, Deny, Greet
from tests.builders import REGIONS, Conversation, house_at, message, ranking
from tests.families import FAMILIES, NAMES, PHONES

PASSWORD = FAMILIES["forgotten password"]


class TestUrgent:
    @pytest.mark.parametrize("region", REGIONS)
    def test_the_number_goes_before_the_answer(self, house: House, conversation: Conversation, region: str) -> None:
        conversation.slots["region"] = region
        said = conversation.send(AnswerQuestion(house), PASSWORD.message(urgent=True))
        answer = PASSWORD.answers[region]
        assert (said.custom["urgent"], said.custom["topic"], said.custom["open"]) == (True, answer.topic, True)
        first, *rest = said.text.split("\n\n")
        assert PHONES[region] in first
        assert "öppen nu" in first
        assert all(words in "\n\n".join(rest) for words in answer.says)

    def test_at_night_it_tells_of_the_on_call_first(self, house: House, conversation: Conversation) -> None:
        conversation.slots["region"] = "VGR"
        night = house_at(house, "2026-11-23T23:00")
        said = conversation.send(AnswerQuestion(night), PASSWORD.message(urgent=True))
        assert "välj beredskap" in said.text.split("\n\n")[0]
        assert (said.custom["open"], said.custom["on_call"]) == (False, True)

    def test_without_a_region_every_number_goes_before_the_question_back(
        self, house: House, conversation: Conversation
    ) -> None:
        said = conversation.send(AnswerQuestion(house), PASSWORD.message(urgent=True))
        assert said.custom["outcome"] == "clarifying"
        first = said.text.split("\n\n")[0]
        assert all(PHONES[code] in first and NAMES[code] in first for code in REGIONS)
        assert len(said.buttons) == len(REGIONS)


def test_someone_fed_up_is_offered_a_person_first_and_told_less(house: House, conversation: Conversation) -> None:
    conversation.slots["region"] = "VGR"
    near = {
        "VGR": {
            "confidence": 0.9,
            "ranking": [{"name": f"vgr/kiv/{name}", "score": 6.0} for name in ("vad-ar", "anvandning")],
        }
    }
    calm = conversation.send(AnswerQuestion(house), message("kiv", services=["kiv"], topics=near))
    fed_up = conversation.send(AnswerQuestion(house), message("kiv!!!", services=["kiv"], topics=near, frustrated=True))
    assert fed_up.payloads[0] == "/talk_to_human"
    assert len(fed_up.values) < len(calm.values)


class TestEnglish:
    def test_the_answer_is_swedish_and_says_so(self, house: House, conversation: Conversation) -> None:
        conversation.slots["region"] = "Uppsala"
        said = conversation.send(AnswerQuestion(house), PASSWORD.message(english=True))
        assert said.custom["language_note"] is True
        assert said.text.startswith("I can only write in Swedish.")
        assert PHONES["Uppsala"] in said.text

    def test_a_greeting_needs_no_excuse(self, house: House, conversation: Conversation) -> None:
        said = conversation.send(Greet(house), message("hello", "greet", english=True))
        assert "language_note" not in said.custom


class TestRepair:
    @pytest.mark.parametrize("region", [None, *REGIONS])
    def test_after_two_failures_there_is_help_instead_of_a_third(
        self, house: House, conversation: Conversation, region: str | None
    ) -> None:
        conversation.slots["region"] = region
        outcomes = [conversation.send(AskForMore(house), message("hjälp", "unclear")) for _ in range(3)]
        assert [said.custom["outcome"] for said in outcomes] == ["clarifying", "clarifying", "referred"]
        assert outcomes[0].text != outcomes[1].text
        last = outcomes[2]
        assert last.payloads == ["/talk_to_human", "/register_ticket"]
        wanted = [region] if region else REGIONS
        assert all(PHONES[code] in last.text for code in wanted)
        assert conversation.slots["failures"] is None

    def test_none_of_these_counts_as_a_failure(self, house: House, conversation: Conversation) -> None:
        conversation.slots |= {"region": "VGR", "failures": 2}
        said = conversation.send(Deny(house), message("inget av detta", "deny"))
        assert said.custom["outcome"] == "referred"

    def test_an_answer_starts_the_count_again(self, house: House, conversation: Conversation) -> None:
        conversation.slots |= {"region": "VGR", "failures": 2}
        conversation.send(AnswerQuestion(house), PASSWORD.message())
        assert conversation.slots["failures"] is None


def test_two_questions_are_both_answered_under_each_other(house: House, conversation: Conversation) -> None:
    conversation.slots["region"] = "Dalarna"
    family = FAMILIES["block journal"]
    latest = PASSWORD.message()
    latest["questions"] = [PASSWORD.message(), family.message()]
    said = conversation.send(AnswerQuestion(house), latest)
    for each in (PASSWORD, family):
        assert all(words in said.text for words in each.answers["Dalarna"].says)


def test_the_region_is_asked_for_once_for_two_questions(house: House, conversation: Conversation) -> None:
    latest = PASSWORD.message()
    latest["questions"] = [PASSWORD.message(), FAMILIES["log extract"].message()]
    asked = conversation.send(AnswerQuestion(house), latest)
    assert asked.custom["outcome"] == "clarifying"
    said = conversation.send(AnswerQuestion(house), message("Uppsala", "inform_region", regions=["Uppsala"]))
    assert (said.custom["outcome"], said.custom["topic"]) == ("answered", PASSWORD.answers["Uppsala"].topic)
    assert "loggutdrag" in said.text.lower()


def test_a_second_question_that_cannot_be_answered_waits_behind_a_button(
    house: House, conversation: Conversation
) -> None:
    conversation.slots["region"] = "Dalarna"
    latest = PASSWORD.message()
    vague = message("och det där andra?", "unclear", topics={"Dalarna": ranking("dalarna/hsa/wahsa", confidence=0.01)})
    latest["questions"] = [PASSWORD.message(), vague]
    said = conversation.send(AnswerQuestion(house), latest)
    assert said.custom["topic"] == PASSWORD.answers["Dalarna"].topic
    assert "och det där andra?" in said.payloads
