"""The classifiers that are compared: ours, a linear SVM, embeddings with logistic regression, and stock Rasa's DIET."""

import asyncio
import os
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from nlu.peers.massive import Part
from nlu.peers.stock_rasa import DIET_PIPELINE, STOCK_EPOCHS, training_data
from nlu.understanding.embedding import Embedder
from nlu.understanding.intent_model import IntentModel
from nlu.understanding.normaliser import Normaliser

Classify = Callable[[str], str]
"""One sentence in, its intent out: timed as a message is, one by one."""


class Peer(Protocol):
    """A way to learn intents."""

    name: str

    @property
    def training_s(self) -> float | None:
        """Seconds of processor time that training took, when it was done before this run."""
        ...

    def fit(self, train: Part) -> Classify:
        """Learn, and give back what classifies."""


class Ours:
    """The normaliser and the intent model of `nlu.understanding`, as in config.yml."""

    training_s = None
    name = "Supportlotsen: e5 and character n-grams"

    def __init__(self, cached: Embedder, live: Embedder) -> None:
        """`cached` for training, `live` for what is timed."""
        self._cached = cached
        self._live = live

    def fit(self, train: Part) -> Classify:
        """See `Peer.fit`."""
        normaliser = Normaliser.learn(train.texts)
        texts = [normaliser(text) for text in train.texts]
        model = IntentModel().fit(texts, self._cached.embed(texts), train.intents)

        def classify(text: str) -> str:
            normal = normaliser(text)
            shares = model.probabilities([normal], self._live.embed([normal]))
            return str(model.classes[int(np.argmax(shares[0]))])

        return classify


class LinearSvm:
    """A linear support vector machine over tf-idf of words and character n-grams."""

    training_s = None
    name = "linear SVM over tf-idf"

    def fit(self, train: Part) -> Classify:
        """See `Peer.fit`."""
        features = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        )
        model = make_pipeline(features, LinearSVC(C=0.5)).fit(train.texts, train.intents)
        return lambda text: str(model.predict([text])[0])


class EmbeddingRegression:
    """Logistic regression on the same embeddings as ours."""

    training_s = None
    name = "e5 with logistic regression"

    def __init__(self, cached: Embedder, live: Embedder) -> None:
        """See `Ours`."""
        self._cached = cached
        self._live = live

    def fit(self, train: Part) -> Classify:
        """See `Peer.fit`."""
        model = LogisticRegression(C=20.0, max_iter=200)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self._cached.embed(train.texts), train.intents)
        return lambda text: str(model.predict(self._live.embed([text]))[0])


class StockDiet:
    """Rasa's default pipeline, trained and run by Rasa itself."""

    def __init__(self, epochs: int, kept: Path) -> None:
        """`epochs`: fewer than `STOCK_EPOCHS` cut the training short, which the name tells.

        `kept`: folder in which the trained model stays, since it takes long; it is not trained again.
        """
        cut = f", cut short (default {STOCK_EPOCHS})" if epochs < STOCK_EPOCHS else ""
        self.name = f"stock Rasa, DIET, {epochs} epochs{cut}"
        self._epochs = epochs
        self._folder = kept / f"diet-{epochs}"

    def fit(self, train: Part) -> Classify:
        """See `Peer.fit`."""
        from rasa.core.agent import Agent
        from rasa.model_training import train_nlu

        model = self._folder / "models" / "diet.tar.gz"
        if not model.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            config, data = self._folder / "config.yml", self._folder / "nlu.yml"
            config.write_text(
                "recipe: default.v1\nassistant_id: peer\n" + DIET_PIPELINE.format(epochs=self._epochs), encoding="utf-8"
            )
            data.write_text(_rasa_data(train), encoding="utf-8")
            before = time.process_time()
            train_nlu(str(config), str(data), str(model.parent), fixed_model_name="diet")
            self._cost.write_text(str(time.process_time() - before), encoding="utf-8")
        agent = Agent.load(model)
        self.training_s = float(self._cost.read_text(encoding="utf-8"))
        loop = asyncio.new_event_loop()

        def classify(text: str) -> str:
            parsed: dict[str, Any] = loop.run_until_complete(agent.parse_message(text))
            return str(parsed["intent"]["name"])

        return classify

    @property
    def _cost(self) -> Path:
        return self._folder / "training_seconds"


def _rasa_data(train: Part) -> str:
    by_intent: dict[str, list[str]] = {}
    for text, intent in zip(train.texts, train.intents, strict=True):
        by_intent.setdefault(intent, []).append(_plain(text))
    return training_data(by_intent)


def _plain(text: str) -> str:
    """Without what Rasa's format takes for markup."""
    return text.translate(str.maketrans("[](){}", "      ")).strip()


def all_peers(cached: Embedder, live: Embedder, epochs: int, kept: Path) -> Sequence[Peer]:
    """Ours first; `kept`: see `StockDiet`."""
    ours: list[Peer] = [Ours(cached, live), LinearSvm(), EmbeddingRegression(cached, live)]
    return ours if epochs == 0 else [*ours, StockDiet(epochs, kept)]


def keep_rasa_quiet() -> None:
    """Rasa tells at length of each step."""
    os.environ["LOG_LEVEL"] = "ERROR"
