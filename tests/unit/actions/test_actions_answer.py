"""Answers, choices, questions back and refusals, whatever the topic."""

import json

import pytest

from actions.answers.answer import answer, give
from actions.answers.region import set_region
from actions.house import House
from actions.questions import AnswerQuestion, GiveContact
from actions.talk import AskForMore, Decline, NextStep, SetRegion, TalkToHuman
from knowledge.content import Content
from tests.builders import REGIONS, UNSURE, Conversation, assert_contract, foreign_values, message, ranking, turn
from tests.families import FAMILIES, NAMES, PHONES

ACTIONS = [AnswerQuestion, GiveContact, NextStep, AskForMore, Decline, TalkToHuman, SetRegion]


@pytest.mark.parametrize("region", REGIONS)
def test_every_topic_can_be_given_and_keeps_to_its_region(house: House, content: Content, region: str) -> None:
    foreign = foreign_values(content, region)
    own = {source.file for source in content.sources.values() if source.region == region}
    asked = turn(message("Fråga"), {"region": region})
    for name, placed in content.topics.items():
        if placed.region not in (region, None):
            continue
        reply = give(placed, asked, house)
        custom = reply.custom(house.knowledge)
        assert_contract(custom)
        assert (custom["outcome"], custom["topic"]) == (placed.topic.outcome, name)
        assert {source["document"] for source in custom["sources"]} <= own, name
        shown = json.dumps([reply.text, custom], ensure_ascii=False)
        assert [value for value in foreign if value in shown] == [], name
        values = {fact["value"] for fact in custom["facts"]}
        assert {fact.value for fact in placed.topic.facts} <= values, name
        assert custom["sources"] or custom["outcome"] == "declined", name


def test_a_fact_that_was_inferred_is_marked_so(house: House, content: Content) -> None:
    for placed in content.topics.values():
        inferred = [fact for fact in placed.topic.facts if fact.inferred]
        if inferred and placed.topic.outcome == "answered":
            text = give(placed, turn(message("Fråga"), {"region": placed.region}), house).text
            assert all(fact.inferred in text for fact in inferred if fact.inferred)


@pytest.mark.parametrize(
    ("intent", "told"),
    [("report_fault", "vgr/felanmalan/oversikt"), ("login_problem", "vgr/inloggning/kan-inte-logga-in")],
)
def test_who_reports_a_fault_is_not_told_how_to_order(house: House, content: Content, intent: str, told: str) -> None:
    orders = "vgr/labcenter/bestalla-behorighet"
    latest = message("LabCenter hänger sig", intent, services=["labcenter"], topics={"VGR": ranking(orders)})
    latest["thresholds"] = {"high": 0.86, "low": 0.1}
    reply = answer(turn(latest, {"region": "VGR"}), house)
    assert reply.outcome == "clarifying"
    assert content.topics[told].topic.text in reply.text
    assert any(orders in button.payload for button in reply.buttons)


def test_a_topic_about_the_systems_own_faults_answers_who_reports_one(house: House) -> None:
    latest = message("KIV visar fel", "report_fault", services=["kiv"], topics={"VGR": ranking("vgr/kiv/felanmala")})
    assert answer(turn(latest, {"region": "VGR"}), house).custom(house.knowledge)["topic"] == "vgr/kiv/felanmala"


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_what_no_topic_answers_is_referred(house: House, content: Content, region: str | None) -> None:
    topics = {code: ranking("shared/npo/fel", confidence=0.02) for code in REGIONS}
    latest = message("Kan jag koppla kaffemaskinen till NPÖ på något sätt?", services=["npo"], topics=topics)
    reply = answer(turn(latest, {"region": region}), house)
    custom = reply.custom(house.knowledge)
    assert (custom["outcome"], custom["topic"], custom["region"]) == ("referred", None, region)
    values = {fact["value"] for fact in custom["facts"]}
    wanted = [region] if region else list(REGIONS)
    assert all(PHONES[code] in values and PHONES[code] in reply.text for code in wanted)
    if region:
        assert custom["open"] is True
        assert not {PHONES[code] for code in REGIONS if code != region} & values


