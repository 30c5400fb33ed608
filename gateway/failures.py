"""The message that a user gets when there is no answer: never silence, always a way to a person."""

from typing import Any

from gateway.core import events
from gateway.errors import Refused
from gateway.fallback import DeskSummary, Fallback
from gateway.replies import Message
from gateway.texts import Texts, number
from records.event_log import NewEvent


class Failures:
    """Puts the contacts of the region beside a sentence that says what happened."""

    def __init__(self, texts: Texts, fallback: Fallback) -> None:
        self._texts = texts
        self._fallback = fallback
        self._regions = frozenset(desk.region for desk in fallback.contacts(None))

    def known(self, region: object) -> str | None:
        """The region's code if it is one of ours."""
        return region if isinstance(region, str) and region in self._regions else None

    def broken(self, region: str | None) -> Message:
        """The bot gave no usable answer."""
        return self._message(self._texts.failed.broken, "failed", region)

    def slow(self, region: str | None) -> Message:
        """The bot did not answer in time."""
        return self._message(self._texts.failed.slow, "failed", region)

    def late(self, region: str | None) -> Message:
        """The bot has not answered yet, and may still do so."""
        return self._message(self._texts.failed.late, "failed", region)

    def never_came(self) -> Message:
        """The bot has not answered after all; the contacts were given before."""
        return Message(self._texts.failed.never_came, [], _custom("failed", []))

    def busy(self, region: str | None) -> Message:
        """More is asked than can be answered."""
        return self._message(self._texts.failed.busy, "failed", region)

    def no_agent(self, region: str | None) -> Message:
        """Nobody could be reached through the chat."""
        return self._message(self._texts.failed.no_agent, "failed", region)

    def desk_unreachable(self, region: str | None) -> NewEvent:
        """A message did not reach the person who answers in the conversation."""
        return self._notice("desk_unreachable", self._texts.failed.desk_unreachable, region)

    def unsaved(self, region: object) -> NewEvent:
        """An answer cannot be shown yet, since it cannot be kept."""
        return self._notice("records", self._texts.failed.unsaved, self.known(region))

    def patient(self, region: str | None) -> NewEvent:
        """The message told of a patient and was stopped."""
        return self._notice("patient", self._texts.notices.patient, region)

    def redacted(self) -> NewEvent:
        """Something was taken out of the message."""
        return events.notice("redacted", self._texts.notices.redacted)

    @property
    def withheld(self) -> str:
        """What stands in the log for a message that is not kept."""
        return self._texts.notices.withheld

    def refused(self, refusal: Refused) -> Message:
        """The request could not be handed on; with the contacts."""
        return self._message(
            self.sentence(refusal), "failed" if refusal.status >= 500 else "clarifying", refusal.region
        )

    def sentence(self, refusal: Refused) -> str:
        """Why the request could not be handed on, and what to do."""
        sentence: str = getattr(self._texts.refused, refusal.code)
        return sentence.format(**{name: number(value) for name, value in refusal.values.items()})

    def reach(self, region: str | None) -> str:
        """How the region's support is reached, now; every region's for None."""
        return self._told(self.contacts(region))

    def contacts(self, region: str | None) -> list[DeskSummary]:
        """The desks to turn to."""
        return self._fallback.contacts(region)

    def _notice(self, code: str, sentence: str, region: str | None) -> NewEvent:
        desks = self.contacts(region)
        told = {"desks": [desk.to_json() for desk in desks]}
        return events.notice(code, f"{sentence}\n\n{self._told(desks)}", **told)

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
            sentences.append(texts.closed_until.format(next_open=self._texts.moment(desk.opening.next_open)))
        elif desk.opening.open is False:
            sentences.append(texts.closed)
        if desk.opening.on_call and desk.on_call_how:
            sentences.append(texts.on_call.format(how=desk.on_call_how))
        return " ".join(sentences)


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
