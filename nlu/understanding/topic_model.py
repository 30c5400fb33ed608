"""Which topics of the knowledge base a message may be about, per region, and how sure that is.

Each topic is compared with the message in several ways (meaning, letters, words, the service that is named, the
kind of request). How much each way counts is learnt listwise: so that the right topic stands first among those of
its region. Another model, the gate, then tells how likely it is that the first topic is the right one. Both learn
from the topics' own example questions, each ranked with itself left out, and the gate also from messages that no
topic answers. (Learnt pair by pair instead, the weights found 64 % of hasty questions' topics instead of 80 %.)
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlu.understanding.embedding import Embedder, Floats
from nlu.understanding.intent_model import out_of_fold
from nlu.understanding.names import SERVICE, NameMatch, NameMatcher
from nlu.understanding.normaliser import fold, words

WAYS = (
    "closest example by meaning",
    "second closest example by meaning",
    "text by meaning",
    "text by letters",
    "text by words (BM25)",
    "names another service",
    "kind of request",
)
RIVALS = 60
"""How many topics the right one is held against when the weights are learnt."""
PASSAGE_CHARACTERS = 700
_PENALTY = 0.5
_BATCH = 128
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
    vector: Floats
    """Sentence vector."""
    services: set[str]
    """Services that it names."""
    intents: dict[str, float]
    """Probability of each intent."""


class TopicModel:
    """Ranks topics; `fit` before `rank`."""

    def fit(
        self,
        index: dict[str, Any],
        embedder: Embedder,
        normal: Callable[[str], str],
        names: NameMatcher,
        messages: Sequence[str],
        texts: Sequence[str],
        vectors: Floats,
        services: Sequence[set[str]],
        intents: Sequence[str],
    ) -> "TopicModel":
        """Learn from an index (`knowledge.export.write_index`) and all training messages.

        `texts`, `vectors`, `services` and `intents` belong to `messages` one by one; every example question of
        the index must be among the messages. `normal` makes the text of which features are made.
        """
        self._describe(index, embedder, normal, names)
        probabilities = out_of_fold(texts, vectors, intents)
        classes = sorted(set(intents))
        queries = {
            message: Query(text, vector, named, dict(zip(classes, row, strict=True)))
            for message, text, vector, named, row in zip(messages, texts, vectors, services, probabilities, strict=True)
        }
        compared = self._learn_weights(queries)
        self._learn_gate(queries, compared, messages, intents)
        return self

    def rank(self, query: Query) -> dict[str, Ranking]:
        """The best topics for each region code; topics that hold everywhere stand in every region's ranking."""
        ways = self._compare([query])[0]
        scores = ways @ self._weights
        return {region: self._ranking(query, ways, scores, region) for region in self.regions}

    # -- what is stored of the topics -------------------------------------------------------------------------

    def _describe(
        self, index: dict[str, Any], embedder: Embedder, normal: Callable[[str], str], names: NameMatcher
    ) -> None:
        topics = index["topics"]
        self.regions: list[str] = [region["code"] for region in index["regions"]]
        self.names: list[str] = [topic["name"] for topic in topics]
        self._row = {name: row for row, name in enumerate(self.names)}
        self._intents: list[str] = [topic["intent"] for topic in topics]
        self._service: list[str] = [topic["service"] for topic in topics]
        self._named_in_text = [services_in(names.find(f"{topic['title']}. {topic['text']}")) for topic in topics]
        self._in_region = {
            region: np.array([topic["region"] in (region, None) for topic in topics]) for region in self.regions
        }
        self._home: list[str | None] = [topic["region"] for topic in topics]

        examples = [(normal(example), row) for row, topic in enumerate(topics) for example in topic["examples"]]
        self._example_source = [(example, row) for row, topic in enumerate(topics) for example in topic["examples"]]
        self._starts = np.searchsorted([row for _, row in examples], range(len(topics)))
        self._sizes = np.diff([*self._starts, len(examples)])
        self._example_vectors = embedder.embed([text for text, _ in examples])
        passages = [
            normal(f"{topic['service_name']}: {topic['title']}. {topic['text']}"[:PASSAGE_CHARACTERS])
            for topic in topics
        ]
        self._text_vectors = embedder.embed(passages, passage=True)
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, max_features=60_000, dtype=np.float32
        )
        documents = [f"{topic['service_name']} {topic['title']} {topic['text']}" for topic in topics]
        self._characters.fit([fold(text) for text, _ in examples] + [fold(document) for document in documents])
        self._text_n_grams = self._characters.transform([fold(document) for document in documents]).tocsr()
        self._bm25 = _Bm25([_stems(document) for document in documents])

    def _compare(self, queries: Sequence[Query], without: Sequence[int] | None = None) -> Floats:
        """Shape (queries, topics, ways), ways as `WAYS`; query n does not look at example number `without[n]`."""
        vectors = np.stack([query.vector for query in queries])
        n_grams = self._characters.transform([fold(query.text) for query in queries])
        meaning = vectors @ self._example_vectors.T
        if without is not None:
            meaning[np.arange(len(queries)), without] = 0.0
        closest = np.maximum.reduceat(meaning, self._starts, axis=1)
        return np.stack(
            [
                closest,
                self._second_closest(meaning, closest),
                vectors @ self._text_vectors.T,
                np.asarray((n_grams @ self._text_n_grams.T).todense()),
                np.stack([self._bm25.scores(_stems(query.text)) for query in queries]),
                np.stack([self._names_another(query.services) for query in queries]),
                np.array([[query.intents.get(intent, 0.0) for intent in self._intents] for query in queries]),
            ],
            axis=2,
        )

    def _second_closest(self, meaning: Floats, closest: Floats) -> Floats:
        rest = np.where(meaning == np.repeat(closest, self._sizes, axis=1), -1.0, meaning)
        second: Floats = np.maximum.reduceat(rest, self._starts, axis=1)
        return np.where(second < 0, closest, second)

    def _names_another(self, services: set[str]) -> Floats:
        """1 for topics of which the message names neither the service nor anything in the text, though it names one."""
        if not services:
            return np.zeros(len(self.names))
        return np.array(
            [
                float(service not in services and not services & found)
                for service, found in zip(self._service, self._named_in_text, strict=True)
            ]
        )

    # -- learning ---------------------------------------------------------------------------------------------

    def _learn_weights(self, queries: dict[str, Query]) -> list[Floats]:
        """Learn how much each way counts; returns every example's comparison, for the gate."""
        numbers = list(range(len(self._example_source)))
        compared: list[Floats] = []
        lists: list[Floats] = []
        for start in range(0, len(numbers), _BATCH):
            part = numbers[start : start + _BATCH]
            for number, ways in zip(
                part, self._compare([queries[self._example_source[n][0]] for n in part], part), strict=True
            ):
                right = self._example_source[number][1]
                guess = np.where(self._allowed(right), ways[:, 0] + ways[:, 2] + ways[:, 3], -np.inf)
                guess[right] = np.inf
                lists.append(ways[np.argsort(-guess)[:RIVALS]])
                compared.append(ways.astype(np.float32))
        self._weights = _listwise(np.stack(lists))
        return compared

    def _allowed(self, row: int) -> Floats:
        home = self._home[row]
        return np.ones(len(self.names), dtype=bool) if home is None else self._in_region[home]

    def _learn_gate(
        self, queries: dict[str, Query], compared: list[Floats], messages: Sequence[str], intents: Sequence[str]
    ) -> None:
        signs: list[list[float]] = []
        right: list[int] = []
        for number, ((example, row), ways) in enumerate(zip(self._example_source, compared, strict=True)):
            region = self._home[row] or self.regions[number % len(self.regions)]
            order, scores = self._order(ways @ self._weights, region)
            signs.append(self._signs(queries[example], ways, order, scores))
            right.append(int(order[0] == row))
        examples = {example for example, _ in self._example_source}
        for number, (message, intent) in enumerate(zip(messages, intents, strict=True)):
            if message in examples or intent not in _NOT_KNOWLEDGE:
                continue
            ways = self._compare([queries[message]])[0]
            order, scores = self._order(ways @ self._weights, self.regions[number % len(self.regions)])
            signs.append(self._signs(queries[message], ways, order, scores))
            right.append(0)
        self._gate = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=500))
        self._gate.fit(np.array(signs), right)

    # -- ranking ----------------------------------------------------------------------------------------------

    def _order(self, scores: Floats, region: str) -> Any:
        allowed = np.flatnonzero(self._in_region[region])
        order = allowed[np.argsort(-scores[allowed])][:RANKING_LENGTH]
        return order, scores[order]

    def _signs(self, query: Query, ways: Floats, order: Floats, scores: Floats) -> list[float]:
        """What the gate looks at."""
        best = order[0]
        odds = np.exp(scores - scores[0])
        declines = self._intents[best] == "out_of_scope"
        return [
            float(1 / odds.sum()),
            min(float(scores[0] - scores[1]), 6.0) if len(scores) > 1 else 6.0,
            float(ways[best, 0]),
            float(ways[best, 1]),
            float(ways[best, 2]),
            float(ways[best, 3]),
            float(ways[best, 5]),
            0.0 if declines else query.intents.get("out_of_scope", 0.0),
            query.intents.get("unclear", 0.0),
            query.intents.get(self._intents[best], 0.0),
            float(bool(query.services)),
            min(len(words(query.text)), 12) / 12,
        ]

    def _ranking(self, query: Query, ways: Floats, scores: Floats, region: str) -> Ranking:
        order, best = self._order(scores, region)
        signs = np.array([self._signs(query, ways, order, best)])
        confidence = float(self._gate.predict_proba(signs)[0, 1])
        return Ranking(
            confidence, [RankedTopic(self.names[row], float(score)) for row, score in zip(order, best, strict=True)]
        )


