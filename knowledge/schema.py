"""The shape of the content: what an editor may write in `knowledge/content/`."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

IDENTIFIER = r"^[a-z0-9]+(-[a-z0-9]+)*$"
TIME_RANGE = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"
REGION_CODE = r"^[A-ZÅÄÖ][A-Za-zÅÄÖåäö ]*$"
NOTICE_ID = r"^[A-Z][A-Z0-9]*[0-9]+$"


def _forwards(written: str) -> str:
    first, last = written.split("-")
    if first >= last:
        raise ValueError(f"{written} slutar innan det börjar; en natt skrivs som två intervall, till och från 24:00")
    return written


Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
TimeRange = Annotated[str, StringConstraints(pattern=TIME_RANGE), AfterValidator(_forwards)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _in_order(first: date | None, last: date | None, names: str) -> None:
    if first and last and last < first:
        raise ValueError(f"{names}: {last} ligger före {first}")


class FactKind(StrEnum):
    """What a fact is; `custom.facts` of the reply contract carries it."""

    phone = "phone"
    mailbox = "mailbox"
    url = "url"
    hours = "hours"
    price = "price"
    duration = "duration"
    form = "form"
    step = "step"
    text = "text"


class Aspect(StrEnum):
    """Which side of a service a topic tells about."""

    definition = "definition"
    order = "order"
    change = "change"
    end = "end"
    password = "password"
    login = "login"
    fault = "fault"
    contact = "contact"
    opening_hours = "opening_hours"
    cost = "cost"
    lead_time = "lead_time"
    deadline = "deadline"
    prerequisites = "prerequisites"
    responsibility = "responsibility"
    usage = "usage"
    training = "training"
    link = "link"
    scope = "scope"
    block_journal = "block_journal"
    log_extract = "log_extract"
    escalation = "escalation"
    other = "other"


class Section(_Entry):
    """A clause of a document: from the line that starts with `starts` to the next section's start."""

    name: Text
    starts: Text
    left_out: Text | None = None
    """Why no topic tells of this section; without a reason, a section with no fact is a problem."""


class Source(_Entry):
    """One document that the bot may quote."""

    id: Identifier
    file: Text
    title: Text
    issuer: Text
    region: Text
    dated: Text
    """ISO date, or what is known of the age of an undated document."""
    version: Text | None = None
    scope: Text
    """Whom the document applies to, as a Swedish clause: "gäller ..."."""
    checked: date
    sections: list[Section] = Field(min_length=1)


class Fact(_Entry):
    """A piece of knowledge that stands in a document, word for word."""

    kind: FactKind
    value: Text
    """As the document writes it, line breaks and markup apart; also found in the text of its topic or desk."""
    source: Identifier
    section: Text
    inferred: Text | None = None
    """For what the document does not say outright: how it was inferred. Then `value` need not stand in it."""
    key: Identifier | None = None
    """Facts of one region with one key speak of one thing; if they differ, a notice must say so."""


class Hours(_Entry):
    """When a desk is staffed, Europe/Stockholm."""

    days: list[Weekday] = Field(min_length=1)
    times: list[TimeRange] = Field(min_length=1)
    """Several ranges: closed between them (lunch)."""
    holidays: Literal["closed", "open", "unclear"]
    """Public holidays by law. `unclear`: the document does not say."""
    eves: Literal["closed", "open", "unclear"]
    """Eves that are no public holidays by law (midsommarafton, julafton, nyårsafton, påskafton)."""


class OnCall(_Entry):
    """When a desk answers urgent cases outside its hours (beredskap), Europe/Stockholm."""

    weekdays: list[TimeRange] = []
    """Ranges on Monday to Friday; 00:00-07:30 and 16:00-24:00 for a night that crosses midnight."""
    weekend: list[TimeRange] = []
    """Ranges on Saturday and Sunday."""
    holidays: Literal["covered", "not_covered", "unclear"]
    """A public holiday on Monday to Friday, in the hours that `weekdays` leaves out."""
    how: Text
    """Swedish: how to reach it and what for."""
    hole: Text | None = None
    """Swedish: what is told about a public holiday on Monday to Friday, when `holidays` is not `covered`."""


class Closure(_Entry):
    """A temporary exception from a desk's hours."""

    first: date
    last: date
    times: list[TimeRange] = []
    """Empty: closed all day."""
    reason: Text

    @model_validator(mode="after")
    def _dates(self) -> Self:
        _in_order(self.first, self.last, "first och last")
        return self


class Desk(_Entry):
    """Someone who can be reached: a support line, a portal, a mailbox."""

    id: Identifier
    name: Text
    handles: Text
    """Swedish clause: what to turn to it for."""
    contacts: list[Fact] = Field(min_length=1)
    how: Text | None = None
    """Swedish: what to say or choose, for example the menu choice on the telephone."""
    hours: Hours | None = None
    hours_fact: Fact | None = None
    on_call: OnCall | None = None
    on_call_fact: Fact | None = None
    closures: list[Closure] = []
    notices: list[Text] = []
    examples: list[Text] = []
    """How users ask for this desk."""
    services: list[Identifier] = []
    """Services whose questions this desk takes, before the region's default desk."""

    @property
    def facts(self) -> list[Fact]:
        """Everything about it that stands in a document."""
        return [*self.contacts, *(fact for fact in (self.hours_fact, self.on_call_fact) if fact)]


