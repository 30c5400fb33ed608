"""The sentences that a model is trained on, to keep them apart from those it is measured on."""

from collections.abc import Container, Iterable
from pathlib import Path

import yaml

from knowledge.likeness import Sentences
from nlu.understanding.normaliser import fold, words

EXAMPLES = Path("data/nlu")
CONTENT = Path("knowledge/content")


def even(text: str) -> str:
    """The same for sentences that differ in case, diacritics, punctuation and spaces only."""
    return " ".join(words(fold(text)))


def read_training(examples: Path = EXAMPLES, content: Path = CONTENT) -> dict[str, set[str]]:
    """Every training sentence, evened, and where it stands: the intent, or file and id of the topic."""
    found: dict[str, set[str]] = {}
    for intent, text in intent_examples(examples):
        found.setdefault(even(text), set()).add(intent)
    for place, text in _of_topics(content):
        found.setdefault(even(text), set()).add(place)
    return found


class Trained(Container[str]):
    """The training sentences, and all that nearly equal one (`knowledge.likeness`): no figure is made of those."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._sentences = Sentences(list(sentences))

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and self._sentences.like(text) is not None


def intent_examples(folder: Path = EXAMPLES) -> Iterable[tuple[str, str]]:
    """Intent and text of each example."""
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or ():
            for line in (block.get("examples") or "").splitlines():
                if line.strip().startswith("- "):
                    yield block["intent"], line.strip()[2:]


def _of_topics(folder: Path) -> Iterable[tuple[str, str]]:
    for path in sorted(folder.glob("*/*.yml")):
        for topic in yaml.safe_load(path.read_text(encoding="utf-8")).get("topics") or ():
            for text in topic.get("examples") or ():
                yield f"{path.parent.name}/{path.stem}/{topic['id']}", str(text)
