"""The shape of the conversations in the folders beside this file; README.md there explains it to editors."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator

FOLDER = Path(__file__).parent

RegionCode = Literal["VGR", "Dalarna", "Uppsala"]
Outcome = Literal["answered", "clarifying", "referred", "declined", "ticketed", "handed_over", "smalltalk", "failed"]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_iso(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


Outcomes = Annotated[list[Outcome], BeforeValidator(_as_list)]
Moment = Annotated[str | None, BeforeValidator(_as_iso)]
"""Local time; the offset may be left out, and so may the time of day."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Strict):
    """What must hold of a bot turn. What is not given is not compared; given as null it must be null."""

    outcome: Outcomes = []
    """One or several of which one must hold."""
    topic: str | None = None
    """The whole name or its beginning."""
    region: RegionCode | None = None
    regions: list[RegionCode] = []
    """The answer compares these regions and no other."""
    contains: list[str] = []
    not_contains: list[str] = []
    facts: list[str] = []
    """Values of facts."""
    sources: list[str] = []
    """Files of documents."""
    notices: list[str] = []
    """Words of the notices."""
    buttons: list[str] = []
    """Titles of the buttons: all of them."""
    at: Moment = None
    open: bool | None = None
    next_open: Moment = None
    on_call: bool | None = None
    deadline: Moment = None
    earliest: Moment = None
    service: str | None = None
    """What the conversation is about after the turn."""
    role: str | None = None
    begins: str = ""
    """What the text begins with: for what must be said first."""
    guide: str | None = None
    """The whole name of the guide or its end."""
    step: int | None = None
    """Of the guide; None: it has ended."""
    asks: str | None = None
    """What of a ticket it asks for: "service", "what", "since" ... "approved"; None: nothing."""
    ticket: bool | None = None
    """Whether it tells of a ticket that has a number."""
    urgent: bool = False
    language_note: bool = False
    transcript: bool | None = None
    """Of the hand-over: whether the person may read the conversation; None: there is no hand-over."""


class Repeated(_Strict):
    """A long message."""

    repeat: str
    times: int


class Turn(_Strict):
    """What the user does, and what the bot must say to it."""

    user: str | Repeated | None = None
    click: str | None = None
    """The title of a button of the turn before."""
    expect: Expectation

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if (self.user is None) == (self.click is None):
            raise ValueError("a turn has either user or click")
        return self

    @property
    def text(self) -> str | None:
        """What the user writes."""
        return self.user.repeat * self.user.times if isinstance(self.user, Repeated) else self.user


class Case(_Strict):
    """One conversation."""

    name: str
    region: RegionCode | None = None
    """What the portal has set."""
    only: Literal["rest"] | None = None
    """The only channel that shows it: the gateway keeps what is between the bot and a person to itself."""
    turns: list[Turn] = Field(min_length=1)


def read_cases() -> Iterator[tuple[str, Case]]:
    """All conversations, each with its folder and file. Raises ValueError, naming the file.

    A file holds one conversation, whose name is the file's, or a list of them that have names of their own.
    """
    adapter = TypeAdapter(list[Case])
    for path in sorted(FOLDER.glob("*/*.yml")):
        place = f"{path.parent.name}/{path.stem}"
        try:
            written = yaml.safe_load(path.read_text(encoding="utf-8"))
            listed = written if isinstance(written, list) else [{"name": path.stem.replace("_", " "), **written}]
            cases = adapter.validate_python(listed)
        except (yaml.YAMLError, ValueError, TypeError) as error:
            raise ValueError(f"{place}: {error}") from error
        names = [case.name for case in cases]
        if len(set(names)) < len(names):
            raise ValueError(f"{place}: two conversations have the same name")
        yield from ((place, case) for case in cases)
