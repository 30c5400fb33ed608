"""Intent and topics of a message: one embedding a turn, shared by both."""

import hashlib
from pathlib import Path
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import index_file
from nlu.understanding.embedding import BundledE5, CachedEmbedder
from nlu.understanding.model import Understanding

_MODEL = "understanding.joblib"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SwedishUnderstanding(IntentClassifier, GraphComponent):
    """Normalises, embeds, classifies the intent and ranks the topics.

    Sets `intent` and `intent_ranking` as every Rasa classifier does, and `topics`: for each region code
    `{"confidence": float, "ranking": [{"name": str, "score": float}, ...]}`, best first.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`index`: see KnowledgeNames. `cache`: file of embeddings kept between trainings."""
        return {"index": "build/knowledge.json", "cache": "build/embeddings.sqlite", "ranking_length": 6}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """See `create`."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._embedder = BundledE5()
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
        """Train again when the index or this package's code changes."""
        digest = hashlib.sha256(Path(config["index"]).read_bytes())
        for source in sorted((Path(__file__).parent.parent / "understanding").glob("*.py")):
            digest.update(source.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn normaliser, intents, topics and gate, and write them into the model."""
        index = index_file.read(self._config["index"])
        messages = [example for example in training_data.intent_examples if example.get(TEXT)]
        model = Understanding(index).train(
            [str(message.get(TEXT)) for message in messages],
            [str(message.get(INTENT)) for message in messages],
            CachedEmbedder(self._embedder, Path(self._config["cache"])),
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
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, intent ranking and topics."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                self._understand(message, str(text))
        return messages

    def _understand(self, message: Message, text: str) -> None:
        understood = self._model.understand(text, self._embedder)
        ranking = sorted(understood.intents.items(), key=lambda item: -item[1])[: int(self._config["ranking_length"])]
        named = [{"name": name, "confidence": share} for name, share in ranking]
        chosen = {"name": understood.intent, "confidence": understood.intents[understood.intent]}
        message.set("intent", chosen, add_to_output=True)
        message.set("intent_ranking", named, add_to_output=True)
        topics = {
            region: {
                "confidence": round(found.confidence, 4),
                "ranking": [{"name": topic.name, "score": round(topic.score, 3)} for topic in found.topics],
            }
            for region, found in understood.topics.items()
        }
        message.set("topics", topics, add_to_output=True)
