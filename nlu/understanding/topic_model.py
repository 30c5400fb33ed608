"""Which topics of the knowledge base a message may be about, per region, and how sure that is.

Each topic is compared with the message in several ways (meaning, letters, words, the service that is named, the
kind of request). A logistic regression weighs the ways; a second one, the gate, tells how likely it is that
the first topic is the right one. Both learn from the topics' own example questions, each ranked with itself
left out, and the gate also from messages that no topic answers.
"""

import math
from collections import Counter
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Set

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from nlu.understanding.embedding import Embedder
from nlu.understanding.intent_model import IntentModel, out_of_fold
from nlu.understanding.names import SERVICE, NameMatch, NameMatcher
from nlu.understanding.normaliser import Normaliser, fold, words

FEATURES = (
    "closest example by meaning",
    "two closest examples by meaning",
    "text by meaning",
    "closest example by letters",
    "text by letters",
    "text by words (BM25)",
    "names the service",
    "names another service",
    "text names what is named",
    "kind of request",
    "documents are silent",
)
HARD_NEGATIVES = 25
RANKING_LENGTH = 6
_NOT_KNOWLEDGE = ("out_of_scope", "unclear")


class RankedTopic(NamedTuple):
    """A topic and its score (a log-odds, comparable within one message)."""

    name: str
    score: float


class Ranking(NamedTuple):
    """The topics of one region for one message, best first, and the probability that the first is right."""

    confidence: float
    topics: List[RankedTopic]


class Query(NamedTuple):
    """A message with all that is computed of it once."""

    text: str
    """Normalised."""
    vector: np.ndarray
    """Sentence vector."""
    services: Set[str]
    """Services that it names."""
    intents: Dict[str, float]
    """Probability of each intent."""


