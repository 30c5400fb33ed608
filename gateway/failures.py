"""The message that a user gets when there is no answer: never silence, always a way to a person."""

from datetime import datetime
from typing import Any

from gateway.errors import Refused
from gateway.fallback import DeskSummary, Fallback
from gateway.replies import Message
from gateway.texts import Texts, number


class Failures:
    """Puts the contacts of the region beside a sentence that says what happened."""

    def __init__(self, texts: Texts, fallback: Fallback) -> None:
        self._texts = texts
        self._fallback = fallback

    def broken(self, region: str | None) -> Message:
        """The bot gave no usable answer."""
        return self._message(self._texts.failed.broken, "failed", region)

    def slow(self, region: str | None) -> Message:
        """The bot did not answer in time."""
        return self._message(self._texts.failed.slow, "failed", region)

    def internal(self) -> Message:
        """The gateway itself is at fault."""
        return self._message(self._texts.refused.internal, "failed", None)

    def refused(self, refusal: Refused) -> Message:
        """The request could not be handed on; the user can put it right."""
        sentence: str = getattr(self._texts.refused, refusal.code)
        values = {name: number(value) for name, value in refusal.values.items()}
        return self._message(sentence.format(**values), "clarifying", refusal.region)

    def contacts(self, region: str | None) -> list[DeskSummary]:
        """The desks to turn to."""
        return self._fallback.contacts(region)

    def _message(self, sentence: str, outcome: str, region: str | None) -> Message:
        desks = self.contacts(region)
        return Message(f"{sentence}\n\n{self._told(desks)}", [], _custom(outcome, desks))

    def _told(self, desks: list[DeskSummary]) -> str:
        texts = self._texts.contacts
        if not desks:
            return texts.none
        lead = texts.one.format(region=desks[0].region_name) if len(desks) == 1 else texts.all
        return "\n".join([lead, *(f"- {self._line(desk)}" for desk in desks)])

    def _line(self, desk: DeskSummary) -> str:
        texts = self._texts.contacts
        ways = texts.alternative.join(way.value for way in desk.ways)
        known = desk.region_name in desk.name
        name = desk.name if known else texts.desk.format(name=desk.name, region=desk.region_name)
        sentences = [texts.line.format(desk=name, ways=ways)]
        if desk.hours:
            sentences.append(texts.hours.format(hours=desk.hours))
        if desk.opening.open:
            sentences.append(texts.open)
        elif desk.opening.open is False and desk.opening.next_open:
            sentences.append(texts.closed_until.format(next_open=self._moment(desk.opening.next_open)))
        elif desk.opening.open is False:
            sentences.append(texts.closed)
        if desk.opening.on_call and desk.on_call_how:
            sentences.append(texts.on_call.format(how=desk.on_call_how))
        return " ".join(sentences)

    def _moment(self, moment: datetime) -> str:
        return self._texts.contacts.moment.format(
            weekday=self._texts.weekdays[moment.weekday()],
            day=moment.day,
            month=self._texts.months[moment.month - 1],
            time=f"{moment:%H:%M}",
        )


def _custom(outcome: str, desks: list[DeskSummary]) -> dict[str, Any]:
    facts = [{"kind": way.kind, "value": way.value} for desk in desks for way in desk.ways]
    facts += [{"kind": "hours", "value": desk.hours} for desk in desks if desk.hours]
    told = [desk.to_json() for desk in desks]
    custom: dict[str, Any] = {
        "outcome": outcome,
        "topic": None,
        "region": desks[0].region if len(desks) == 1 else None,
        "sources": [source for desk in told for source in desk["sources"]],
        "notices": [],
        "facts": facts,
        "desks": told,
    }
    if len(desks) == 1:
        custom |= {name: told[0][name] for name in ("open", "next_open", "on_call")}
    return custom
