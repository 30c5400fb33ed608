"""The gateway's own sentences, from `texts.yml`."""

import string
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from gateway.errors import SettingsError

TEXTS = Path(__file__).parent / "texts.yml"

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_PLACEHOLDERS = {
    "refused.too_long": {"length", "limit"},
    "refused.too_large": {"limit"},
    "transcript.title": {"date", "time"},
    "transcript.line": {"time", "who"},
    "transcript.source": {"title", "section", "dated"},
    "contacts.one": {"region"},
    "contacts.line": {"desk", "ways"},
    "contacts.desk": {"name", "region"},
    "contacts.hours": {"hours"},
    "contacts.closed_until": {"next_open"},
    "contacts.on_call": {"how"},
    "contacts.moment": {"weekday", "day", "month", "time"},
    "answers.open_at": {"moment"},
    "answers.closed_at": {"moment"},
    "answers.opens": {"state", "moment"},
    "answers.source": {"title", "section", "dated"},
    "answers.part": {"number", "of"},
}
"""Which names in braces a sentence may have; every other sentence has none."""


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Refusals(_Texts):
    """For a request that is not handed on."""

    empty: str
    too_long: str
    too_large: str
    too_slow: str
    session: str
    origin: str
    button: str
    key: str
    key_reused: str
    too_many: str
    too_many_streams: str
    patient: str
    redaction: str
    records: str
    bad_request: str
    not_found: str
    event: str
    code: str
    link: str
    link_used: str
    contact: str
    queue: str
    internal: str


class Failures(_Texts):
    """For a turn that got no answer."""

    broken: str
    slow: str
    late: str
    never_came: str
    busy: str
    no_agent: str
    desk_unreachable: str
    unsaved: str


class Notices(_Texts):
    """About a message that could not be taken as it was."""

    redacted: str
    patient: str
    withheld: str
    """Stands in the log in place of the message."""


class Transcript(_Texts):
    """For the conversation as a text file."""

    title: str
    line: str
    user: str
    bot: str
    notice: str
    sources: str
    source: str
    empty: str


class Contacts(_Texts):
    """For telling how a desk is reached."""

    one: str
    all: str
    none: str
    line: str
    desk: str
    """For a desk whose name does not tell its region."""
    hours: str
    open: str
    closed: str
    closed_until: str
    on_call: str
    moment: str
    alternative: str


class Answers(_Texts):
    """For what stands around an answer in channels that have no page of their own."""

    notice: str
    source: str
    sources: str
    open_now: str
    closed_now: str
    open_at: str
    closed_at: str
    opens: str
    part: str
    helpful: str
    unhelpful: str
    why: str
    reasons: dict[str, str]
    """By the codes that feedback is kept under."""
    solved: str
    yes: str
    no: str
    thanks: str


class Texts(_Texts):
    """All of them."""

    refused: Refusals
    failed: Failures
    notices: Notices
    transcript: Transcript
    contacts: Contacts
    answers: Answers
    weekdays: tuple[str, str, str, str, str, str, str]
    months: tuple[str, str, str, str, str, str, str, str, str, str, str, str]

    def moment(self, moment: datetime) -> str:
        """ "måndag 23 november kl. 07:30", in Swedish time."""
        local = moment.astimezone(STOCKHOLM)
        return self.contacts.moment.format(
            weekday=self.weekdays[local.weekday()],
            day=local.day,
            month=self.months[local.month - 1],
            time=f"{local:%H:%M}",
        )

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        for name, sentence in self._sentences():
            unknown = {part for _, part, _, _ in string.Formatter().parse(sentence) if part is not None}
            unknown -= _PLACEHOLDERS.get(name, set())
            if unknown:
                raise ValueError(f"{name}: {', '.join(sorted(unknown))} cannot be filled in")
        return self

    def _sentences(self) -> Iterator[tuple[str, str]]:
        for group in ("refused", "failed", "notices", "transcript", "contacts", "answers"):
            for key, sentence in getattr(self, group):
                if isinstance(sentence, str):
                    yield f"{group}.{key}", sentence
                else:
                    yield from ((f"{group}.{key}.{name}", each) for name, each in sentence.items())


def read_texts(path: Path = TEXTS) -> Texts:
    """Read and check the sentences. Raises SettingsError, naming the file."""
    try:
        return Texts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: {error}") from error


def number(value: int) -> str:
    """A number as Swedish writes it: 2000 → "2 000", with a space that does not break."""
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")
