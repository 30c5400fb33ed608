"""The Slack channel's own sentences, from `texts.yml`."""

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.errors import SettingsError

TEXTS = Path(__file__).parent / "texts.yml"
_PLACEHOLDERS = {
    "speaker": {"name"},
    "chosen": {"title"},
    "hints.public": {"command"},
    "hints.command": {"command"},
    "home.about": {"command"},
    "check.signed_in": {"user", "team"},
    "check.refused": {"error"},
    "check.unreachable": {"host"},
    "check.scopes_missing": {"scopes"},
}
"""Which names in braces a sentence has; every other sentence has none."""


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Statuses(_Texts):
    """Who answers from now on, by the conversation's status."""

    bot: str
    queued: str
    agent: str


class Hints(_Texts):
    """What only one person sees."""

    public: str
    direct: str
    command: str
    unreachable: str
    erased: str
    not_erased: str


class Home(_Texts):
    """The app's home tab."""

    title: str = Field(max_length=150)
    about: str
    examples: str
    questions: tuple[str, ...] = Field(max_length=25)
    erase: str = Field(max_length=75)
    erase_question: str = Field(max_length=100)
    erase_consequence: str = Field(max_length=300)
    erase_yes: str = Field(max_length=30)
    erase_no: str = Field(max_length=30)


class Check(_Texts):
    """For the administrator."""

    signed_in: str
    refused: str
    unreachable: str
    scopes: str
    scopes_missing: str
    scopes_untold: str


class SlackTexts(_Texts):
    """All of them. The lengths are Block Kit's."""

    speaker: str
    somebody: str
    choose: str = Field(max_length=150)
    chosen: str
    choices: str
    asked: str
    status: Statuses
    hints: Hints
    remains: str
    greeting: str
    files: str
    home: Home
    check: Check

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        for name, sentence in _sentences(self.model_dump()):
            used = {part for _, part, _, _ in string.Formatter().parse(sentence) if part is not None}
            if used != _PLACEHOLDERS.get(name, set()):
                raise ValueError(f"{name} has the names {sorted(used)} in braces, not those that are filled in")
        return self


def read_slack_texts(path: Path = TEXTS) -> SlackTexts:
    """Read and check the sentences. Raises SettingsError, naming the file."""
    try:
        return SlackTexts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _sentences(texts: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(texts, str):
        yield name, texts
    elif isinstance(texts, dict):
        for key, value in texts.items():
            yield from _sentences(value, f"{name}.{key}" if name else key)
    else:
        for value in texts:
            yield from _sentences(value, name)
