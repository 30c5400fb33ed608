"""The whole of understanding in one object: text in; kind of request, names and topics out."""

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from nlu.understanding.cues import Cues, cues_of
from nlu.understanding.details import details
from nlu.understanding.embedding import Embedder, EmbedderUnavailable, Floats
from nlu.understanding.gate import Thresholds
from nlu.understanding.intent_model import PACE
from nlu.understanding.language import language_of
from nlu.understanding.names import SERVICE, NameMatch, NameMatcher, without_regions
from nlu.understanding.normaliser import MAX_CHARACTERS, Normaliser, clip, unclipped
from nlu.understanding.questions import questions_in
from nlu.understanding.softmax import Softmax, Task, fit_all
from nlu.understanding.topic_model import Query, Ranking, TopicModel, services_in
from nlu.understanding.views import Letters, Meaning, joined


class Question(NamedTuple):
    """One of the questions of a message."""

    text: str
    """As it stands in the message."""
    intent: str
    intents: dict[str, float]
    topics: dict[str, Ranking]
    entities: tuple[NameMatch, ...]
    """Those in it, and the services of the question before it when it names none. Offsets count in the message."""


class Understood(NamedTuple):
    """What a message was taken to mean."""

    intent: str
    """The kind of request: the likeliest intent, unless a question about a likely topic looked like small talk."""
    intents: dict[str, float]
    """Probability of each intent."""
    topics: dict[str, Ranking]
    """For each region code, the topics that may answer."""
    entities: tuple[NameMatch, ...]
    """Names and details, left to right."""
    language: str
    """`sv` or `en`."""
    cues: Cues
    questions: tuple[Question, ...]
    """At least two when the message clearly asks about different topics; else none."""