def test_a_referring_topic_without_region_names_each_regions_desk(house: House) -> None:
    topics = {code: ranking("shared/etjanstekort/pin-och-puk") for code in REGIONS}
    latest = message("Jag har glömt pinkoden till kortet", "password_help", services=["etjanstekort"], topics=topics)
    reply = answer(turn(latest), house)
    assert (reply.outcome, reply.topic, reply.region) == ("referred", "shared/etjanstekort/pin-och-puk", None)
    assert all(name in reply.text for name in NAMES.values())


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_what_is_outside_the_assignment_is_declined(
    house: House, conversation: Conversation, region: str | None
) -> None:
    conversation.slots["region"] = region
    topics = {code: ranking("shared/allmant/vader-och-resor") for code in REGIONS}
    for action in (AnswerQuestion(house), Decline(house)):
        said = conversation.send(action, message("Blir det regn i morgon?", "out_of_scope", topics=topics))
        assert (said.custom["outcome"], said.custom["facts"], said.custom["sources"]) == ("declined", [], [])
    assert conversation.slots["topic"] is None


def test_unsure_means_a_choice(house: House, conversation: Conversation) -> None:
    names = ["vgr/kiv/vad-ar", "vgr/kiv/anvandning", "vgr/kiv/engagemang", "vgr/kiv/lathundar"]
    topics = {"VGR": ranking(*names, confidence=UNSURE)}
    conversation.slots["region"] = "VGR"
    said = conversation.send(AnswerQuestion(house), message("kiv", services=["kiv"], topics=topics))
    assert (said.custom["outcome"], said.custom["facts"]) == ("clarifying", [])
    chosen = [payload for payload in said.payloads if payload.startswith("/ask_about_service")]
    assert [json.loads(payload.removeprefix("/ask_about_service")) for payload in chosen] == [
        {"chosen_topic": name} for name in names[: len(chosen)]
    ]
    assert 1 < len(chosen) <= 3
    assert "/deny" in said.payloads


def test_a_topic_is_chosen_by_its_button(house: House, conversation: Conversation) -> None:
    conversation.slots["region"] = "VGR"
    said = conversation.send(AnswerQuestion(house), message("/ask_about_service", chosen="vgr/kiv/vad-ar"))
    assert (said.custom["outcome"], said.custom["topic"]) == ("answered", "vgr/kiv/vad-ar")


@pytest.mark.parametrize("chosen", [None, "vgr/finns/inte", "'; drop table topic; --"])
def test_a_button_of_an_older_release_asks_again(house: House, conversation: Conversation, chosen: str | None) -> None:
    said = conversation.send(AnswerQuestion(house), message("/ask_about_service", chosen=chosen))
    assert (said.custom["outcome"], said.custom["facts"]) == ("clarifying", [])


@pytest.mark.parametrize("region", [None, *REGIONS])
@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_message_is_answered(house: House, conversation: Conversation, text: str, region: str | None) -> None:
    for action in (AnswerQuestion, AskForMore):
        conversation.slots["region"] = region
        said = conversation.send(action(house), message(text, "unclear"))
        assert (said.custom["outcome"], said.custom["facts"]) == ("clarifying", [])


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
@pytest.mark.parametrize(
    "text",
    ["🙂🙂🙂", "a" * 10_000, "{region}", "%s %d {0}", "<script>alert(1)</script>", "\x00", "/restart"],
    ids=["emoji", "long", "braces", "percent", "script", "null", "restart"],
)
def test_no_text_makes_an_action_fail(house: House, conversation: Conversation, action: type, text: str) -> None:
    said = conversation.send(action(house), message(text, "unclear"))
    assert said.custom["outcome"] != "failed"


@pytest.mark.parametrize("region", REGIONS)
def test_an_unclear_message_with_a_region_gives_the_number(
    house: House, conversation: Conversation, region: str
) -> None:
    conversation.slots["region"] = region
    said = conversation.send(AskForMore(house), message("hjälp", "unclear"))
    assert said.custom["outcome"] == "clarifying"
    assert PHONES[region] in said.text


