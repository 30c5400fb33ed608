"""The hand-off's own sentences, from `texts.yml`."""

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.errors import SettingsError

TEXTS = Path(__file__).parent / "texts.yml"

_PLACEHOLDERS = {
    "user.queued": {"position"},
    "user.usual_wait": {"minutes"},
    "user.waiting": {"position"},
    "user.accepted": {"name"},
    "user.no_reply_yet": {"name"},
    "user.agent_left": {"name", "position"},
    "user.agent_silent": {"name", "position"},
    "user.finished": {"name"},
    "user.left_agent": {"name"},
    "user.ticket_number": {"number", "code"},
    "user.ticket_waiting": {"reference", "code"},
    "user.ticket_came": {"reference", "number"},
    "user.ticket_undelivered": {"reference", "ways"},
    "desk.title": {"region"},
    "desk.summary": {"summary"},
    "desk.fact": {"label", "value"},
    "desk.how": {"command"},
    "desk.accepted": {"name"},
    "desk.agent_left": {"name"},
}
"""Which names in braces a sentence has; every other sentence has none."""


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UserTexts(_Texts):
    """What the user reads."""

    queued: str
    usual_wait: str
    waiting: list[str] = Field(min_length=1)
    accepted: str
    no_reply_yet: list[str] = Field(min_length=1)
    agent_left: str
    agent_silent: str
    finished: str
    left_queue: str
    left_agent: str
    nobody: str
    ticket_number: str
    ticket_waiting: str
    ticket_came: str
    ticket_undelivered: str
    no_ticket: str


class DeskTexts(_Texts):
    """What the agents read."""

    title: str
    summary: str
    facts: str
    fact: str
    transcript: str
    no_transcript: str
    user: str
    bot: str
    how: str
    accepted: str
    agent_left: str
    agent_silent: str
    finished: str
    user_left: str
    user_erased: str
    nobody: str
    too_late: str
    not_shown: str


class HandoffTexts(_Texts):
    """texts.yml."""

    leave_words: frozenset[str]
    user: UserTexts
    desk: DeskTexts

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        for name, sentence in self._sentences():
            used = {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}
            if used != _PLACEHOLDERS.get(name, set()):
                raise ValueError(f"{name} has the names {sorted(used)} in braces, not those that are filled in")
        return self

    def _sentences(self) -> Iterator[tuple[str, str]]:
        for group, texts in (("user", self.user), ("desk", self.desk)):
            for name, sentences in texts.model_dump().items():
                for sentence in sentences if isinstance(sentences, list) else [sentences]:
                    yield f"{group}.{name}", sentence


def read_handoff_texts(path: Path = TEXTS) -> HandoffTexts:
    """Read and check them. Raises SettingsError."""
    try:
        return HandoffTexts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError, ValueError) as error:
        raise SettingsError(f"{path.name} cannot be used: {error}") from error
