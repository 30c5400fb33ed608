"""What `make evaluate` computes, and what it refuses."""

import json
import math
import re
import tarfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from nlu.evaluate import GATES
from nlu.evaluation import page, plots, report, trained
from nlu.evaluation.cases import WORDINGS, Blind, Cases, Fact, Noisy, Question, read_cases
from nlu.evaluation.confusion import count
from nlu.evaluation.figures import Figure, Gates, f1, loss, percentile, share
from nlu.evaluation.measure import Examination, Measured
from nlu.evaluation.outcome import Limits, Replies
from nlu.evaluation.training import even, read_training
from nlu.understanding.cues import Cues
from nlu.understanding.gate import Thresholds
from nlu.understanding.model import Understanding, Understood
from nlu.understanding.names import FOREIGN_REGION, REGION, SERVICE, NameMatch
from nlu.understanding.topic_model import RankedTopic, Ranking
from tests.unit.nlu.fakes import HashedLetters
from tests.unit.nlu.tiny_index import tiny_index

ROOT = Path(__file__).parents[3]
AT = Limits(
    high=0.4,
    low=0.2,
    own_margin={"answered": 0.7, "referred": 3.0},
    vague=0.35,
    sibling_margin=1.6,
    sibling_characters=900,
    choices=3,
    agreed=0.25,
    agreed_without_service=0.35,
    sure_kind=0.9,
    likely=0.3,
    declines=0.35,
    together=2.0,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_intervals(hits: int, n: int, low: float, high: float) -> None:
    figure = share([True] * hits + [False] * (n - hits))
    assert (figure.value, figure.n) == (hits / n, n)
    assert figure.low == pytest.approx(low, abs=1e-4)
    assert figure.high == pytest.approx(high, abs=1e-4)


def test_a_share_of_nothing_is_no_number_and_passes_no_gate() -> None:
    figure = share([])
    assert math.isnan(figure.value) and figure.n == 0
    assert len(Gates({"x": 0.0}, {"x": 1.0}).broken({"x": figure})) == 2


def test_loss_and_percentile() -> None:
    figure = loss([(1.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)])
    assert figure.value == 0.25 and figure.low < 0.25 < figure.high
    assert percentile([1.0, 2.0, 3.0], 50).value == 2.0


def test_f1_counts_names_over_all_sentences() -> None:
    figure = f1([({"a", "b"}, {"a"}), ({"c"}, {"c", "d"}), (set(), set())])
    assert figure.value == pytest.approx(2 * 2 / 6) and figure.n == 3
    assert figure.low <= figure.value <= figure.high
    assert math.isnan(f1([(set(), set())]).value)


def test_gates() -> None:
    figures = {"good": Figure(0.9, 0.8, 1.0, 10), "slow": Figure(40.0, 40.0, 40.0, 10)}
    assert Gates({"good": 0.9}, {"slow": 40.0}).broken(figures) == []
    assert Gates({"good": 0.91}, {"slow": 39.0}).broken(figures) == [
        "good is 0.900, at least 0.91 is wanted",
        "slow is 40.000, at most 39.0 is wanted",
    ]
    assert Gates({"gone": 0.1}, {}).broken(figures) == ["gone: there is no such figure"]


def test_the_thresholds_are_those_of_the_actions() -> None:
    found = Limits.of(Thresholds(0.6, 0.3), ROOT / "actions/answers/answer.py")
    assert 0.0 < found.low < found.high < 1.0
    with pytest.raises(KeyError):
        Limits.of(Thresholds(0.6, 0.3), Path(__file__))


def test_the_held_out_cases_are_read_whole() -> None:
    cases = read_cases(ROOT / "tests/nlu/cases")
    assert len(cases.facts) > 400 and len(cases.questions) > 300 and len(cases.noisy) > 150
    assert {fact.document for fact in cases.facts} == {"000", "001", "002", "003", "004"}
    kinds = Counter(case.kind for case in cases.blind)
    assert set(kinds) >= {*WORDINGS, "two_in_one", "follow_up", "out_of_scope", "names"} and min(kinds.values()) >= 20
    assert not any("](" in case.text for case in cases.blind)
    assert all(fact.strings for fact in cases.facts) and all(question.expected for question in cases.questions)


def test_training_sentences_are_compared_without_case_diacritics_and_punctuation(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "content" / "vgr").mkdir(parents=True)
    nlu = {"nlu": [{"intent": "greet", "examples": "- Hej!\n- god  morgon\n"}, {"lookup": "x"}]}
    (tmp_path / "data" / "greet.yml").write_text(yaml.safe_dump(nlu), encoding="utf-8")
    topics = {"topics": [{"id": "vad-ar", "examples": ["Vad är Sjunet?"]}]}
    (tmp_path / "content" / "vgr" / "sjunet.yml").write_text(yaml.safe_dump(topics), encoding="utf-8")
    found = read_training(tmp_path / "data", tmp_path / "content")
    assert found == {"hej": {"greet"}, "god morgon": {"greet"}, "vad ar sjunet": {"vgr/sjunet/vad-ar"}}
    assert even(" VAD ÄR, Sjunet ??") in found


def test_without_a_model_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(trained.NoModel, match="make train"):
        trained.load(tmp_path / "none.tar.gz")
    empty = tmp_path / "empty.tar.gz"
    with tarfile.open(empty, "w:gz"):
        pass
    with pytest.raises(trained.NoModel, match="make train"):
        trained.load(empty)


# -- outcomes -------------------------------------------------------------------------------------------------

TOPICS: dict[str, dict[str, Any]] = {
    "a/x": {"region": "A", "service": "x", "outcome": "answered", "text": "x" * 500, "intent": "ask_order"},
    "a/ref": {"region": "A", "service": "x", "outcome": "referred", "text": "z", "intent": "ask_cost"},
    "a/no": {"region": "A", "service": "x", "outcome": "declined", "text": "z", "intent": "ask_cost"},
    "a/y": {"region": "A", "service": "x", "outcome": "answered", "text": "y" * 300, "intent": "ask_cost"},
    "a/long": {"region": "A", "service": "x", "outcome": "answered", "text": "y" * 600, "intent": "ask_cost"},
    "shared/x": {"region": None, "service": "x", "outcome": "referred", "text": "", "intent": "ask_cost"},
    "shared/no": {"region": None, "service": "x", "outcome": "declined", "text": "", "intent": "ask_cost"},
}


def understood(intent: str, confidence: float, *topics: tuple[str, float], unclear: float = 0.0) -> Understood:
    ranking = Ranking(confidence, [RankedTopic(name, score) for name, score in topics])
    intents = {intent: 1.0 - unclear, "unclear": unclear}
    return Understood(intent, intents, {"A": ranking}, (), "sv", Cues(False, False, ()), ())


def name(kind: str, value: str) -> NameMatch:
    return NameMatch(kind, value, 0, 1, 1.0)


@pytest.mark.parametrize(
    ("what", "names", "region", "outcomes"),
    [
        (understood("ask_order", 0.9, ("a/x", 1.0)), [], "A", {"answered"}),
        (understood("ask_order", 0.9, ("a/x", 1.0)), [], None, {"answered", "clarifying"}),
        (understood("ask_order", 0.9, ("a/x", 1.0)), [name(REGION, "A")], None, {"answered"}),
        (understood("ask_order", 0.3, ("a/x", 1.0)), [], "A", {"clarifying"}),
        (understood("ask_order", 0.3, ("a/x", 1.0), ("a/y", 0.1)), [], "A", {"clarifying"}),
        (understood("ask_order", 0.38, ("a/x", 1.0), ("a/y", 0.1)), [], "A", {"answered"}),
        (understood("ask_cost", 0.38, ("a/x", 1.0), ("a/y", 0.1)), [], "A", {"answered"}),
        (understood("ask_cost", 0.38, ("a/x", 2.0), ("a/y", 0.1)), [], "A", {"clarifying"}),
        (understood("ask_order", 0.3, ("a/x", 1.0), ("a/y", 0.1)), [name(SERVICE, "x")], "A", {"answered"}),
        (understood("ask_order", 0.3, ("a/x", 1.0), ("a/y", 0.1)), [name(SERVICE, "y")], "A", {"clarifying"}),
        (understood("ask_order", 0.3, ("shared/x", 1.0)), [], "A", {"referred"}),
        (understood("ask_order", 0.9, ("shared/x", 1.0), ("a/x", 0.5)), [], "A", {"answered"}),
        (understood("ask_order", 0.9, ("shared/x", 1.0), ("a/x", 0.1)), [], "A", {"referred"}),
        (understood("ask_order", 0.9, ("shared/x", 1.0), ("a/no", 0.9)), [], "A", {"referred"}),
        (understood("ask_order", 0.9, ("shared/no", 1.0)), [], "A", {"declined"}),
        (understood("ask_order", 0.1, ("a/x", 1.0)), [], "A", {"clarifying"}),
        (understood("ask_order", 0.1, ("a/x", 1.0)), [name(SERVICE, "x")], "A", {"referred"}),
        (understood("ask_order", 0.9, ("a/x", 1.0), unclear=0.4), [], "A", {"clarifying"}),
        (understood("ask_order", 0.9, ("a/x", 1.0)), [name(FOREIGN_REGION, "Skåne")], "A", {"declined"}),
        (understood("greet", 0.9, ("a/x", 1.0)), [name(FOREIGN_REGION, "Skåne")], "A", {"smalltalk"}),
        (understood("out_of_scope", 0.9, ("a/x", 1.0)), [], "A", {"declined"}),
        (understood("ask_contact", 0.1, ("a/x", 1.0)), [], "A", {"answered"}),
        (understood("ask_contact", 0.1, ("a/x", 1.0)), [], None, {"clarifying"}),
    ],
)
def test_outcomes(what: Understood, names: list[NameMatch], region: "str | None", outcomes: set[str]) -> None:
    assert Replies(TOPICS, AT).of("tre små ord", what, names, region).outcomes == outcomes


def test_a_likely_topic_is_told_as_a_guess_before_the_others() -> None:
    what = understood("ask_about_service", 0.35, ("a/x", 2.0), ("a/y", 1.9), ("shared/x", 0.2), ("a/ref", 0.1))
    assert Replies(TOPICS, AT).of("tre små ord", what, [], "A").offered == ("a/x", "a/y", "shared/x", "a/ref")
    unsure = what._replace(topics={"A": what.topics["A"]._replace(confidence=0.25)})
    assert Replies(TOPICS, AT).of("tre små ord", unsure, [], "A").offered == ("a/x", "a/y", "shared/x")


def test_topics_that_are_told_together_are_the_answer_when_no_other_is_likely() -> None:
    at = replace(AT, together=0.85)
    alone = understood("ask_about_service", 0.35, ("a/x", 2.0), ("a/y", 1.9))
    assert Replies(TOPICS, at).of("tre små ord", alone, [], "A").told == ("a/x", "a/y")
    rivals = understood("ask_about_service", 0.35, ("a/x", 2.0), ("a/y", 1.9), ("shared/x", 1.8))
    assert Replies(TOPICS, at).of("tre små ord", rivals, [], "A").outcomes == {"clarifying"}


# -- from cases to report -------------------------------------------------------------------------------------

CASES = Cases(
    facts=(
        Fact(
            "F1",
            "Nordland",
            "Lösenord",
            "000",
            "Hur får jag ett nytt lösenord?",
            ("glömt mitt lösenord igen",),
            ("ring Nordland",),
        ),
        Fact("F2", "Sydland", "Larmtelefon", "001", "Vad är priset på en larmtelefon?", (), ("ring Sydland",)),
        Fact("F3", "Sydland", "Larmtelefon", "001", "Vad är priset på en segelbåt?", (), ("står ingenstans",)),
    ),
    questions=(
        Question("Q1", "Vad blir vädret?", "other", None, frozenset({"declined"})),
        Question("Q2", "hej på dig", "other", None, frozenset({"smalltalk"})),
        Question("Q3", "support i havsköping", "foreign", None, frozenset({"declined"})),
        Question("Q4", "larmtelefon avgift", "other", "Nordland", frozenset({"answered"})),
    ),
    noisy=(
        Noisy("N1", "nytt losenrod", "typo", ("F1",)),
        Noisy("N2", "lösenordet och vad kostar larmtelefonen?", "two_in_one", ("F1", "F2")),
    ),
    blind=(
        Blind(
            "B1.plain",
            "plain",
            "Hur skaffar jag ett nytt lösenord?",
            "Nordland",
            frozenset({("service", "losenord")}),
            frozenset({"password_help"}),
            (("ring Nordland",),),
        ),
        Blind(
            "B1.typo",
            "typo",
            "Hur skaffar jag ett nytt telefonlarm?",
            "Nordland",
            frozenset({("service", "losenord")}),
            frozenset({"password_help"}),
            (("ring Sydland",),),
        ),
        Blind("B2", "out_of_scope", "Vad blir vädret i havsköping?", None, frozenset({("foreign_region", "Västland")})),
        Blind("B3", "names", "Chefen i Fjällby", None, frozenset({("role", "chef"), ("region", "Nordland")})),
    ),
)


@pytest.fixture(scope="module")
def measured(tiny_model: Understanding) -> Measured:
    trained_on = {even(example) for topic in tiny_index()["topics"] for example in topic["examples"]}
    return Examination(tiny_model, HashedLetters(), AT).of(CASES, trained_on)


def test_sentences_that_were_trained_on_are_left_out(measured: Measured) -> None:
    assert measured.left_out == ["larmtelefon avgift"]
    assert [question.id for question, _ in measured.questions] == ["Q1", "Q2", "Q3"]


def test_facts_are_judged_by_the_text_of_the_topic_in_their_region(measured: Measured) -> None:
    assert [(fact.id, sentence.kind, sentence.right) for fact, sentence in measured.facts] == [
        ("F1", "plain", True),
        ("F1", "hasty", True),
        ("F2", "plain", True),
        ("F3", "plain", False),
    ]
    assert measured.nowhere == ["F3"] and measured.in_parts == []


def test_two_in_one_is_judged_against_both(measured: Measured) -> None:
    [(_, one), (_, both)] = measured.noisy
    assert len(one) == 1 and len(both) == 2


def test_blind_sentences_are_counted_by_kind(measured: Measured) -> None:
    found = report.figures(measured)
    assert found["kinds.plain.first_right"].value == 1.0 and found["kinds.plain.intent_right"].value == 1.0
    assert found["kinds.typo.first_right"].value == 0.0 and found["kinds.all.first_right"].value == 0.5
    assert found["kinds.out_of_scope.accepted"].value == 0.0
    assert found["entities.f1.role"].value == 1.0 and found["entities.f1.foreign_region"].value == 1.0
    assert found["entities.f1.service"].value == pytest.approx(2 / 3)


def test_every_gate_has_a_figure_and_the_report_can_be_read(measured: Measured, tmp_path: Path) -> None:
    found = report.figures(measured)
    gates = Gates.read(ROOT / GATES)
    assert gates.at_least and gates.at_most
    documents = {name for name in gates.at_least if ".document_" in name}
    kinds = {
        name for name in {**gates.at_least, **gates.at_most} if name.startswith(("noise.", "kinds.", "entities.f1."))
    }
    assert set(gates.at_least) - documents - kinds <= set(found)
    assert set(gates.at_most) - kinds <= set(found)
    report.write(tmp_path, found, measured)
    written = json.loads((tmp_path / "understanding.json").read_text(encoding="utf-8"))
    assert set(written["figures"]) == set(found)
    assert len(written["sentences"]) == 4 + 3 + 3 + 4
    assert "facts.all.first_right" in report.brief(found)
    assert found["facts.all.first_right"].value == 0.75
    assert found["entities.foreign_recall"].value == 1.0


def test_the_page_holds_tables_pictures_and_what_went_wrong(measured: Measured, tmp_path: Path) -> None:
    mixed = count(["hej", "tack <b>", "hej då"], ["greet", "thank", "goodbye"], np.eye(3)[[1, 1, 0]])
    (tmp_path / "ablation.json").write_text('{"about": "Parts.", "head": ["part"], "rows": [["all"]]}')
    text = page.write(tmp_path, report.figures(measured), measured, mixed).read_text(encoding="utf-8")
    assert "1 (F3)" in text and "<td>N2</td>" not in text
    assert text.count("<svg") == 4 and "tack &lt;b&gt;" in text and "Parts." in text
    assert "make bench-nlu" in text and "make ablation" not in text
    assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]*"|<!DOCTYPE[^>]*>|rdf:[a-z]+="[^"]*"', "", text)


def test_confusion_counts_what_was_taken_for_what() -> None:
    mixed = count(["a", "b", "c"], ["x", "x", "y"], np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]))
    assert mixed.matrix.tolist() == [[1, 1], [0, 1]]
    assert [(m.meant, m.understood, m.texts) for m in mixed.mixups] == [("x", "y", ["b"])]
    assert mixed.accuracy == pytest.approx(2 / 3) and mixed.macro_f1 == pytest.approx(2 / 3)


def test_pictures_and_their_figures() -> None:
    assert plots.separation([0.9, 0.8], [0.1, 0.85]) == 0.75
    assert plots.calibration_error([0.95, 0.95], [True, True]) == pytest.approx(0.05)
    assert plots.risk_coverage([0.9, 0.1], [True, False], [("high", 0.5)]).startswith("<svg role")
