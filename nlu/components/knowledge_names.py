"""Entities: the names of the knowledge base that a message holds."""

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import index_file
from nlu.understanding.names import NameMatcher
from nlu.understanding.normaliser import clip


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class KnowledgeNames(GraphComponent, EntityExtractorMixin):
    """Finds regions, places, services and other regions by the names in the knowledge index.

    The names are packed into the model when it is trained, so a server needs no file beside its model.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`index`: the file that `python -m knowledge export` writes."""
        return {"index": "build/knowledge.json"}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """See `create`."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._matcher: NameMatcher | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "KnowledgeNames":
        """See `GraphComponent.create`."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the index changes: Rasa does not see that file otherwise."""
        return hashlib.sha256(Path(config["index"]).read_bytes()).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Pack the names; nothing is learnt."""
        index_file.pack(self._config["index"], self._model_storage, self._resource)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "KnowledgeNames":
        """See `GraphComponent.load`."""
        component = cls(config, model_storage, resource)
        component._matcher = NameMatcher(index_file.unpack(model_storage, resource))
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Add an entity for each name found."""
        assert self._matcher is not None
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            found = [
                {
                    "entity": match.kind,
                    "value": match.value,
                    "start": match.start,
                    "end": match.end,
                    "confidence_entity": match.confidence,
                    "extractor": type(self).__name__,
                }
                for match in self._matcher.find(clip(text))
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