class Region(_Entry):
    """A region whose systems the bot answers for."""

    code: Annotated[str, StringConstraints(pattern=REGION_CODE)]
    name: Text
    in_sentence: Text
    """After "i": "Västra Götaland"."""
    aliases: list[Text] = Field(min_length=1)
    places: list[Text] = []
    """Municipalities, cities and hospitals that imply the region."""
    default_desk: Identifier
    desks: list[Desk] = Field(min_length=1)


class ForeignRegion(_Entry):
    """A region that the bot does not answer for; naming it gets a refusal instead of a wrong answer."""

    name: Text
    aliases: list[Text] = []


class Service(_Entry):
    """A system or service that users name; the same in every region, so that answers can be compared."""

    id: Identifier
    name: Text
    aliases: list[Text] = []
    """Other names and spellings of users and documents, matched without regard to case."""


class Role(_Entry):
    """Who writes or who a question is about: an occupation or an assignment."""

    id: Identifier
    name: Text
    aliases: list[Text] = []
    """Other names of users and documents, matched without regard to case and inflection."""


class Notice(_Entry):
    """A contradiction or weakness in the documents that an answer must not hide."""

    id: Annotated[str, StringConstraints(pattern=NOTICE_ID)]
    text: Text | None = None
    """Swedish, shown with the answer: what the documents say, which is newer, what to do."""
    silent: Text | None = None
    """For what needs no notice: why."""


class Topic(_Entry):
    """The unit of an answer."""

    id: Identifier
    """Unique within its region and service: the topic is called region/service/id."""
    aspect: Aspect
    title: Text
    """Swedish, short enough for a button: "Ändra uppgifter i KIV"."""
    text: Text
    """The answer. Paragraphs, `- ` and `1. ` lists; the values of the facts stand in it word for word."""
    outcome: Literal["answered", "referred", "declined"] = "answered"
    """`referred`: in the field, but the documents hold no answer, and `text` says so."""
    facts: list[Fact] = []
    examples: list[Text] = Field(min_length=3)
    """Questions in users' own words; training data, never test data."""
    desk: Identifier | None = None
    """The desk to turn to; its contact and whether it is open are told with the answer."""
    next_step: Text | None = None
    """Support paths: the topic (full name) to go on to when this did not help."""
    compare: Identifier | None = None
    """Topics with one value are put side by side when the region is unknown."""
    notices: list[Text] = []
    owner: Text | None = None
    """Who answers for what the topic says, when it is not the owner of its file; shown when it is due for review."""
    valid_from: date | None = None
    """First day that it is served; None: since always."""
    valid_to: date | None = None
    """Last day that it is served; None: without end."""
    checked: date | None = None
    """When it was last held against its document."""

    @model_validator(mode="after")
    def _dates(self) -> Self:
        _in_order(self.valid_from, self.valid_to, "valid_from och valid_to")
        return self


class TopicFile(_Entry):
    """One file of topics: a service in a region."""

    service: Identifier
    owner: Text | None = None
    """Who answers for what its topics say: the function that a document names, or the editors."""
    topics: list[Topic] = Field(min_length=1)


class Mail(_Entry):
    """A mail that a document words, with a place to fill in."""

    to: Text
    """A mailbox among the step's facts."""
    text: Text
    """As the document words it."""
    blank: Text
    """The part of the text that stands for the value the step asks for."""


class OrderWindow(_Entry):
    """How early before a first day something may be ordered."""

    days_before: int = Field(ge=0)
    prepared_days_before: int = Field(ge=0)
    """Days before the order by which what it needs should be in place."""


class Refusal(_Entry):
    """What is said when the answer to a step's question is no."""

    text: Text
    facts: list[Fact] = []
    ends: bool = False
    """Whether there is nothing more to do."""


class Step(_Entry):
    """One step of a guide."""

    title: Text
    text: Text
    facts: list[Fact] = []
    question: Text | None = None
    """A question with yes or no for an answer; without one the user says when it is done."""
    if_no: Refusal | None = None
    asks: Literal["vgr_id", "start_date"] | None = None
    """What the user is asked to write."""
    mail: Mail | None = None
    window: OrderWindow | None = None
    """What is computed of the start date."""
    about: list[Text] = []
    """Topics (full names) that explain the step, the best first."""
    notices: list[Text] = []

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.question is None) != (self.if_no is None):
            raise ValueError("question och if_no ska finnas båda eller ingen")
        if self.mail is not None and self.mail.blank not in self.mail.text:
            raise ValueError(f"blank: {self.mail.blank} står inte i brevets text")
        if self.window is not None and self.asks != "start_date":
            raise ValueError("window kräver asks: start_date")
        return self


class Guide(_Entry):
    """Steps that a user is taken through one at a time."""

    id: Identifier
    title: Text
    """Swedish, after "guiden": "Beställa Användartjänst"."""
    offered_with: list[Text] = Field(min_length=1)
    """Topics (full names) whose answers offer the guide."""
    steps: list[Step] = Field(min_length=1)
    done: Text
    """Said after the last step."""
    checked: date | None = None


class GuideFile(_Entry):
    """One file of guides: a service in a region."""

    service: Identifier
    guides: list[Guide] = Field(min_length=1)
