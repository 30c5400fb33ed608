"""The shape of the conversations in the YAML files beside this one; README.md there explains it to editors."""

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
    turns: list[Turn] = Field(min_length=1)


def read_cases() -> Iterator[tuple[str, Case]]:
    """All conversations, each with the name of its file. Raises ValueError, naming the file."""
    adapter = TypeAdapter(list[Case])
    for path in sorted(FOLDER.glob("*.yml")):
        try:
            cases = adapter.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValueError) as error:
            raise ValueError(f"{path.name}: {error}") from error
        names = [case.name for case in cases]
        if len(set(names)) < len(names):
            raise ValueError(f"{path.name}: two conversations have the same name")
        yield from ((path.stem, case) for case in cases)
