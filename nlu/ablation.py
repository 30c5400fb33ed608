"""`python -m nlu.ablation`: what each part of the understanding earns, by training it without that part."""

import copy
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nlu.components import index_file
from nlu.evaluate import EMBEDDINGS, REPORTS
from nlu.evaluation import report
from nlu.evaluation.cases import Cases, read_cases
from nlu.evaluation.measure import Examination
from nlu.evaluation.outcome import Limits
from nlu.evaluation.training import Trained, even, intent_examples, read_training
from nlu.understanding.embedding import CachedEmbedder, Embedder, EmbedderUnavailable, Floats, chosen_embedder
from nlu.understanding.model import Understanding
from nlu.understanding.names import NameMatch
from nlu.understanding.normaliser import Normaliser
from nlu.understanding.topic_model import WAYS, Opinions, Query, TopicModel

INDEX = Path("build/knowledge.json")
_COLUMNS = {
    "facts.all.first_right": "first topic right",
    "facts.all.in_first_three": "in first three",
    "facts.all.served": "answered or rightly asked back",
    "facts.all.misled": "answered wrongly",
    "noise.all.right": "noisy wordings right",
    "questions.out_of_scope_accepted": "out of scope, yet answered",
}
_WITHOUT = {
    "text by words (BM25)": WAYS[:1],
    "names of services": WAYS[1:2],
    "kind of request": WAYS[2:3],
    "topic by meaning": WAYS[3:4],
    "topic by letters": WAYS[4:5],
    "service and aspect": WAYS[5:],
}
"""Ways of comparing a message with a topic that are left out together."""


class _Topics(TopicModel):
    """Remembers what it learnt from, so that it can learn anew without some ways, or without some signs."""

    without: Sequence[str] = ()
    signs: "int | None" = None
    """So many of the gate's signs are looked at; all when it is None."""
    learnt_from: tuple[Any, ...] = ()

    def learn(self, *given: Any) -> None:
        self.learnt_from = given
        super().learn(*given)

    def _compare(self, queries: Sequence[Query], opinions: Opinions) -> Floats:
        ways = super()._compare(queries, opinions)
        ways[:, :, [WAYS.index(way) for way in self.without]] = 0.0
        return ways

    def _signs(self, query: Query, ways: Floats, order: Floats, scores: Floats, region: str) -> list[float]:
        return super()._signs(query, ways, order, scores, region)[: self.signs]


class _AsWritten(Normaliser):
    def _known(self, word: str) -> str:
        return word


class _Whole(Understanding):
    topic_model_type = _Topics

    def relearnt(self, without: Sequence[str] = (), signs: "int | None" = None) -> "_Whole":
        """The same but for how its topics are ranked."""
        other = copy.copy(self)
        topics = copy.copy(self._topics)
        assert isinstance(topics, _Topics)
        topics.without, topics.signs = without, signs
        topics.learn(*topics.learnt_from)
        other._topics = topics
        return other


class _WithoutSpelling(_Whole):
    normaliser_type = _AsWritten


class _WithoutMasking(_Whole):
    def _masked(self, text: str, names: Sequence[NameMatch]) -> str:
        return text


def main() -> int:
    """Train, measure, write `reports/ablation.json` for the page."""
    try:
        embedder = CachedEmbedder(chosen_embedder(os.environ, threads=os.cpu_count() or 1), EMBEDDINGS)
    except EmbedderUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    cases = read_cases()
    trained_on = Trained(read_training())
    seen = {even(text) for text in cases.texts() if even(text) in trained_on}
    measured = Cases(cases.facts, cases.questions, cases.noisy)
    head = ["without", *_COLUMNS.values()]
    sys.stdout.write(f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n")
    rows = []
    for name, model in _models(embedder):
        found = report.figures(Examination(model, embedder, Limits.of(model.thresholds)).of(measured, seen))
        rows.append([name, *(f"{100 * found[column].value:.1f}" for column in _COLUMNS)])
        sys.stdout.write(f"| {' | '.join(rows[-1])} |\n")
        sys.stdout.flush()
        _store({"about": f"{_ABOUT} {time.strftime('%Y-%m-%d')}.", "head": head, "rows": rows})
    return 0


def _store(table: dict[str, Any]) -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / "ablation.json").write_text(json.dumps(table, indent=1), encoding="utf-8")


_ABOUT = (
    "Every row is measured without one part, on the facts, questions and noisy wordings above (per cent): weights, "
    "gate and thresholds are learnt anew, and for spelling and names of regions everything is. Measured"
)


def _models(embedder: Embedder) -> Iterator[tuple[str, Understanding]]:
    index = index_file.read(str(INDEX))
    texts, intents = zip(*{text: intent for intent, text in intent_examples()}.items(), strict=True)
    whole = _Whole(index)
    whole.train(texts, intents, embedder)
    yield "nothing", whole
    for name, ways in _WITHOUT.items():
        yield name, whole.relearnt(without=ways)
    yield "signs of the gate but the odds", whole.relearnt(signs=1)
    yield "evened spelling", _WithoutSpelling(index).train(texts, intents, embedder)
    yield "masked names of regions", _WithoutMasking(index).train(texts, intents, embedder)


if __name__ == "__main__":
    sys.exit(main())
