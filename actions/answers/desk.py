"""A desk in words: how to reach it, and whether it is open."""

from datetime import datetime

from actions.phrases import data, moment_name, say, time_of_day
from knowledge.calendar.opening import OpeningStatus, status
from knowledge.schema import Desk, Fact, FactKind, Region


def status_of(desk: Desk, at: datetime) -> OpeningStatus:
    """Whether a desk is open at a moment."""
    return status(desk.hours, desk.on_call, desk.closures, at)


def desk_named(region: Region, name: str) -> Desk | None:
    """A desk of a region by its id."""
    return next((desk for desk in region.desks if desk.id == name), None)


def present(desk: Desk) -> str:
    """A desk with all its contacts and hours, as lines."""
    lines = [say("desk_header", desk=desk.name, handles=desk.handles), *map(contact_line, desk.contacts)]
    if desk.how is not None:
        lines.append(say("how_line", how=desk.how))
    if desk.hours_fact is not None:
        lines.append(say("hours_line", hours=desk.hours_fact.value))
    return "\n".join(lines)


def contact_line(contact: Fact) -> str:
    """ "- Telefon: 023-44 000"."""
    kinds = data("contact_kinds")
    return say("contact_line", kind=kinds.get(contact.kind.value, kinds["text"]), value=contact.value)


def quickest_contact(desk: Desk) -> Fact:
    """The telephone number of a desk, else its first contact."""
    phones = [contact for contact in desk.contacts if contact.kind is FactKind.phone]
    return (phones or desk.contacts)[0]


def contact_summary(desk: Desk) -> str:
    """The quickest way to reach a desk, without its kind."""
    return quickest_contact(desk).value


def hours_summary(desk: Desk) -> str:
    """The desk's hours as its document writes them, or that it gives none."""
    return desk.hours_fact.value if desk.hours_fact is not None else say("no_hours", desk=desk.name)


def state_now(desk: Desk, found: OpeningStatus, now: datetime) -> str:
    """A sentence: open until, closed and opens, or unclear and why; empty for a desk without hours."""
    if desk.hours is None or found.next_open is None:
        return ""
    if found.open is None:
        return say("unclear_now", desk=desk.name, why=why(found), next_open=moment_name(found.next_open, now))
    if found.open and found.closes_next is not None:
        return say("open_now", desk=desk.name, closes=time_of_day(found.closes_next))
    phrase = "break_now" if found.in_break else "closed_now"
    sentence = say(phrase, desk=desk.name, next_open=moment_name(found.next_open, now))
    if found.on_call and desk.on_call is not None:
        sentence += " " + say("on_call_now", how=desk.on_call.how)
    elif found.on_call is None and desk.on_call is not None:
        sentence += " " + (desk.on_call.hole or "")
    return sentence


def why(found: OpeningStatus) -> str:
    """Why it is unclear whether a desk is open, as a clause."""
    if found.holiday is None or found.uncertain is None:
        return say("why_other")
    return say("why_eve" if found.uncertain.value == "eve" else "why_holiday", holiday=found.holiday)
