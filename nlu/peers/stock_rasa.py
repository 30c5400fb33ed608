"""What stock Rasa is given, here and in `bench/turns`: its default understanding, and training data in its format.

Needs neither of the two runtimes' packages, so that both may use it.
"""

from collections.abc import Mapping, Sequence

import yaml

STOCK_EPOCHS = 100
"""Rasa's default for DIET."""
DIET_PIPELINE = """\
language: sv
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: {epochs}
  constrain_similarities: true
- name: EntitySynonymMapper
"""
"""What `rasa init` writes, without what its comments leave to others (response selector, fallback)."""


def training_data(examples: Mapping[str, Sequence[str]]) -> str:
    """Intents' examples as the content of a file of Rasa's training data."""
    nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in examples.items()]
    return yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000)
