"""Which topics of the knowledge base a message may be about, per region, and how sure that is.

Each topic is judged in several ways: by the words of its text, the service that is named, and by what linear
classifiers think of topic, service and aspect. How much each way counts is learnt listwise: so that the right topic
stands first among those of its region. Another model, the gate, then tells how likely it is that the first topic is the
right one. Both learn from the topics' own example questions, each judged by classifiers that did not see it, and the
gate also from messages that no topic answers.

Looking for the closest example questions and sentences of the text as well, as this once did, takes more time than all
else together and no longer ranks better (docs/performance.md).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from nlu.understanding import topic_text
from nlu.understanding.embedding import Embedder, Floats
from nlu.understanding.gate import Gate
from nlu.understanding.names import SERVICE, NameMatch, NameMatcher
from nlu.understanding.normaliser import words
from nlu.understanding.softmax import Held, Pace, Softmax, Task
from nlu.understanding.views import Letters, Meaning, joined

WAYS = (
    "text by words (BM25)",
    "names another service",
    "kind of request",
    "topic by meaning (classifier)",
    "topic by letters (classifier)",
    "service (classifier)",
    "aspect (classifier)",
)
_KIND = WAYS.index("kind of request")
RIVALS = 60
"""How many topics the right one is held against when the weights are learnt."""
_PENALTY = 0.5
_BY_MEANING, _BY_LETTERS, _BY_BOTH = Pace(rounds=8, step=8.0), Pace(rounds=3, step=3.0), Pace(rounds=4, step=1.0)
_RARE = 1.4
"""Letters of a topic with few examples are seen in few steps: they count for more than the number of examples tells."""
RANKING_LENGTH = 6
_NOT_KNOWLEDGE = ("out_of_scope", "unclear")


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
    letters: csr_matrix
    """See `views.Letters`; one row."""
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
    ) -> tuple[Meaning, Letters, Floats, csr_matrix]:
        """Store what messages are compared with.

        Returns the views, which are learnt on the way, and all texts as the one and as the other has them.
        `examples`: row of the example in `texts` (normalised) and `vectors`, and row of its topic, in order of topics.
        """
        topics = index["topics"]
        self.regions: list[str] = [region["code"] for region in index["regions"]]
        self.names: list[str] = [topic["name"] for topic in topics]
        self._intents: list[str] = [topic["intent"] for topic in topics]
        self._kinds_asked = _numbered(self._intents)
        self._claims = np.array([topic["outcome"] == "answered" for topic in topics])
        self._home: list[str | None] = [topic["region"] for topic in topics]
        self._kinds = [(topic["service"], topic["aspect"], topic["region"]) for topic in topics]
        self._in_region = {region: np.array([home in (region, None) for home in self._home]) for region in self.regions}
        self._services, self._service_rows = _numbered([topic["service"] for topic in topics])
        self._aspects, self._aspect_rows = _numbered([(t["aspect"], t["outcome"] == "declined") for t in topics])
        self._named = _naming(topics, names)

        self._example_topics: list[int] = [topic for _, topic in examples]
        rows = [row for row, _ in examples]
        parts = [(row, normal(text)) for row, topic in enumerate(topics) for text in topic_text.sentences(topic)]
        self._sentence_topics = [row for row, _ in parts]
        sentences = embedder.embed([text for _, text in parts], passage=True)
        meaning = Meaning().fit(vectors[rows], self._example_topics, sentences)
        letters = Letters().fit(texts)
        self._sentences = meaning.of(sentences, passage=True)
        self._bm25 = topic_text.Bm25([topic_text.stems(topic_text.document(topic)) for topic in topics])
        return meaning, letters, meaning.of(vectors), letters.of(texts)

    def tasks(self, meaning: Floats, letters: csr_matrix, held: Held) -> list[Task]:
        """What the classifiers learn, in the order of `Opinions`, from the examples as the views have them.

        `held`: the examples that `learn` is to get; see `Task`.
        """
        topics, count = self._example_topics, len(self.names)
        examples = np.bincount(topics, minlength=count)
        # Topics with few examples, such as an editor has just added, stand beside topics that have fifty.
        counts = (examples.mean() / np.maximum(examples, 1)).astype(np.float32)[topics]
        both = joined(meaning, letters)
        sentences = ([self._sentences], self._sentence_topics)
        del self._sentences, self._sentence_topics, self._example_topics
        return [
            Task([meaning], topics, count, _BY_MEANING, held, sentences, counts),
            Task([letters], topics, count, _BY_LETTERS, held, counts=counts**_RARE),
            Task(both, [self._service_rows[topic] for topic in topics], len(self._services), _BY_BOTH, held),
            Task(both, [self._aspect_rows[topic] for topic in topics], len(self._aspects), _BY_BOTH, held),
        ]

    def learn(
        self,
        classifiers: Sequence[tuple[Softmax, Floats]],
        examples: Sequence[tuple[Query, int]],
        others: Sequence[tuple[Query, str]],
    ) -> None:
        """Learn weights and gate.

        `classifiers`: those of `tasks`, with honest log-probabilities of the examples that were held; `examples`:
        those, in their order, with the row of each one's topic; `others`: messages that are no example, with their
        intents. All intents' probabilities are honest.
        """
        self._classifiers = [model for model, _ in classifiers]
        opinions = self._spread([logs for _, logs in classifiers])
        compared = self._compare([query for query, _ in examples], opinions)
        self._learn_weights([topic for _, topic in examples], compared, opinions)
        self._learn_gate(examples, compared, [(query, intent) for query, intent in others if intent in _NOT_KNOWLEDGE])

    def rank(self, query: Query) -> dict[str, Ranking]:
        """The best topics for each region code; topics that hold everywhere stand in every region's ranking."""
        ways = self._compare([query], self._asked([query]))[0]
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

    def _compare(self, queries: Sequence[Query], opinions: Opinions) -> Floats:
        """Shape (queries, topics, ways), ways as `WAYS`."""
        ways: Floats = np.stack(
            [
                np.stack([self._bm25.scores(topic_text.stems(query.text)) for query in queries]),
                np.stack([self._names_another(query.services) for query in queries]),
                self._of_their_kind(queries),
                *opinions,
            ],
            axis=2,
        )
        return ways

    def _of_their_kind(self, queries: Sequence[Query]) -> Floats:
        """How likely it is that a message is the kind of request that a topic answers."""
        names, columns = self._kinds_asked
        shares = np.array([[query.intents.get(name, 0.0) for name in names] for query in queries], dtype=np.float32)
        return shares[:, columns]

    def _asked(self, queries: Sequence[Query]) -> Opinions:
        meaning = np.stack([query.meaning for query in queries])
        letters = vstack([query.letters for query in queries], format="csr")
        both = joined(meaning, letters)
        blocks = ([meaning], [letters], both, both)
        return self._spread([model.logs(each) for model, each in zip(self._classifiers, blocks, strict=True)])

    def _spread(self, logs: Sequence[Floats]) -> Opinions:
        """Opinions on services and aspects as opinions on the topics that have them."""
        by_meaning, by_letters, service, aspect = logs
        return Opinions(by_meaning, by_letters, service[:, self._service_rows], aspect[:, self._aspect_rows])

    def _names_another(self, services: frozenset[str]) -> Floats:
        """1 for topics of which the message names neither the service nor anything in the text, though it names one."""
        known = [self._named[service] for service in services if service in self._named]
        if not known:
            return np.full(len(self.names), float(bool(services)), dtype=np.float32)
        named: Floats = 1.0 - np.maximum.reduce(known)
        return named

    # -- learning ---------------------------------------------------------------------------------------------

    def _learn_weights(self, topics: Sequence[int], compared: Floats, opinions: Opinions) -> None:
        """Learn how much each way counts: the right topic against those that the classifiers of topics take it for."""
        lists: list[Floats] = []
        for number, right in enumerate(topics):
            likely = opinions.topic_by_meaning[number] + opinions.topic_by_letters[number]
            rivals = np.where(self._allowed(right), likely, -np.inf)
            rivals[right] = np.inf
            lists.append(compared[number, np.argsort(-rivals)[:RIVALS]])
        self._weights = listwise(np.stack(lists))

    def _allowed(self, topic: int) -> Floats:
        home = self._home[topic]
        return np.ones(len(self.names), dtype=bool) if home is None else self._in_region[home]

    def _learn_gate(
        self, examples: Sequence[tuple[Query, int]], compared: Floats, others: Sequence[tuple[Query, str]]
    ) -> None:
        """`others`: messages that no topic answers, with their intents."""
        signs: list[list[float]] = []
        right: list[bool] = []
        claims: list[bool] = []
        for number, (query, topic) in enumerate(examples):
            region = self._home[topic] or self.regions[number % len(self.regions)]
            best, seen = self._first(query, compared[number], region)
            signs.append(seen)
            right.append(self._as_good(best, topic))
            claims.append(bool(self._claims[best]))
        queries = [query for query, _ in others]
        ways = self._compare(queries, self._asked(queries)) if queries else ()
        for number, (query, intent) in enumerate(others):
            best, seen = self._first(query, ways[number], self.regions[number % len(self.regions)])
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
            *(float(ways[best, way]) for way in range(len(WAYS)) if way != _KIND),
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
