"""The whole of understanding in one object: text in; kind of request, names and topics out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from nlu.understanding.embedding import Embedder
from nlu.understanding.intent_model import IntentModel
from nlu.understanding.names import NameMatch, NameMatcher, without_regions
from nlu.understanding.normaliser import Normaliser, clip
from nlu.understanding.topic_model import Query, Ranking, TopicModel, services_in


class Understood(NamedTuple):
    """What a message was taken to mean."""

    intent: str
    """The kind of request: the likeliest intent, unless a question about a likely topic looked like small talk."""
    intents: dict[str, float]
    """Probability of each intent."""
    topics: dict[str, Ranking]
    """For each region code, the topics that may answer."""


class Understanding:
    """Train once, then `understand`. The embedder is given at each use: it is no part of the stored model."""

    def __init__(self, index: dict[str, Any]) -> None:
        """`index`: see `knowledge.export.write_index`."""
        self._index = index
        self._names = NameMatcher(index)
        self._normaliser: Normaliser
        self._intents: IntentModel
        self._topics: TopicModel

    def train(self, messages: Sequence[str], intents: Sequence[str], embedder: Embedder) -> "Understanding":
        """Learn from messages and their intents; the topics' examples are learnt too when they are not among them."""
        known = set(messages)
        unseen = [
            (example, topic["intent"])
            for topic in self._index["topics"]
            for example in topic["examples"]
            if example not in known
        ]
        texts = [*messages, *(example for example, _ in unseen)]
        labels = [*intents, *(intent for _, intent in unseen)]
        passages = [f"{topic['title']} {topic['text']}" for topic in self._index["topics"]]
        names = [name for service in self._index["services"] for name in service["names"]]
        self._normaliser = Normaliser.learn(map(self._masked, [*texts, *passages, *names]))
        normal = [self.normal(text) for text in texts]
        vectors = embedder.embed(normal)
        self._intents = IntentModel().fit(normal, vectors, labels)
        services = [services_in(self._names.find(text)) for text in texts]
        self._topics = TopicModel().fit(
            self._index, embedder, self.normal, self._names, texts, normal, vectors, services, labels
        )
        return self

    @property
    def index(self) -> dict[str, Any]:
        """The knowledge index that this was trained on."""
        return self._index

    def normal(self, text: str) -> str:
        """The text that features are made of: capped, regions masked, spelling evened."""
        return self._normaliser(self._masked(clip(text)))

    def names(self, text: str) -> list[NameMatch]:
        """The names of the knowledge base in a text; offsets count in the text as it came."""
        return self._names.find(text[:_NAMES_WITHIN])

    def understand(self, text: str, embedder: Embedder) -> Understood:
        """One embedding, one look at every topic."""
        normal = self.normal(text)
        vector = embedder.embed([normal])[0]
        shares = self._intents.probabilities([normal], vector.reshape(1, -1))[0]
        intents = {str(name): float(share) for name, share in zip(self._intents.classes, shares, strict=True)}
        query = Query(normal, vector, services_in(self.names(text)), intents)
        topics = self._topics.rank(query)
        return Understood(choose_intent(intents, topics), intents, topics)

    def _masked(self, text: str) -> str:
        return without_regions(text, self._names.find(text))

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the matcher, which spaCy builds anew from the index."""
        return {key: value for key, value in self.__dict__.items() if key != "_names"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """See `__getstate__`."""
        self.__dict__.update(state)
        self._names = NameMatcher(self._index)


def choose_intent(intents: dict[str, float], topics: dict[str, Ranking]) -> str:
    """The likeliest intent; a likely topic turns small talk and refusals of middling likelihood into a question."""
    likeliest = max(intents, key=lambda name: intents[name])
    if likeliest not in _YIELDS_TO_TOPIC or intents[likeliest] >= _YIELDS_TO_TOPIC[likeliest]:
        return likeliest
    if max((ranking.confidence for ranking in topics.values()), default=0.0) < _LIKELY_TOPIC:
        return likeliest
    return max((name for name in intents if name not in CONVERSATION), key=lambda name: intents[name])


_NAMES_WITHIN = 2000
_LIKELY_TOPIC = 0.5
CONVERSATION = frozenset(
    {
        "affirm",
        "ask_capabilities",
        "bot_challenge",
        "deny",
        "goodbye",
        "greet",
        "inform_region",
        "next_step",
        "out_of_scope",
        "start_over",
        "talk_to_human",
        "thank",
        "unclear",
    }
)
"""Intents that are no question to the knowledge base."""
_YIELDS_TO_TOPIC = {
    "affirm": 0.9,
    "ask_capabilities": 0.8,
    "bot_challenge": 0.8,
    "deny": 0.9,
    "goodbye": 0.9,
    "greet": 0.9,
    "inform_region": 0.9,
    "out_of_scope": 0.6,
    "start_over": 0.8,
    "talk_to_human": 0.6,
    "thank": 0.9,
    "unclear": 0.5,
}
"""Below this probability these give way to a likely topic."""
