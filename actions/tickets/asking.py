"""The ticket form's questions, each with its buttons, and the summary that is approved."""

from dataclasses import replace

from actions.answers.desk import contact_summary, quickest_contact
from actions.answers.tone import with_number_first
from actions.house import House
from actions.phrases import data, say
from actions.reply import Button, Reply, region_buttons
from actions.tickets import words
from actions.tickets.fields import (
    AFFECTED,
    APPROVED,
    CONTACT,
    KNOWN_OUTAGE,
    NOTE,
    OUTAGE,
    REGION,
    SERVICE,
    SINCE,
    URGENCY,
    WHAT,
    Draft,
)
from actions.tickets.reading import lines
from actions.turn import Turn
from desks.model import Impact, Urgency
from desks.priority import priority
from knowledge.database import desk_for, region_of
from knowledge.model import default_desk
from knowledge.schema import FactKind


def question(field: str, turn: Turn, house: House) -> Reply:
    """The question for a field, after what there is to say of the answer before."""
    draft = turn.ticket
    reply = Reply(
        outcome="clarifying",
        text=_question(field, draft, house),
        buttons=_buttons(field, draft, house),
        region=draft.get(REGION),
        service=(draft.get(SERVICE) or {}).get("id"),
        more={"asks": field.removeprefix("ticket_")},
    )
    note = draft.get(NOTE)
    if note == "begins":
        return reply.preceded_by(_intro(draft, house))
    if note == "urgent":
        return with_number_first(reply, turn, house)
    return reply if note is None else reply.preceded_by(say_note(note))


def say_note(note: str) -> str:
    """Why an answer was not taken."""
    return str(data("ticket_notes")[note])


def summary(draft: Draft, house: House) -> str:
    """The ticket as the desk will get it, a numbered line for each field."""
    told = [
        say("ticket_line", number=number, label=words.listed("lines")[field]["label"], value=shown(field, draft, house))
        for number, field in enumerate(lines(draft), 1)
    ]
    level = priority(Impact(draft[AFFECTED]), Urgency(draft[URGENCY]))
    return "\n".join([*told, say("ticket_priority", priority=level)])


def shown(field: str, draft: Draft, house: House) -> str:
    """A field as users read it."""
    value = draft[field]
    if field == REGION:
        return region_of(house.knowledge, value).in_sentence
    if field == SERVICE:
        return str(value["name"])
    if field == CONTACT:
        return str(value["shown"])
    if field in (AFFECTED, URGENCY):
        return str(words.listed(field.removeprefix("ticket_"))[value]["title"])
    return str(value)


def _question(field: str, draft: Draft, house: House) -> str:
    if field == OUTAGE:
        return say("ticket_outage", text=draft[KNOWN_OUTAGE]["text"])
    if field == APPROVED:
        return say("ticket_summary", lines=summary(draft, house))
    return str(data("ticket_questions")[field])


def _buttons(field: str, draft: Draft, house: House) -> tuple[Button, ...]:
    if field == REGION:
        return region_buttons(house.knowledge.regions())
    if field == APPROVED:
        if draft.get(NOTE) == "which_line":
            return _say_it(*(words.listed("lines")[line]["label"] for line in lines(draft)))
        stop = Button(data("ticket_buttons")["cancel"], "/cancel")
        return (*_say_it(words.listed("send")["title"], words.listed("change")["title"]), stop)
    if field in (OUTAGE, AFFECTED, URGENCY):
        return _say_it(*words.titles(field.removeprefix("ticket_")))
    if field == SINCE:
        return _say_it(*words.listed("since"), words.listed("unknown_title"))
    if field == SERVICE:
        return _say_it(words.listed("unknown_title"))
    return _say_it(words.listed("chat")["title"]) if field == CONTACT else ()


def _say_it(*titles: str) -> tuple[Button, ...]:
    """Buttons that send what they say."""
    return tuple(Button(title, title) for title in titles)


def _intro(draft: Draft, house: House) -> str:
    """Where the ticket goes, that no patients belong in it, and the telephone for who would rather ring."""
    begins = [say("ticket_begins"), say("ticket_no_patients")]
    if SERVICE in draft:
        begins.append(say("ticket_about", service=draft[SERVICE]["name"]))
    if WHAT in draft:
        begins.append(say("ticket_so_far", text=draft[WHAT]))
    if REGION in draft:
        region = region_of(house.knowledge, draft[REGION])
        desk = desk_for(region, (draft.get(SERVICE) or {}).get("id"))
        if quickest_contact(desk).kind is not FactKind.phone:
            desk = default_desk(region)
        begins.append(say("ticket_or_ring", desk=desk.name, contact=contact_summary(desk)))
    return " ".join(begins)


def again(field: str, turn: Turn, house: House) -> Reply:
    """The question once more, after something else was answered in between."""
    without_note = {name: value for name, value in turn.ticket.items() if name != NOTE}
    return question(field, replace(turn, ticket=without_note), house)