def test_a_number_in_a_question_back_is_listed_as_a_fact(house: House, conversation: Conversation) -> None:
    conversation.slots["region"] = "VGR"
    said = conversation.send(AskForMore(house), message("hjälp", "unclear"))
    assert PHONES["VGR"] in said.values


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_a_person_can_be_reached(house: House, conversation: Conversation, region: str | None) -> None:
    conversation.slots["region"] = region
    said = conversation.send(TalkToHuman(house), message("prata med en människa", "talk_to_human"))
    assert (said.custom["outcome"], said.custom["region"]) == ("referred", region)
    wanted = [region] if region else list(REGIONS)
    assert {PHONES[code] for code in wanted} == {number for number in PHONES.values() if number in said.text}
    assert said.documents


class TestNextStep:
    def test_it_goes_down_the_support_path(self, house: House, content: Content, conversation: Conversation) -> None:
        conversation.slots["region"] = "VGR"
        conversation.send(AnswerQuestion(house), FAMILIES["forgotten password"].message())
        seen = [conversation.slots["topic"]]
        while following := content.topics[seen[-1]].topic.next_step:
            said = conversation.send(NextStep(house), message("det hjälpte inte", "next_step"))
            assert (said.custom["outcome"], said.custom["topic"]) == ("answered", following)
            assert conversation.slots["topic"] == following
            seen.append(following)
        assert len(seen) > 2

    def test_at_the_end_of_the_path_there_is_a_desk(self, house: House, conversation: Conversation) -> None:
        conversation.slots = {"region": "Dalarna", "topic": "dalarna/losenord/losenord-hjalp"}
        said = conversation.send(NextStep(house), message("det hjälpte inte", "next_step"))
        assert said.custom["outcome"] == "referred"
        assert PHONES["Dalarna"] in said.values

    @pytest.mark.parametrize("topic", [None, "vgr/finns/inte"])
    def test_of_nothing_it_asks_back(self, house: House, conversation: Conversation, topic: str | None) -> None:
        conversation.slots["topic"] = topic
        said = conversation.send(NextStep(house), message("det hjälpte inte", "next_step"))
        assert (said.custom["outcome"], said.custom["facts"]) == ("clarifying", [])


