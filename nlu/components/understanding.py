"""Intent, entities and topics of a message: one call of the embedder a turn, shared by all.

What a message's parse data holds afterwards (actions read it as `tracker.latest_message`):

- `intent`, `intent_ranking`: as of every Rasa classifier.
- `entities`: as of every Rasa extractor, `value` canonical. `region` (code), `foreign_region` (name), `service` (id),
  `role` (id of `knowledge/content/roles.yml`), `time` (the phrase as written, in lower case), `ticket_number`
  (upper case, without "#"), `vgr_id` (lower case).
- `topics`: for each region code `{"confidence": float, "ranking": [{"name": str, "score": float}, ...]}`, best first.
  The confidence is the probability that the first topic is the right one.
- `thresholds`: `{"high": float, "low": float}` for that confidence, chosen when the model was trained: from `high` on
  the first topic is given as the answer, below `low` none is suggested.
- `language`: "sv" or "en", what the user wrote.
- `cues`: `{"urgent": bool, "frustrated": bool, "excluded": [service id, ...]}`; the last are services that are named
  only to say that they are not meant ("inte SITHS utan Telia"): they are among the entities all the same.
- `questions`: `[]`, or at least two when the message clearly holds several questions about different topics, in their
  order, each `{"text", "intent", "intent_ranking", "entities", "topics"}` in the forms above. The message's own
  `intent` and `topics` are still those of the whole.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import index_file
from nlu.understanding.embedding import CachedEmbedder, Embedder, chosen_embedder
from nlu.understanding.embedding.chosen import SETTINGS
from nlu.understanding.model import Understanding
from nlu.understanding.names import NameMatch
from nlu.understanding.topic_model import Ranking

_MODEL = "understanding.joblib"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True
)
class SwedishUnderstanding(IntentClassifier, GraphComponent, EntityExtractorMixin):
    """Finds names, normalises, embeds, classifies the intent and ranks the topics.

    The knowledge index is kept in the model when it is trained, so a server needs no file beside its model.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`index`: the file that `python -m knowledge export` writes. `cache`: embeddings kept between trainings."""
        return {"index": "build/knowledge.json", "cache": "build/embeddings.sqlite", "ranking_length": 6}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """See `create`."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._embedder: Embedder
        self._model: Understanding

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SwedishUnderstanding":
        """See `GraphComponent.create`."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the index, the embedder or this package's code changes: Rasa does not see them."""
        # Rasa gives the whole configuration, or only what config.yml says, depending on what it has kept.
        index = {**cls.get_default_config(), **config}["index"]
        digest = hashlib.sha256(Path(index).read_bytes())
        digest.update("\0".join(os.environ.get(name, "") for name in SETTINGS).encode())
        for source in sorted((Path(__file__).parent.parent / "understanding").rglob("*.py")):
            digest.update(source.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn normaliser, intents, topics and gate, and write them into the model."""
        index = index_file.read(self._config["index"])
        messages = [example for example in training_data.intent_examples if example.get(TEXT)]
        embedder = chosen_embedder(os.environ, threads=os.cpu_count() or 1)
        model = Understanding(index).train(
            [str(message.get(TEXT)) for message in messages],
            [str(message.get(INTENT)) for message in messages],
            CachedEmbedder(embedder, Path(self._config["cache"])),
        )
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(model, folder / _MODEL, compress=1)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SwedishUnderstanding":
        """See `GraphComponent.load`."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = joblib.load(folder / _MODEL)
        component._embedder = chosen_embedder(os.environ)
        component._model.require(component._embedder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set all that the module tells of; a button's payload is left to Rasa's `RegexMessageHandler`."""
        for message in messages:
            text = str(message.get(TEXT) or "")
            if text and not text.startswith(INTENT_MESSAGE_PREFIX):
                for key, value in self._parsed(text).items():
                    message.set(key, value, add_to_output=True)
        return messages

    def _parsed(self, text: str) -> dict[str, Any]:
        understood = self._model.understand(text, self._embedder)
        cues = understood.cues
        return {
            **self._request(understood.intent, understood.intents, understood.topics, understood.entities),
            "thresholds": self._model.thresholds._asdict(),
            "language": understood.language,
            "cues": {"urgent": cues.urgent, "frustrated": cues.frustrated, "excluded": list(cues.excluded)},
            "questions": [
                {"text": asked.text, **self._request(asked.intent, asked.intents, asked.topics, asked.entities)}
                for asked in understood.questions
            ],
        }

    def _request(
        self, intent: str, intents: dict[str, float], topics: dict[str, Ranking], entities: Iterable[NameMatch]
    ) -> dict[str, Any]:
        ranking = sorted(intents.items(), key=lambda item: -item[1])[: int(self._config["ranking_length"])]
        return {
            "intent": {"name": intent, "confidence": intents[intent]},
            "intent_ranking": [{"name": name, "confidence": share} for name, share in ranking],
            "entities": [_entity(match) for match in entities],
            "topics": {region: _topics(found) for region, found in topics.items()},
        }


def _entity(match: NameMatch) -> dict[str, Any]:
    return {
        "entity": match.kind,
        "value": match.value,
        "start": match.start,
        "end": match.end,
        "confidence_entity": match.confidence,
        "extractor": SwedishUnderstanding.__name__,
    }


def _topics(found: Ranking) -> dict[str, Any]:
    return {
        "confidence": round(found.confidence, 4),
        "ranking": [{"name": topic.name, "score": round(topic.score, 3)} for topic in found.topics],
    }