class Understanding:
    """Train once, then `understand`. The embedder is given at each use: it is no part of the stored model."""

    normaliser_type = Normaliser
    topic_model_type = TopicModel

    def __init__(self, index: dict[str, Any]) -> None:
        """`index`: see `knowledge.export.write_index`."""
        self._index = index
        self._names = NameMatcher(index)
        self._normaliser: Normaliser
        self._meaning: Meaning
        self._letters: Letters
        self._intents: Softmax
        self._intent_names: list[str]
        self._topics: TopicModel
        self._moves: dict[str, str]
        """Whole messages, normalised, that are known to carry the conversation on, with their intents: "tackar"."""
        self._embedder_name: str

    def train(self, messages: Sequence[str], intents: Sequence[str], embedder: Embedder) -> "Understanding":
        """Learn from messages and their intents; the topics' examples are learnt too when they are not among them."""
        self._embedder_name = embedder.name
        topics = self._index["topics"]
        labels = dict(zip(messages, intents, strict=True))
        for topic in topics:
            for example in topic["examples"]:
                labels.setdefault(example, topic["intent"])
        texts = list(labels)
        found = [self._names.find(clip(text)) for text in texts]
        masked = [self._masked(clip(text), names) for text, names in zip(texts, found, strict=True)]
        passages = [f"{topic['title']} {topic['text']}" for topic in topics]
        names = [name for service in self._index["services"] for name in service["names"]]
        further = [self._masked(text, self._names.find(text)) for text in (*passages, *names)]
        self._normaliser = self.normaliser_type.learn([*masked, *further])
        normal = [self._normaliser(text) for text in masked]
        vectors = embedder.embed(normal)

        row = {text: number for number, text in enumerate(texts)}
        examples = [(row[text], number) for number, topic in enumerate(topics) for text in topic["examples"]]
        self._topics = self.topic_model_type()
        self._meaning, self._letters, meaning, letters = self._topics.describe(
            self._index, embedder, self.normal, self._names, examples, vectors, normal
        )
        self._intent_names = sorted(set(labels.values()))
        numbers = [self._intent_names.index(intent) for intent in labels.values()]
        known = {number for number, _ in examples}
        held = np.random.default_rng(_SEED).random(len(texts)) < _HELD
        counts = np.array([1.0 if n in known else _MESSAGE_COUNTS for n in range(len(texts))], dtype=np.float32)
        kinds = Task(joined(meaning, letters), numbers, len(self._intent_names), PACE, held, counts=counts)
        rows = [number for number, _ in examples]
        tasks = self._topics.tasks(meaning[rows], letters[rows], held[rows])
        (self._intents, honest), *classifiers = fit_all([kinds, *tasks], os.cpu_count() or 1)
        queries = {
            n: Query(normal[n], meaning[n], letters[n], services_in(found[n]), self._by_name(np.exp(logs)))
            for n, logs in zip(np.flatnonzero(held), honest, strict=True)
        }
        asked = [(queries[n], topic) for n, topic in examples if held[n]]
        others = [(query, labels[texts[n]]) for n, query in queries.items() if n not in known]
        self._topics.learn(classifiers, asked, others)
        self._moves = {normal[n]: labels[text] for n, text in enumerate(texts) if labels[text] in _MOVES}
        return self

    @cached_property
    def _declined(self) -> frozenset[str]:
        return frozenset(topic["name"] for topic in self._index["topics"] if topic["outcome"] == "declined")

    @property
    def index(self) -> dict[str, Any]:
        """The knowledge index that this was trained on."""
        return self._index

    def require(self, embedder: Embedder) -> None:
        """Raise EmbedderUnavailable when this was trained with another embedder."""
        if embedder.name != self._embedder_name:
            raise EmbedderUnavailable(
                f"the model was trained with the embeddings of {self._embedder_name}, and the settings name "
                f"{embedder.name}: run `make train`"
            )

    def normal(self, text: str) -> str:
        """The text that features are made of: capped, regions masked, spelling evened."""
        clipped = clip(text)
        return self._normaliser(self._masked(clipped, self._names.find(clipped)))

    def entities(self, text: str) -> tuple[NameMatch, ...]:
        """Names of the knowledge base, times, ticket numbers and vgr-ids; offsets count in the text as it came."""
        clipped = clip(text)
        found = [*self._names.find(clipped), *details(clipped, self._normaliser.knows)]
        placed = [replace(m, start=unclipped(text, m.start), end=unclipped(text, m.end)) for m in found]
        return tuple(sorted(placed, key=lambda match: (match.start, match.end, match.kind, match.value)))

    @property
    def thresholds(self) -> Thresholds:
        """Where the gate opens."""
        return self._topics.gate.thresholds

    def understand(self, text: str, embedder: Embedder) -> Understood:
        """One call of the embedder, one look at every topic for each question."""
        entities = self.entities(text)
        cues = cues_of(text, entities)
        parts = questions_in(text) if len(text) <= MAX_CHARACTERS else []
        parts = parts[:_MOST_QUESTIONS] if len(parts) > 1 else []
        normal = [self.normal(part) for part in (text, *(part.said for part in parts))]
        vectors = embedder.embed(normal)
        whole = self._one(text, normal[0], vectors[0], entities, cues)
        asked: list[Question] = []
        for part, part_normal, vector in zip(parts, normal[1:], vectors[1:], strict=True):
            inside = [entity for entity in entities if part.start <= entity.start and entity.end <= part.end]
            if asked and not services_in(inside):
                inside += [entity for entity in asked[-1].entities if entity.kind == SERVICE]
            asked.append(self._one(part.text, part_normal, vector, inside, cues))
        questions = _apart(asked)
        return Understood(whole.intent, whole.intents, whole.topics, entities, language_of(text), cues, questions)

    def _one(self, text: str, normal: str, vector: Floats, entities: Sequence[NameMatch], cues: Cues) -> Question:
        meaning, letters = self._meaning.of(vector[None]), self._letters.of([normal])
        intents = self._by_name(self._intents.probabilities(joined(meaning, letters))[0])
        if not any(character.isalnum() for character in text):  # emojis alone say nothing that can be classified
            intents = {name: float(name == "unclear") for name in intents}
        services = services_in(entities) - set(cues.excluded)
        topics = self._topics.rank(Query(normal, meaning[0], letters, services, intents))
        intent = self._moves.get(normal) or choose_intent(intents, topics, self._declined)
        return Question(text, intent, intents, topics, tuple(entities))

    def _by_name(self, shares: Floats) -> dict[str, float]:
        return dict(zip(self._intent_names, map(float, shares), strict=True))

    def _masked(self, text: str, names: Sequence[NameMatch]) -> str:
        return without_regions(text, names)

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the matcher, which spaCy builds anew from the index."""
        return {key: value for key, value in self.__dict__.items() if key != "_names"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """See `__getstate__`."""
        self.__dict__.update(state)
        self._names = NameMatcher(self._index)


def choose_intent(intents: dict[str, float], topics: dict[str, Ranking], declined: Collection[str] = ()) -> str:
    """The likeliest move when it is likely enough that the message is one of the moves; else the likeliest of the rest.

    A likely topic turns a refusal of middling likelihood into a question. `declined`: the topics that are nothing for
    us; a question about one of them is out of scope.
    """
    if intents.get("start_guide", 0.0) >= _ASKS_FOR_A_GUIDE:
        return "start_guide"
    # "tack för hjälpen, hej då" is a move for certain, whichever it is.
    is_move = sum(intents.get(name, 0.0) for name in _MOVES) >= _CARRIES_ON
    possible = [name for name in intents if name == "unclear" or (name in _MOVES) == is_move]
    likeliest = max(possible, key=lambda name: intents[name])
    likely = max(topics.values(), key=lambda ranking: ranking.confidence, default=None)
    if likely is None or likely.confidence < _LIKELY_TOPIC:
        return likeliest
    yields = _YIELDS_TO_SURE_TOPIC if likely.confidence >= _SURE_TOPIC else _YIELDS_TO_LIKELY_TOPIC
    if intents[likeliest] >= yields.get(likeliest, 0.0):
        return likeliest
    if likely.topics[0].name in declined:
        return "out_of_scope"
    return max((name for name in intents if name not in CONVERSATION), key=lambda name: intents[name])


def _apart(asked: Sequence[Question]) -> tuple[Question, ...]:
    """The questions about a likely topic, each about another; none when they are fewer than two.

    A likely topic is enough: one that is not sure is asked back about, or offered behind a button.
    """
    clear: dict[str, Question] = {}
    for question in asked:
        ranking = max(question.topics.values(), key=lambda each: each.confidence)
        if ranking.confidence >= _LIKELY_TOPIC:
            clear.setdefault(ranking.topics[0].name, question)
    return tuple(clear.values()) if len(clear) > 1 else ()


_HELD = 1 / 3
"""Of the sentences so many teach ranking and gate, by the opinions of classifiers that know the others only."""
_SEED = 7
_MOST_QUESTIONS = 3
_LIKELY_TOPIC = 0.5
_ASKS_FOR_A_GUIDE = 0.25
"""Whoever asks to be guided names what to be guided through, which speaks for that subject's own intent too."""
CONVERSATION = frozenset(
    {
        "affirm",
        "ask_capabilities",
        "bot_challenge",
        "cancel",
        "deny",
        "goodbye",
        "greet",
        "guide_back",
        "guide_continue",
        "guide_next",
        "guide_skip",
        "inform_region",
        "next_step",
        "out_of_scope",
        "register_ticket",
        "start_guide",
        "start_over",
        "talk_to_human",
        "thank",
        "ticket_close",
        "ticket_comment",
        "ticket_status",
        "unclear",
        "wait",
    }
)
"""Intents that are no question to the knowledge base."""
_MOVES = CONVERSATION - {"inform_region", "next_step", "out_of_scope", "unclear"}
"""Intents that carry the conversation on and ask for nothing."""
_MESSAGE_COUNTS = 4.0
"""A message counts for so many examples of topics, which are four times as many: with 1 an unseen message is taken for
a question more often."""
_CARRIES_ON = 0.35
"""From this probability of all moves together a message is one of them. With .5 four of a hundred moves more are taken
for questions ("avbryt, jag ringer om kortet i stället"); with .3 no question is lost yet."""
_SURE_TOPIC = 0.85
_YIELDS_TO_LIKELY_TOPIC = {"inform_region": 0.4, "out_of_scope": 0.6, "unclear": 0.5}
"""Below this probability these give way to a likely topic."""
_YIELDS_TO_SURE_TOPIC = {**_YIELDS_TO_LIKELY_TOPIC, "out_of_scope": 0.9, "register_ticket": 0.6, "talk_to_human": 0.6}
"""The same for a topic that is nearly certain ("kan man lägga ärenden på natten?")."""