class TestRegion:
    def test_alone_it_is_noted(self, house: House, conversation: Conversation) -> None:
        said = conversation.send(SetRegion(house), message("Dalarna", "inform_region", regions=["Dalarna"]))
        assert (said.custom["outcome"], said.custom["region"]) == ("clarifying", "Dalarna")
        assert conversation.slots["region"] == "Dalarna"

    @pytest.mark.parametrize("region", REGIONS)
    def test_after_an_answer_it_answers_the_same_for_the_new_one(
        self, house: House, conversation: Conversation, region: str
    ) -> None:
        answers = FAMILIES["forgotten password"].answers
        conversation.slots = {"region": "VGR", "topic": answers["VGR"].topic}
        said = conversation.send(SetRegion(house), message("och där?", "inform_region", regions=[region]))
        assert (said.custom["topic"], said.custom["region"]) == (answers[region].topic, region)

    def test_after_a_referring_answer_it_answers_the_same_for_the_new_one(
        self, house: House, conversation: Conversation
    ) -> None:
        conversation.send(AnswerQuestion(house), FAMILIES["block journal"].message(regions=["Uppsala"]))
        said = conversation.send(SetRegion(house), message("och i Dalarna?", "inform_region", regions=["Dalarna"]))
        assert said.custom["topic"] == FAMILIES["block journal"].answers["Dalarna"].topic

    def test_what_the_new_one_has_no_answer_to_is_referred(self, house: House, conversation: Conversation) -> None:
        conversation.slots = {"region": "VGR", "topic": "vgr/boa/vad-ar"}
        said = conversation.send(SetRegion(house), message("i Uppsala då?", "inform_region", regions=["Uppsala"]))
        assert (said.custom["outcome"], said.custom["region"]) == ("referred", "Uppsala")
        assert PHONES["Uppsala"] in said.values
        assert PHONES["VGR"] not in said.whole

    def test_a_question_in_the_same_breath_is_answered(self, house: House, conversation: Conversation) -> None:
        latest = FAMILIES["block journal"].message(regions=["Dalarna"])
        latest["intent"]["name"] = "inform_region"
        said = conversation.send(SetRegion(house), latest)
        assert said.custom["topic"] == FAMILIES["block journal"].answers["Dalarna"].topic

    def test_a_foreign_one_is_declined(self, house: House) -> None:
        reply = set_region(turn(message("Skåne", "inform_region", foreign=["Skåne"])), house)
        assert (reply.outcome, reply.facts) == ("declined", ())

    def test_an_unknown_one_is_asked_for_again(self, house: House, conversation: Conversation) -> None:
        said = conversation.send(SetRegion(house), message("Åland", "inform_region"))
        assert said.custom["outcome"] == "clarifying"
        assert len(said.buttons) == len(REGIONS)

    def test_a_waiting_question_is_kept_while_the_region_is_unknown(
        self, house: House, conversation: Conversation
    ) -> None:
        conversation.send(AnswerQuestion(house), FAMILIES["block journal"].message())
        conversation.send(SetRegion(house), message("Åland", "inform_region"))
        said = conversation.send(SetRegion(house), message("Dalarna", "inform_region", regions=["Dalarna"]))
        assert said.custom["topic"] == FAMILIES["block journal"].answers["Dalarna"].topic

    def test_another_question_takes_the_waiting_ones_place(self, house: House, conversation: Conversation) -> None:
        conversation.send(AnswerQuestion(house), FAMILIES["block journal"].message())
        conversation.send(AnswerQuestion(house), FAMILIES["forgotten password"].message())
        said = conversation.send(SetRegion(house), message("Dalarna", "inform_region", regions=["Dalarna"]))
        assert said.custom["topic"] == FAMILIES["forgotten password"].answers["Dalarna"].topic
        assert conversation.slots["pending"] is None

    @pytest.mark.parametrize("code", ["Skåne", "vgr", "", "VGR'--"])
    def test_a_portal_that_sets_none_of_ours_sets_nothing(
        self, house: House, conversation: Conversation, code: str
    ) -> None:
        said = conversation.send(AnswerQuestion(house), FAMILIES["log extract"].message(metadata={"region": code}))
        assert (said.custom["outcome"], said.custom["region"]) == ("clarifying", None)

    def test_what_the_user_said_counts_before_the_portal(self, house: House, conversation: Conversation) -> None:
        conversation.slots["region"] = "Uppsala"
        latest = FAMILIES["forgotten password"].message(metadata={"region": "VGR"})
        assert conversation.send(AnswerQuestion(house), latest).custom["region"] == "Uppsala"


def test_knowledge_of_no_region_needs_no_region(house: House) -> None:
    topics = {code: ranking("shared/cosmic/handgrepp") for code in REGIONS}
    reply = answer(turn(message("Hur gör jag i Cosmic?", topics=topics)), house)
    assert (reply.outcome, reply.topic) == ("referred", "shared/cosmic/handgrepp")


def test_a_definition_that_one_region_holds_is_given_under_its_name(house: House) -> None:
    topics = {
        "VGR": ranking("vgr/boa/vad-ar"),
        "Dalarna": ranking("dalarna/rdnet/vad-ar", confidence=0.03, best=-9.0),
        "Uppsala": ranking("uppsala/programportal/vad-ar", confidence=0.03, best=-9.0),
    }
    reply = answer(turn(message("Vad är BOA-registret?", "ask_definition", services=["boa"], topics=topics)), house)
    assert (reply.outcome, reply.topic, reply.region) == ("answered", "vgr/boa/vad-ar", "VGR")
    assert NAMES["VGR"] in reply.text


def test_definitions_that_two_regions_hold_are_put_side_by_side(house: House) -> None:
    topics = {
        "VGR": ranking("vgr/npo/obligatorisk"),
        "Dalarna": ranking("dalarna/npo/npo-obligatorisk", best=5.5),
        "Uppsala": ranking("uppsala/dator/egeninkopt", confidence=0.02, best=-9.0),
    }
    reply = answer(turn(message("Är NPÖ obligatoriskt?", services=["npo"], topics=topics)), house)
    assert reply.outcome == "answered"
    assert NAMES["VGR"] in reply.text
    assert NAMES["Dalarna"] in reply.text
    documents = {source["document"][:3] for source in reply.custom(house.knowledge)["sources"]}
    assert documents == {"001", "002"}