def _listwise(lists: Floats) -> Floats:
    """Weights that put the first row of each list (lists x rows x ways) first: a conditional logit by L-BFGS."""
    spread = lists.reshape(-1, lists.shape[2]).std(axis=0) + 1e-9
    scaled = lists / spread

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = scaled @ weights
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares = odds / odds.sum(axis=1, keepdims=True)
        slope = ((shares[:, :, None] * scaled).sum(axis=1) - scaled[:, 0]).mean(axis=0)
        penalty = _PENALTY / len(lists)
        value = -np.log(shares[:, 0] + 1e-12).mean() + penalty * weights @ weights
        return float(value), slope + 2 * penalty * weights

    found = minimize(loss, np.zeros(lists.shape[2]), jac=True, method="L-BFGS-B")
    weights: Floats = found.x / spread
    return weights


def services_in(matches: Sequence[NameMatch]) -> set[str]:
    """The services among the names found."""
    return {match.value for match in matches if match.kind == SERVICE}


def _stems(text: str) -> list[str]:
    """Folded words cut to six letters: enough of a stem for Swedish inflection, and it splits no compound."""
    return [word[:6] for word in words(fold(text)) if len(word) > 2]


class _Bm25:
    """Okapi BM25 over short documents; scores scaled to 0..1 by the best one."""

    def __init__(self, documents: Sequence[Sequence[str]], k: float = 1.2, b: float = 0.6) -> None:
        average = sum(len(document) for document in documents) / max(1, len(documents))
        frequencies = [Counter(document) for document in documents]
        holders = Counter(word for frequency in frequencies for word in frequency)
        self._size = len(documents)
        self._postings: dict[str, list[Any]] = {}
        for row, (document, frequency) in enumerate(zip(documents, frequencies, strict=True)):
            length = k * (1 - b + b * len(document) / average)
            for word, count in frequency.items():
                rarity = math.log(1 + (self._size - holders[word] + 0.5) / (holders[word] + 0.5))
                self._postings.setdefault(word, []).append((row, rarity * count * (k + 1) / (count + length)))

    def scores(self, query: Sequence[str]) -> Floats:
        result = np.zeros(self._size)
        for word in set(query):
            for row, weight in self._postings.get(word, ()):
                result[row] += weight
        best = result.max() if len(result) else 0.0
        scaled: Floats = result / best if best > 0 else result
        return scaled
