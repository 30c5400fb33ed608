"""The families of questions in each region: the right answer, its sources, and nothing of another region."""

import pytest

from actions.house import House
from actions.questions import AnswerQuestion
from actions.talk import SetRegion
from knowledge.content import Content
from tests.builders import REGIONS, Conversation, Said, foreign_values, message, ranking
from tests.families import FAMILIES, NAMES, Expected, assert_asks_for_region

FAMILY_AND_REGION = [(family, region) for family in FAMILIES for region in REGIONS]


def assert_answered(said: Said, expected: Expected, region: str, content: Content) -> None:
    custom = said.custom
    assert (custom["outcome"], custom["topic"], custom["region"]) == (expected.outcome, expected.topic, region)
    for words in expected.says:
        assert words in said.text
        assert any(words in value for value in said.values)
    own = {source.file for source in content.sources.values() if source.region == region}
    assert said.documents
    assert said.documents <= own
    assert custom.get("open") is expected.open
    assert [value for value in foreign_values(content, region) if value in said.whole] == []


@pytest.mark.parametrize(("family", "region"), FAMILY_AND_REGION)
class TestFamilies:
    def test_the_region_is_remembered(
        self, house: House, content: Content, conversation: Conversation, family: str, region: str
    ) -> None:
        conversation.slots["region"] = region
        said = conversation.send(AnswerQuestion(house), FAMILIES[family].message())
        assert_answered(said, FAMILIES[family].answers[region], region, content)
        assert conversation.slots["region"] == region
        assert conversation.slots["pending"] is None

    def test_the_region_is_named(
        self, house: House, content: Content, conversation: Conversation, family: str, region: str
    ) -> None:
        conversation.slots["region"] = next(other for other in REGIONS if other != region)
        said = conversation.send(AnswerQuestion(house), FAMILIES[family].message(regions=[region]))
        assert_answered(said, FAMILIES[family].answers[region], region, content)

    def test_the_portal_sets_the_region(
        self, house: House, content: Content, conversation: Conversation, family: str, region: str
    ) -> None:
        said = conversation.send(AnswerQuestion(house), FAMILIES[family].message(metadata={"region": region}))
        assert_answered(said, FAMILIES[family].answers[region], region, content)

    def test_the_bot_asks_for_the_region_and_then_answers(
        self, house: House, content: Content, conversation: Conversation, family: str, region: str
    ) -> None:
        asked = conversation.send(AnswerQuestion(house), FAMILIES[family].message())
        assert_asks_for_region(asked)
        assert conversation.slots["pending"] is not None
        pressed = message(region, "inform_region", regions=[region])
        said = conversation.send(SetRegion(house), pressed)
        assert_answered(said, FAMILIES[family].answers[region], region, content)
        assert conversation.slots["region"] == region
        assert conversation.slots["pending"] is None

    def test_what_is_answered_is_remembered_as_the_topic(
        self, house: House, conversation: Conversation, family: str, region: str
    ) -> None:
        conversation.slots["region"] = region
        said = conversation.send(AnswerQuestion(house), FAMILIES[family].message())
        if said.custom["outcome"] == "answered":
            assert conversation.slots["topic"] == said.custom["topic"]


@pytest.mark.parametrize("family", FAMILIES)
class TestSeveralRegions:
    def test_a_foreign_region_is_declined(self, house: House, conversation: Conversation, family: str) -> None:
        said = conversation.send(AnswerQuestion(house), FAMILIES[family].message(foreign=["Skåne"]))
        assert said.custom["outcome"] == "declined"
        assert (said.custom["facts"], said.custom["sources"], said.custom["topic"]) == ([], [], None)
        assert "Skåne" in said.text

    def test_a_foreign_region_is_declined_though_another_is_remembered(
        self, house: House, conversation: Conversation, family: str
    ) -> None:
        conversation.slots["region"] = "VGR"
        said = conversation.send(AnswerQuestion(house), FAMILIES[family].message(foreign=["Skåne"]))
        assert (said.custom["outcome"], said.custom["facts"]) == ("declined", [])
        assert conversation.slots["region"] == "VGR"

    def test_a_foreign_region_beside_ours_is_passed_over(
        self, house: House, content: Content, conversation: Conversation, family: str
    ) -> None:
        latest = FAMILIES[family].message(regions=["Dalarna"], foreign=["Skåne"])
        said = conversation.send(AnswerQuestion(house), latest)
        assert_answered(said, FAMILIES[family].answers["Dalarna"], "Dalarna", content)

    @pytest.mark.parametrize("pair", [("VGR", "Dalarna"), ("Dalarna", "Uppsala"), ("Uppsala", "VGR")], ids="+".join)
    def test_two_regions_are_both_answered_under_their_names(
        self, house: House, content: Content, conversation: Conversation, family: str, pair: tuple[str, str]
    ) -> None:
        said = conversation.send(AnswerQuestion(house), FAMILIES[family].message(regions=pair))
        third = next(code for code in REGIONS if code not in pair)
        answers = [content.topics[FAMILIES[family].answers[code].topic] for code in pair]
        for code, placed in zip(pair, answers, strict=True):
            paragraph = placed.topic.text.splitlines()[0]
            assert said.text.index(NAMES[code]) < said.text.index(paragraph)
            assert {fact.value for fact in placed.topic.facts} <= said.values
        assert {content.sources[fact.source].file for p in answers for fact in p.topic.facts} <= said.documents
        allowed = "\n".join(value for value in _own(content, pair))
        forbidden = [value for value in foreign_values(content, pair[0]) if value not in allowed]
        assert [value for value in forbidden if value in said.whole] == [], third


def _own(content: Content, codes: tuple[str, ...]) -> set[str]:
    topics = [p for p in content.topics.values() if p.region in codes]
    desks = [desk for code in codes for desk in content.regions[code].desks]
    return {f.value for p in topics for f in p.topic.facts} | {f.value for desk in desks for f in desk.contacts}


def test_two_regions_that_both_only_refer_are_referred(house: House, conversation: Conversation) -> None:
    latest = FAMILIES["log extract"].message(regions=["Dalarna", "Uppsala"])
    assert conversation.send(AnswerQuestion(house), latest).custom["outcome"] == "referred"


def test_a_named_region_without_an_answer_is_mentioned(house: House, conversation: Conversation) -> None:
    topics = {"VGR": ranking("vgr/boa/vad-ar"), "Uppsala": ranking("uppsala/dator/egeninkopt", confidence=0.01)}
    latest = message("Vad är BOA i VGR och Uppsala?", regions=["VGR", "Uppsala"], services=["boa"], topics=topics)
    said = conversation.send(AnswerQuestion(house), latest)
    assert "Uppsala" in said.text
