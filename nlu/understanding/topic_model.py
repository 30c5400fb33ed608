"""Which topics of the knowledge base a message may be about, per region, and how sure that is.

Each topic is compared with the message in several ways: by its examples, its text, the service that is named, and by
what linear classifiers think of topic, service and aspect. How much each way counts is learnt listwise: so that the
right topic stands first among those of its region. Another model, the gate, then tells how likely it is that the first
topic is the right one. Both learn from the topics' own example questions, each ranked with itself left out and by
classifiers that did not see it, and the gate also from messages that no topic answers.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from nlu.understanding import topic_text
from nlu.understanding.embedding import Embedder, Floats
from nlu.understanding.gate import Gate
from nlu.understanding.names import SERVICE, NameMatch, NameMatcher
from nlu.understanding.normaliser import words
from nlu.understanding.softmax import FEW_STEPS, Softmax, Task
from nlu.understanding.views import Letters, Meaning, joined

WAYS = (
    "closest example by meaning",
    "second closest example by meaning",
    "text by meaning",
    "closest sentence by meaning",
    "text by letters",
    "text by words (BM25)",
    "names another service",
    "kind of request",
    "topic by meaning (classifier)",
    "topic by letters (classifier)",
    "service (classifier)",
    "aspect (classifier)",
)
_CLOSEST, _TEXT, _TEXT_LETTERS, _NAMES_ANOTHER = 0, 2, 4, 6
RIVALS = 60
"""How many topics the right one is held against when the weights are learnt."""
_PENALTY = 0.5
_TOPIC_PENALTY, _KIND_PENALTY = 1.0, 3.0
_BATCH = 128
RANKING_LENGTH = 6
_NOT_KNOWLEDGE = ("out_of_scope", "unclear")
_SHARPNESS = 8.0
"""What unit vectors are multiplied by for the classifiers of topics; with less they stay undecided."""


class RankedTopic(NamedTuple):
    """A topic and its score (comparable within one message: e to the difference of two is their odds)."""

    name: str
    score: float


class Ranking(NamedTuple):
    """The topics of one region for one message, best first, and the probability that the first is right."""

    confidence: float
    topics: list[RankedTopic]


class Query(NamedTuple):
    """A message with all that is computed of it once."""

    text: str
    """Normalised."""
    meaning: Floats
    """See `views.Meaning`."""
    letters: Floats
    """See `views.Letters`."""
    services: frozenset[str]
    """Services that it names."""
    intents: dict[str, float]
    """Probability of each intent."""


class Opinions(NamedTuple):
    """Log-probabilities for each topic, shape (queries, topics), as each classifier has them."""

    topic_by_meaning: Floats
    topic_by_letters: Floats
    service: Floats
    aspect: Floats


class TopicModel:
    """Ranks topics. To learn: `describe`, then `tasks`, then `learn`."""

    def describe(
        self,
        index: dict[str, Any],
        embedder: Embedder,
        normal: Callable[[str], str],
        names: NameMatcher,
        examples: Sequence[tuple[int, int]],
        vectors: Floats,
        texts: Sequence[str],
    ) -> tuple[Meaning, Letters, Floats, Floats]:
        """Store what messages are compared with.

        Returns the views, which are learnt on the way, and all texts as the one and as the other has them.
        `examples`: row of the example in `texts` (normalised) and `vectors`, and row of its topic, in order of topics.
        """
        topics = index["topics"]
        self.regions: list[str] = [region["code"] for region in index["regions"]]
        self.names: list[str] = [topic["name"] for topic in topics]
        self._intents: list[str] = [topic["intent"] for topic in topics]
        self._claims = np.array([topic["outcome"] == "answered" for topic in topics])
        self._home: list[str | None] = [topic["region"] for topic in topics]
        self._kinds = [(topic["service"], topic["aspect"], topic["region"]) for topic in topics]
        self._in_region = {region: np.array([home in (region, None) for home in self._home]) for region in self.regions}
        self._services, self._service_rows = _numbered([topic["service"] for topic in topics])
        self._aspects, self._aspect_rows = _numbered([(t["aspect"], t["outcome"] == "declined") for t in topics])
        self._named = _naming(topics, names)

        self._example_topics = [topic for _, topic in examples]
        self._starts = np.searchsorted(self._example_topics, range(len(topics)))
        self._sizes = np.diff([*self._starts, len(examples)])
        rows = [row for row, _ in examples]
        passages = embedder.embed([normal(topic_text.passage(topic)) for topic in topics], passage=True)
        parts = [(row, normal(text)) for row, topic in enumerate(topics) for text in topic_text.sentences(topic)]
        sentences = embedder.embed([text for _, text in parts], passage=True)
        meaning = Meaning().fit(vectors[rows], self._example_topics, passages)
        documents = [topic_text.document(topic) for topic in topics]
        letters = Letters().fit([*(texts[row] for row in rows), *documents])

        seen_meaning, seen_letters = meaning.of(vectors), letters.of(texts)
        self._example_meaning = seen_meaning[rows]
        self._text_meaning = meaning.of(passages, passage=True)
        self._sentence_meaning = meaning.of(sentences, passage=True)
        self._sentence_topics = [row for row, _ in parts]
        self._sentence_starts = np.searchsorted(self._sentence_topics, range(len(topics)))
        self._text_letters = letters.of(documents)
        self._bm25 = topic_text.Bm25([topic_text.stems(document) for document in documents])
        return meaning, letters, seen_meaning, seen_letters

    def tasks(self, letters: Floats) -> list[Task]:
        """What the classifiers learn, in the order of `Opinions`; `letters`: the examples' (see `views.Letters`)."""
        topics = self._example_topics
        both = joined(self._example_meaning, letters)
        sentences = (_SHARPNESS * self._sentence_meaning, self._sentence_topics)
        count = len(self.names)
        return [
            Task(_SHARPNESS * self._example_meaning, topics, count, _TOPIC_PENALTY, sentences, FEW_STEPS),
            Task(_SHARPNESS * letters, topics, count, _TOPIC_PENALTY, steps=FEW_STEPS),
            Task(both, [self._service_rows[topic] for topic in topics], len(self._services), _KIND_PENALTY),
            Task(both, [self._aspect_rows[topic] for topic in topics], len(self._aspects), _KIND_PENALTY),
        ]

    def learn(
        self,
        classifiers: Sequence[tuple[Softmax, Floats]],
        examples: Sequence[Query],
        others: Sequence[tuple[Query, str]],
    ) -> None:
        """Learn weights and gate.

        `classifiers`: those of `tasks`, with the examples' honest log-probabilities; `examples`: in the order of
        `describe`; `others`: messages that are no example, with their intents. All intents' probabilities are honest.
        """
        self._classifiers = [model for model, _ in classifiers]
        opinions = self._spread([logs for _, logs in classifiers])
        compared = self._learn_weights(examples, opinions)
        self._learn_gate(examples, compared, others)

    def rank(self, query: Query) -> dict[str, Ranking]:
        """The best topics for each region code; topics that hold everywhere stand in every region's ranking."""
        ways = self._compare([query])[0]
        scores = ways @ self._weights
        ordered = [self._order(scores, region) for region in self.regions]
        signs = [
            self._signs(query, ways, order, best, region)
            for (order, best), region in zip(ordered, self.regions, strict=True)
        ]
        confidences = self.gate.confidences(signs)
        return {
            region: Ranking(
                confidence, [RankedTopic(self.names[row], float(score)) for row, score in zip(*ranked, strict=True)]
            )
            for region, ranked, confidence in zip(self.regions, ordered, confidences, strict=True)
        }

    # -- comparing --------------------------------------------------------------------------------------------

    def _compare(
        self,
        queries: Sequence[Query],
        without: "Sequence[int] | None" = None,
        opinions: "Opinions | None" = None,
    ) -> Floats:
        """Shape (queries, topics, ways), ways as `WAYS`; query n does not look at example number `without[n]`."""
        meaning = np.stack([query.meaning for query in queries])
        letters = np.stack([query.letters for query in queries])
        near = meaning @ self._example_meaning.T
        if without is not None:
            near[np.arange(len(queries)), without] = 0.0
        closest = np.maximum.reduceat(near, self._starts, axis=1)
        told = opinions or self._asked(meaning, letters)
        ways: Floats = np.stack(
            [
                closest,
                self._second_closest(near, closest),
                meaning @ self._text_meaning.T,
                np.maximum.reduceat(meaning @ self._sentence_meaning.T, self._sentence_starts, axis=1),
                letters @ self._text_letters.T,
                np.stack([self._bm25.scores(topic_text.stems(query.text)) for query in queries]),
                np.stack([self._names_another(query.services) for query in queries]),
                np.array([[query.intents.get(intent, 0.0) for intent in self._intents] for query in queries]),
                *told,
            ],
            axis=2,
        ).astype(np.float32)
        return ways

    def _asked(self, meaning: Floats, letters: Floats) -> Opinions:
        both = joined(meaning, letters)
        features = (_SHARPNESS * meaning, _SHARPNESS * letters, both, both)
        return self._spread([model.logs(each) for model, each in zip(self._classifiers, features, strict=True)])

    def _spread(self, logs: Sequence[Floats]) -> Opinions:
        """Opinions on services and aspects as opinions on the topics that have them."""
        by_meaning, by_letters, service, aspect = logs
        return Opinions(by_meaning, by_letters, service[:, self._service_rows], aspect[:, self._aspect_rows])

    def _second_closest(self, near: Floats, closest: Floats) -> Floats:
        rest = np.where(near == np.repeat(closest, self._sizes, axis=1), -1.0, near)
        second: Floats = np.maximum.reduceat(rest, self._starts, axis=1)
        return np.where(second < 0, closest, second)

    def _names_another(self, services: frozenset[str]) -> Floats:
        """1 for topics of which the message names neither the service nor anything in the text, though it names one."""
        known = [self._named[service] for service in services if service in self._named]
        if not known:
            return np.full(len(self.names), float(bool(services)))
        named: Floats = 1.0 - np.maximum.reduce(known)
        return named

    # -- learning ---------------------------------------------------------------------------------------------

    def _learn_weights(self, examples: Sequence[Query], opinions: Opinions) -> list[Floats]:
        """Learn how much each way counts; returns every example's comparison, for the gate."""
        compared: list[Floats] = []
        lists: list[Floats] = []
        for start in range(0, len(examples), _BATCH):
            part = range(start, min(start + _BATCH, len(examples)))
            told = Opinions(*(each[part.start : part.stop] for each in opinions))
            for number, ways in zip(part, self._compare([examples[n] for n in part], part, told), strict=True):
                right = self._example_topics[number]
                guess = np.where(self._allowed(right), ways[:, [_CLOSEST, _TEXT, _TEXT_LETTERS]].sum(axis=1), -np.inf)
                guess[right] = np.inf
                lists.append(ways[np.argsort(-guess)[:RIVALS]])
                compared.append(ways)
        self._weights = listwise(np.stack(lists))
        return compared

    def _allowed(self, topic: int) -> Floats:
        home = self._home[topic]
        return np.ones(len(self.names), dtype=bool) if home is None else self._in_region[home]

    def _learn_gate(
        self, examples: Sequence[Query], compared: Sequence[Floats], others: Sequence[tuple[Query, str]]
    ) -> None:
        signs: list[list[float]] = []
        right: list[bool] = []
        claims: list[bool] = []
        for number, (query, ways, topic) in enumerate(zip(examples, compared, self._example_topics, strict=True)):
            best, seen = self._first(query, ways, self._home[topic] or self.regions[number % len(self.regions)])
            signs.append(seen)
            right.append(self._as_good(best, topic))
            claims.append(bool(self._claims[best]))
        for number, (query, intent) in enumerate(others):
            if intent in _NOT_KNOWLEDGE:
                ways = self._compare([query])[0]
                best, seen = self._first(query, ways, self.regions[number % len(self.regions)])
                signs.append(seen)
                right.append(intent == "out_of_scope" and self._intents[best] == "out_of_scope")
                claims.append(bool(self._claims[best]))
        self.gate = Gate().fit(signs, right, claims)

    def _as_good(self, best: int, topic: int) -> bool:
        """Whether the first topic serves who asked for another: the same kind of thing, or none of both claims any."""
        if best == topic or not (self._claims[best] or self._claims[topic]):
            return True
        return self._kinds[best] == self._kinds[topic]

    def _first(self, query: Query, ways: Floats, region: str) -> tuple[int, list[float]]:
        order, scores = self._order(ways @ self._weights, region)
        return int(order[0]), self._signs(query, ways, order, scores, region)

    # -- ranking ----------------------------------------------------------------------------------------------

    def _order(self, scores: Floats, region: str) -> Any:
        allowed = np.flatnonzero(self._in_region[region])
        order = allowed[np.argsort(-scores[allowed])][:RANKING_LENGTH]
        return order, scores[order]

    def _signs(self, query: Query, ways: Floats, order: Floats, scores: Floats, region: str) -> list[float]:
        """What the gate looks at."""
        best = order[0]
        odds = np.exp(scores - scores[0])
        behind = ways[best] - ways[self._in_region[region]].max(axis=0)
        declines = self._intents[best] == "out_of_scope"
        return [
            float(1 / odds.sum()),
            min(float(scores[0] - scores[1]), 6.0) if len(scores) > 1 else 6.0,
            *(float(ways[best, way]) for way in (*range(_NAMES_ANOTHER + 1), *range(_NAMES_ANOTHER + 2, len(WAYS)))),
            *map(float, behind),
            float((behind == 0).sum()),
            self._agreeing(self._service_rows, order, odds),
            self._agreeing(self._aspect_rows, order, odds),
            0.0 if declines else query.intents.get("out_of_scope", 0.0),
            query.intents.get("unclear", 0.0),
            query.intents.get(self._intents[best], 0.0),
            float(bool(query.services)),
            min(len(words(query.text)), 12) / 12,
        ]

    @staticmethod
    def _agreeing(kinds: Sequence[int], order: Floats, odds: Floats) -> float:
        """The odds' share of those topics that are of the first one's kind."""
        same = np.array([kinds[row] == kinds[order[0]] for row in order])
        return float(odds[same].sum() / odds.sum())


