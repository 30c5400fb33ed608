"""Intents, topics and the choice between them, on a made-up index."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.sparse import csr_matrix

from nlu.understanding.embedding import EmbedderUnavailable
from nlu.understanding.model import CONVERSATION, Understanding, choose_intent
from nlu.understanding.softmax import Pace, Softmax, Task, fit_all
from nlu.understanding.topic_model import RANKING_LENGTH, RankedTopic, Ranking
from nlu.understanding.views import Letters
from tests.unit.nlu.fakes import HashedLetters
from tests.unit.nlu.tiny_index import OTHER_MESSAGES, tiny_index

ASKED = {
    "mitt lösenord är glömt": "losenord",
    "losenordet funkar inte": "losenord",
    "en vikarie ska ha tjänstekort": "tjanstekort",
    "hur mycket kostar larmtelefonerna": "larmtelefon",
    "vad betyder ordet distansplats": "distansplats",
}
ANYTHING = [*ASKED, "skrivaren krånglar", "hej", "qwrtp zxcvb", "", "Nordland eller Sydland?", "lösen" * 400]


@pytest.mark.parametrize("region", ["Nordland", "Sydland"])
@pytest.mark.parametrize(("text", "service"), ASKED.items())
def test_the_right_topic_stands_first_in_each_region(
    tiny_model: Understanding, text: str, service: str, region: str
) -> None:
    ranking = tiny_model.understand(text, HashedLetters()).topics[region]
    assert ranking.topics[0].name == f"{region.lower()}/{service}/svar"


@pytest.mark.parametrize("text", ANYTHING)
def test_no_topic_of_another_region_is_ever_ranked(tiny_model: Understanding, text: str) -> None:
    for region, ranking in tiny_model.understand(text, HashedLetters()).topics.items():
        assert ranking.topics
        assert all(topic.name.split("/")[0] in (region.lower(), "shared") for topic in ranking.topics)


@pytest.mark.parametrize("text", ANYTHING)
def test_rankings_are_ordered_and_confidences_are_probabilities(tiny_model: Understanding, text: str) -> None:
    understood = tiny_model.understand(text, HashedLetters())
    assert set(understood.topics) == {"Nordland", "Sydland"}
    assert sum(understood.intents.values()) == pytest.approx(1.0)
    for ranking in understood.topics.values():
        scores = [topic.score for topic in ranking.topics]
        assert scores == sorted(scores, reverse=True) and len(scores) <= RANKING_LENGTH
        assert len({topic.name for topic in ranking.topics}) == len(scores)
        assert 0.0 <= ranking.confidence <= 1.0


def test_what_holds_everywhere_stands_in_every_region(tiny_model: Understanding) -> None:
    topics = tiny_model.understand("papper har fastnat i vår skrivare", HashedLetters()).topics
    assert {ranking.topics[0].name for ranking in topics.values()} == {"shared/skrivare/svar"}


@pytest.mark.parametrize("nonsense", ["qwrtp zxcvb mnhgf", "Vilken färg har månen på tisdag?", "blubb"])
def test_the_gate_is_low_for_nonsense(tiny_model: Understanding, nonsense: str) -> None:
    sure = [max(r.confidence for r in tiny_model.understand(text, HashedLetters()).topics.values()) for text in ASKED]
    unsure = max(r.confidence for r in tiny_model.understand(nonsense, HashedLetters()).topics.values())
    assert unsure < 0.1 and unsure < min(sure)


def test_the_region_named_changes_no_ranking(tiny_model: Understanding) -> None:
    embedder = HashedLetters()
    north = tiny_model.understand("glömt lösenord i Nordland", embedder)
    assert tiny_model.normal("glömt lösenord i Nordland") == tiny_model.normal("glömt lösenord i Fjällby")
    assert north.topics == tiny_model.understand("glömt lösenord i Sydland", embedder).topics


def test_one_embedding_a_message(tiny_model: Understanding) -> None:
    embedder = HashedLetters()
    tiny_model.understand("Jag har glömt mitt lösenord", embedder)
    assert len(embedder.embedded) == 1


def test_the_length_is_capped_before_the_embedding(tiny_model: Understanding) -> None:
    embedder = HashedLetters()
    tiny_model.understand("lösenord " * 2000, embedder)
    assert len(embedder.embedded[0][0]) < 1100


def test_a_stored_model_understands_the_same(tiny_model: Understanding) -> None:
    stored = pickle.dumps(tiny_model)
    again: Understanding = pickle.loads(stored)
    for text in ANYTHING:
        assert again.understand(text, HashedLetters()) == tiny_model.understand(text, HashedLetters())
        assert again.entities(text) == tiny_model.entities(text)
    assert again.index == tiny_index()


def test_training_twice_gives_the_same_model(tiny_model: Understanding) -> None:
    texts, intents = zip(*OTHER_MESSAGES, strict=True)
    again = Understanding(tiny_index()).train(list(texts), list(intents), HashedLetters())
    first, second = (m.understand("nytt tjänstekort", HashedLetters()) for m in (again, tiny_model))
    assert first.intent == second.intent
    assert {r: t.topics[0].name for r, t in first.topics.items()} == {
        r: t.topics[0].name for r, t in second.topics.items()
    }
    assert first.topics["Nordland"].confidence == pytest.approx(second.topics["Nordland"].confidence, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("hej hej", "greet"), ("nytt lösenord", "password_help"), ("beställa tjänstekort", "ask_order")],
)
def test_intents(tiny_model: Understanding, text: str, intent: str) -> None:
    assert tiny_model.understand(text, HashedLetters()).intent == intent


def test_honest_opinions_are_less_sure_than_fitted_ones() -> None:
    texts, labels = _small_training()
    letters = Letters().fit(texts)
    blocks = [letters.of(texts)]
    held = np.arange(len(texts)) % 2 == 0
    ((model, honest),) = fit_all([Task(blocks, labels, max(labels) + 1, Pace(rounds=20, step=1.0), held)], threads=2)
    fitted = model.logs(blocks)
    np.testing.assert_allclose(model.probabilities(blocks).sum(axis=1), 1.0, rtol=1e-5)
    assert fitted.argmax(axis=1).tolist() == labels
    of_held = np.array(labels)[held]
    rows = range(len(of_held))
    assert honest.shape == fitted[held].shape
    assert honest[rows, of_held].mean() < fitted[held][rows, of_held].mean()


def test_a_classifier_learns_from_dense_and_sparse_features_together() -> None:
    """What either block alone leaves open, both decide."""
    dense = np.array([[1, 0], [1, 0], [0, 1], [0, 1]] * 20, dtype=np.float32)
    sparse = csr_matrix(np.array([[1, 0], [0, 1], [1, 0], [0, 1]] * 20, dtype=np.float32))
    labels = np.array([0, 1, 2, 3] * 20)
    together = Softmax().fit([dense, sparse], labels, 4, Pace(rounds=20, step=1.0)).logs([dense, sparse])
    alone = Softmax().fit([dense], labels, 4, Pace(rounds=20, step=1.0)).logs([dense])
    assert together.argmax(axis=1).tolist() == labels.tolist()
    assert alone.argmax(axis=1).tolist() != labels.tolist()


def test_more_is_learnt_from_and_never_asked_about() -> None:
    """The third class stands in none of the rows that opinions are given on."""
    blocks = [np.eye(3, dtype=np.float32)[[0, 1] * 9]]
    more = ([np.eye(3, dtype=np.float32)[[2] * 9]], [2] * 9)
    held = np.arange(18) < 6
    ((model, honest),) = fit_all([Task(blocks, [0, 1] * 9, 3, Pace(rounds=20, step=1.0), held, more)], threads=1)
    assert honest.shape == (6, 3)
    assert model.logs([np.eye(3, dtype=np.float32)]).argmax(axis=1).tolist() == [0, 1, 2]


def test_letters_see_through_spelling() -> None:
    letters = Letters().fit(_small_training()[0])
    of = letters.of(["Jag har glömt mitt lösenord", "jag har glomt mit losenord", "papper i skrivaren", ""]).toarray()
    right, wrong, other, nothing = of
    assert right @ wrong > 0.5 > right @ other
    assert np.linalg.norm(right) == pytest.approx(1.0)
    assert np.abs(nothing).sum() == 0.0


def test_another_embedder_than_that_of_the_training_is_refused(tiny_model: Understanding) -> None:
    tiny_model.require(HashedLetters())
    other = HashedLetters()
    other.name = "other"
    with pytest.raises(EmbedderUnavailable, match="make train"):
        tiny_model.require(other)


def test_two_questions_are_told_apart(tiny_model: Understanding) -> None:
    text = "Vad kostar en larmtelefon i Fjällby och hur byter jag lösenord?"
    first, second = tiny_model.understand(text, HashedLetters()).questions
    assert (first.text, second.text) == ("Vad kostar en larmtelefon i Fjällby", "hur byter jag lösenord?")
    assert first.topics["Nordland"].topics[0].name == "nordland/larmtelefon/svar"
    assert second.topics["Nordland"].topics[0].name == "nordland/losenord/svar"
    assert [entity.kind for entity in first.entities] == ["service", "region"]


@pytest.mark.parametrize("text", ["Hur byter jag lösenord?", "Jag har glömt lösenordet. Hur byter jag lösenord?", ""])
def test_one_question_is_no_list(tiny_model: Understanding, text: str) -> None:
    assert tiny_model.understand(text, HashedLetters()).questions == ()


def test_entities_of_a_long_message_stand_where_they_are_told(tiny_model: Understanding) -> None:
    text = f"Larmtelefon i Fjällby. {'bla ' * 600}Chefen är i Åkerköping, ärende 12345."
    found = tiny_model.understand(text, HashedLetters()).entities
    assert [text[entity.start : entity.end] for entity in found] == [
        "Larmtelefon",
        "Fjällby",
        "Chefen",
        "Åkerköping",
        "12345",
    ]


def _small_training() -> tuple[list[str], list[int]]:
    index = tiny_index()["topics"]
    intents = sorted({topic["intent"] for topic in index})
    pairs = [(example, intents.index(topic["intent"])) for topic in index for example in topic["examples"]]
    return [text for text, _ in pairs], [label for _, label in pairs]


def topics(confidence: float) -> dict[str, Ranking]:
    return {"Nordland": Ranking(confidence, [RankedTopic("nordland/losenord/svar", 1.0)]), "Sydland": Ranking(0.0, [])}


@pytest.mark.parametrize(
    ("intents", "confidence", "chosen"),
    [
        ({"ask_order": 0.7, "greet": 0.3}, 0.0, "ask_order"),
        ({"greet": 0.95, "ask_order": 0.05}, 0.9, "greet"),
        ({"thank": 0.25, "goodbye": 0.2, "ask_order": 0.55}, 0.9, "thank"),
        ({"thank": 0.2, "goodbye": 0.1, "ask_order": 0.4, "ask_cost": 0.3}, 0.9, "ask_order"),
        ({"out_of_scope": 0.5, "ask_order": 0.3, "ask_cost": 0.2}, 0.7, "ask_order"),
        ({"out_of_scope": 0.7, "ask_order": 0.3}, 0.7, "out_of_scope"),
        ({"out_of_scope": 0.7, "ask_order": 0.3}, 0.9, "ask_order"),
        ({"register_ticket": 0.55, "ask_order": 0.45}, 0.7, "register_ticket"),
        ({"register_ticket": 0.55, "ask_order": 0.45}, 0.9, "ask_order"),
        ({"unclear": 0.4, "ask_cost": 0.35, "thank": 0.25}, 0.6, "ask_cost"),
        ({"next_step": 0.4, "ask_cost": 0.3, "greet": 0.3}, 0.9, "next_step"),
    ],
)
def test_choose_intent(intents: dict[str, float], confidence: float, chosen: str) -> None:
    assert choose_intent(intents, topics(confidence)) == chosen


def test_a_likely_topic_that_is_nothing_for_us_is_out_of_scope() -> None:
    intents = {"unclear": 0.4, "ask_lead_time": 0.35, "out_of_scope": 0.25}

    assert choose_intent(intents, topics(0.9), {"nordland/losenord/svar"}) == "out_of_scope"
    assert choose_intent(intents, topics(0.1), {"nordland/losenord/svar"}) == "unclear"


def test_choose_intent_without_any_topic() -> None:
    assert choose_intent({"greet": 0.5, "ask_cost": 0.5}, {}) in ("greet", "ask_cost")


def test_conversation_is_known_to_the_domain() -> None:
    domain = yaml.safe_load((Path(__file__).parents[3] / "domain.yml").read_text(encoding="utf-8"))
    known = {next(iter(intent)) if isinstance(intent, dict) else intent for intent in domain["intents"]}
    assert known >= CONVERSATION