class TopicModel:
    """Ranks topics; `fit` before `rank`."""

    def fit(
        self,
        index: Dict[str, Any],
        embedder: Embedder,
        normaliser: Normaliser,
        names: NameMatcher,
        messages: Sequence[str],
        intents: Sequence[str],
    ) -> "TopicModel":
        """Learn from an index (`knowledge.export.write_index`) and all training messages with their intents."""
        self._describe(index, embedder, normaliser, names)
        known = set(messages)
        unseen = [
            (example, topic["intent"])
            for topic in index["topics"]
            for example in topic["examples"]
            if example not in known
        ]
        messages = [*messages, *(example for example, _ in unseen)]
        intents = [*intents, *(intent for _, intent in unseen)]
        normal = [normaliser(message) for message in messages]
        vectors = embedder.embed(normal)
        probabilities = out_of_fold(normal, vectors, intents)
        classes = sorted(set(intents))
        queries = {
            message: Query(text, vector, _services(names.find(message)), dict(zip(classes, row)))
            for message, text, vector, row in zip(messages, normal, vectors, probabilities)
        }
        self._learn_weights(queries)
        self._learn_gate(queries, messages, intents)
        return self

    def rank(self, query: Query) -> Dict[str, Ranking]:
        """The best topics for each region code; topics that hold everywhere stand in every region's ranking."""
        features = self._features(query)
        scores = features @ self._weights + self._bias
        return {region: self._ranking(query, features, scores, region) for region in self.regions}

    # -- what is stored of the topics -------------------------------------------------------------------------

    def _describe(self, index: Dict[str, Any], embedder: Embedder, normaliser: Normaliser, names: NameMatcher) -> None:
        topics = index["topics"]
        self.regions: List[str] = [region["code"] for region in index["regions"]]
        region_names = {region["code"]: region["name"] for region in index["regions"]}
        self.names: List[str] = [topic["name"] for topic in topics]
        self._row = {name: row for row, name in enumerate(self.names)}
        self._intents: List[str] = [topic["intent"] for topic in topics]
        self._silent = np.array([topic["outcome"] != "answered" for topic in topics], dtype=float)
        self._service: List[str] = [topic["service"] for topic in topics]
        self._named_in_text = [_services(names.find(f"{topic['title']}. {topic['text']}")) for topic in topics]
        self._in_region = {
            region: np.array([topic["region"] in (region, None) for topic in topics]) for region in self.regions
        }
        self._home: List[Optional[str]] = [topic["region"] for topic in topics]

        examples = [(normaliser(example), row) for row, topic in enumerate(topics) for example in topic["examples"]]
        self._example_source = [(example, row) for row, topic in enumerate(topics) for example in topic["examples"]]
        self._starts = np.searchsorted([row for _, row in examples], range(len(topics)))
        self._example_vectors = embedder.embed([text for text, _ in examples])
        passages = [
            f"{region_names.get(topic['region'], '')} {topic['service_name']}: {topic['title']}. {topic['text']}"[:700]
            for topic in topics
        ]
        self._text_vectors = embedder.embed(passages, passage=True)
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, max_features=60_000, dtype=np.float32
        )
        documents = [f"{topic['service_name']} {topic['title']} {topic['text']}" for topic in topics]
        self._characters.fit([fold(text) for text, _ in examples] + [fold(document) for document in documents])
        self._example_n_grams = self._characters.transform([fold(text) for text, _ in examples]).tocsr()
        self._text_n_grams = self._characters.transform([fold(document) for document in documents]).tocsr()
        self._bm25 = _Bm25([_stems(document) for document in documents])

    def _features(self, query: Query, without: Optional[int] = None) -> np.ndarray:
        """Rows of topics, columns as `FEATURES`; example number `without` is not looked at."""
        meaning = self._example_vectors @ query.vector
        n_grams = self._characters.transform([fold(query.text)])
        letters = np.asarray((self._example_n_grams @ n_grams.T).todense()).ravel()
        if without is not None:
            meaning[without] = letters[without] = 0.0
        closest = np.maximum.reduceat(meaning, self._starts)
        words_found = self._bm25.scores(_stems(query.text))
        named = np.array([service in query.services for service in self._service], dtype=float)
        in_text = np.array([bool(query.services & found) for found in self._named_in_text], dtype=float)
        other = np.zeros(len(self.names)) if not query.services else (1 - named) * (1 - in_text)
        return np.stack(
            [
                closest,
                self._two_closest(meaning),
                self._text_vectors @ query.vector,
                np.maximum.reduceat(letters, self._starts),
                np.asarray((self._text_n_grams @ n_grams.T).todense()).ravel(),
                words_found,
                named,
                other,
                in_text,
                np.array([query.intents.get(intent, 0.0) for intent in self._intents]),
                self._silent,
            ],
            axis=1,
        )

    def _two_closest(self, meaning: np.ndarray) -> np.ndarray:
        ends = [*self._starts[1:], len(meaning)]
        return np.array([np.sort(meaning[start:end])[-2:].mean() for start, end in zip(self._starts, ends)])

    # -- learning ---------------------------------------------------------------------------------------------

    def _learn_weights(self, queries: Dict[str, Query]) -> None:
        rows: List[np.ndarray] = []
        labels: List[int] = []
        for number, (example, right) in enumerate(self._example_source):
            features = self._features(queries[example], without=number)
            allowed = self._allowed(right)
            guess = np.where(allowed, features[:, 0] + features[:, 3] + 0.2 * features[:, 6], -np.inf)
            guess[right] = -np.inf
            hardest = np.argsort(-guess)[:HARD_NEGATIVES]
            rows += [features[right : right + 1], features[hardest]]
            labels += [1] + [0] * len(hardest)
        model = LogisticRegression(C=5.0, max_iter=500).fit(np.concatenate(rows), labels)
        self._weights = model.coef_[0]
        self._bias = float(model.intercept_[0])

    def _allowed(self, row: int) -> np.ndarray:
        home = self._home[row]
        return np.ones(len(self.names), dtype=bool) if home is None else self._in_region[home]

    def _learn_gate(self, queries: Dict[str, Query], messages: Sequence[str], intents: Sequence[str]) -> None:
        features: List[List[float]] = []
        right: List[int] = []
        seen: Set[str] = set()
        for number, (example, row) in enumerate(self._example_source):
            seen.add(example)
            query = queries[example]
            ways = self._features(query, without=number)
            region = self._home[row] or self.regions[number % len(self.regions)]
            order, scores = self._order(ways @ self._weights + self._bias, region)
            features.append(self._signs(query, ways, order, scores))
            right.append(int(order[0] == row))
        for number, (message, intent) in enumerate(zip(messages, intents)):
            if message in seen or intent not in _NOT_KNOWLEDGE:
                continue
            query = queries[message]
            ways = self._features(query)
            order, scores = self._order(ways @ self._weights + self._bias, self.regions[number % len(self.regions)])
            features.append(self._signs(query, ways, order, scores))
            right.append(0)
        self._gate = LogisticRegression(C=1.0, max_iter=500).fit(np.array(features), right)

    # -- ranking ----------------------------------------------------------------------------------------------

    def _order(self, scores: np.ndarray, region: str) -> Any:
        allowed = np.flatnonzero(self._in_region[region])
        order = allowed[np.argsort(-scores[allowed])][:RANKING_LENGTH]
        return order, scores[order]

    def _signs(self, query: Query, features: np.ndarray, order: np.ndarray, scores: np.ndarray) -> List[float]:
        """What the gate looks at."""
        best = order[0]
        runner_up = float(scores[1]) if len(scores) > 1 else -10.0
        return [
            float(scores[0]),
            float(scores[0]) - runner_up,
            float(features[best, 0]),
            float(features[best, 3]),
            query.intents.get("out_of_scope", 0.0) * (1.0 if self._intents[best] != "out_of_scope" else 0.0),
            query.intents.get("unclear", 0.0),
            float(bool(query.services)),
            min(len(words(query.text)), 12) / 12,
        ]

    def _ranking(self, query: Query, features: np.ndarray, scores: np.ndarray, region: str) -> Ranking:
        order, best = self._order(scores, region)
        signs = np.array([self._signs(query, features, order, best)])
        confidence = float(self._gate.predict_proba(signs)[0, 1])
        return Ranking(confidence, [RankedTopic(self.names[row], float(score)) for row, score in zip(order, best)])