def listwise(lists: Floats) -> Floats:
    """Weights that put the first row of each list (lists x rows x ways) first: a conditional logit by L-BFGS."""
    spread = lists.reshape(-1, lists.shape[2]).std(axis=0) + 1e-9
    scaled = (lists / spread).astype(np.float32)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = scaled @ weights.astype(np.float32)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares = odds / odds.sum(axis=1, keepdims=True)
        slope = (np.einsum("lr,lrw->lw", shares, scaled) - scaled[:, 0]).mean(axis=0)
        penalty = _PENALTY / len(lists)
        value = -np.log(shares[:, 0] + 1e-12).mean() + penalty * weights @ weights
        return float(value), (slope + 2 * penalty * weights).astype(np.float64)

    found = minimize(loss, np.zeros(lists.shape[2]), jac=True, method="L-BFGS-B")
    weights: Floats = (found.x / spread).astype(np.float32)
    return weights


def services_in(matches: Sequence[NameMatch]) -> frozenset[str]:
    """The services among the names found."""
    return frozenset(match.value for match in matches if match.kind == SERVICE)


def _naming(topics: Sequence[dict[str, Any]], names: NameMatcher) -> dict[str, Floats]:
    """For each service 1 for the topics that are about it or name it."""
    found: dict[str, Floats] = {}
    for row, topic in enumerate(topics):
        for service in {topic["service"], *services_in(names.find(f"{topic['title']}. {topic['text']}"))}:
            found.setdefault(service, np.zeros(len(topics), dtype=np.float32))[row] = 1.0
    return found


def _numbered(keys: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The different keys, and for each key its number among them."""
    different = sorted(set(keys))
    number = {key: place for place, key in enumerate(different)}
    return different, [number[key] for key in keys]
