"""Tokens of Swedish text by spaCy."""

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from nlu.understanding.names import swedish


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SwedishTokenizer(Tokenizer):
    """Splits text with `spacy.blank("sv")`; Rasa's own evaluation of entities counts in these tokens."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings of Rasa's tokenizers; intents are never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def __init__(self, config: dict[str, Any]) -> None:
        """Build the spaCy pipeline once for the process."""
        super().__init__(config)
        self._nlp = swedish()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SwedishTokenizer":
        """See `GraphComponent.create`."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Words, numbers and punctuation; white space is no token."""
        return [
            Token(token.text, token.idx)
            for token in self._nlp.make_doc(str(message.get(attribute)))
            if not token.is_space
        ]