def query_of(text: str, vector: np.ndarray, matches: Sequence[NameMatch], model: IntentModel) -> Query:
    """Put a normalised message, its vector, the names in it and its intents together."""
    row = model.probabilities([text], vector.reshape(1, -1))[0]
    return Query(text, vector, _services(matches), dict(zip(model.classes, row)))


def _services(matches: Sequence[NameMatch]) -> Set[str]:
    return {match.value for match in matches if match.kind == SERVICE}


def _stems(text: str) -> List[str]:
    """Folded words cut to six letters: enough of a stem for Swedish inflection, and it splits no compound."""
    return [word[:6] for word in words(fold(text)) if len(word) > 2]


class _Bm25:
    """Okapi BM25 over short documents; scores scaled to 0..1 by the best one."""

    def __init__(self, documents: Sequence[Sequence[str]], k: float = 1.2, b: float = 0.6) -> None:
        average = sum(len(document) for document in documents) / max(1, len(documents))
        frequencies = [Counter(document) for document in documents]
        holders = Counter(word for frequency in frequencies for word in frequency)
        self._size = len(documents)
        self._postings: Dict[str, List[Any]] = {}
        for row, (document, frequency) in enumerate(zip(documents, frequencies)):
            length = k * (1 - b + b * len(document) / average)
            for word, count in frequency.items():
                rarity = math.log(1 + (self._size - holders[word] + 0.5) / (holders[word] + 0.5))
                self._postings.setdefault(word, []).append((row, rarity * count * (k + 1) / (count + length)))

    def scores(self, query: Sequence[str]) -> np.ndarray:
        result = np.zeros(self._size)
        for word in set(query):
            for row, weight in self._postings.get(word, ()):
                result[row] += weight
        best = result.max() if len(result) else 0.0
        scaled: np.ndarray = result / best if best > 0 else result
        return scaled
