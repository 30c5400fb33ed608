"""The words of the telephone queue and of SMS, from `texts.yml`."""

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.channels.kind import Finding
from gateway.errors import SettingsError

TEXTS = Path(__file__).parent / "texts.yml"

_PLACEHOLDERS = {
    "invitation": {"position", "queue", "link"},
    "stop_hint": {"text"},
    "say.code": {"address", "code"},
    "sms.link": {"label", "url"},
    "sms.list": {"item"},
    "sms.step": {"number", "item"},
    "sms.speaker": {"name", "text"},
    "sms.notice": {"label", "text"},
    "sms.sources": {"label", "sources"},
    "sms.choice": {"number", "title"},
    "sms.part": {"part", "text"},
    "page.position_now": {"position", "queue"},
    "page.position_then": {"position", "queue", "time"},
    "page.position_alone_now": {"position"},
    "page.position_alone_then": {"position", "time"},
    "page.queue": {"queue"},
    "page.wait": {"minutes"},
    "page.number": {"ending"},
    "page.between": {"day", "start", "end"},
    "page.day": {"weekday", "day", "month"},
    "page.ring": {"number"},
    "page.booked_number": {"number", "time", "code"},
    "page.booked_reference": {"reference", "time", "code"},
    "check.refused": {"status"},
    "check.unexpected": {"status"},
    "check.unreachable": {"reason"},
    "check.queue_unreachable": {"reason"},
}
"""Which names in braces a sentence may have; every other sentence has none."""


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SayTexts(_Texts):
    """What the telephone system can read aloud."""

    sent: str
    code: str


class Words(_Texts):
    """What somebody can answer an SMS with, in small letters."""

    stop: list[str] = Field(min_length=1)
    start: list[str] = Field(min_length=1)
    erase: list[str] = Field(min_length=1)
    helpful: list[str] = Field(min_length=1)
    unhelpful: list[str] = Field(min_length=1)


class SmsTexts(_Texts):
    """What is sent in a conversation by SMS, and how its parts are put together."""

    hello: str
    stopped: str
    started: str
    erased: str
    link: str
    list: str
    step: str
    speaker: str
    notice: str
    sources: str
    choice: str
    judge: str
    part: str


class PageTexts(_Texts):
    """The moving parts of the page that the link opens."""

    position_now: str
    position_then: str
    position_alone_now: str
    position_alone_then: str
    queue: str
    waiting: str
    wait: str
    number: str
    soon: str
    between: str
    today: str
    tomorrow: str
    day: str
    ring: str
    ring_unknown: str
    kept: str
    booked_number: str
    booked_reference: str
    ticket: str


class CallbackTexts(_Texts):
    """The ticket of someone who wants to be called back."""

    summary: str
    nothing_said: str
    time: str
    queue: str


class CheckTexts(_Texts):
    """For `make check-channels`."""

    good: str
    refused: str
    unexpected: str
    unreachable: str
    console: str
    no_answers: str
    answers: str
    no_queue: str
    queue: str
    queue_unreachable: str

    def finding(self, status: int) -> Finding:
        """What an SMS provider's answer to a question about our account tells."""
        if status == 200:
            return Finding(True, self.good)
        text = self.refused if status in (401, 403, 404) else self.unexpected
        return Finding(False, text.format(status=status))


class PhoneTexts(_Texts):
    """All of them."""

    invitation: list[str] = Field(min_length=1)
    stop_hint: str
    say: SayTexts
    words: Words
    sms: SmsTexts
    page: PageTexts
    callback: CallbackTexts
    check: CheckTexts

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        for name, sentence in _sentences("", self.model_dump()):
            unknown = {part for _, part, _, _ in string.Formatter().parse(sentence) if part is not None}
            unknown -= _PLACEHOLDERS.get(name, set())
            if unknown:
                raise ValueError(f"{name}: {', '.join(sorted(unknown))} cannot be filled in")
        return self


def read_phone_texts(path: Path = TEXTS) -> PhoneTexts:
    """Read and check the sentences. Raises SettingsError, naming the file."""
    try:
        return PhoneTexts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _sentences(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Each with its name; those of a list have the list's."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _sentences(f"{name}.{key}" if name else key, each)
    else:
        for each in value:
            yield from _sentences(name, each)
