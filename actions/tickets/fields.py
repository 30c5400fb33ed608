"""The slots of the ticket form, in the order in which they are asked for, and which of them a ticket needs.

What a slot holds: `ticket_region` a region's code; `ticket_service` `{"id", "name"}`, the id None for a system that the
content does not know; `ticket_known_outage` `{"id", "text"}` of the outage that explains the trouble, False when there
is none; `ticket_outage` "join" or "own"; `ticket_what`, `ticket_since`, `ticket_unit` the user's words;
`ticket_affected` and `ticket_urgency` values of `desks.model.Impact` and `Urgency`; `ticket_contact` `{"kind", "value",
"shown"}`, its kind "chat" for who can only be reached in the chat; `ticket_approved` True. `ticket_note` says why the
last answer was not taken, or what goes before the next question; `ticket_key` makes a ticket registered once.
"""

from collections.abc import Mapping
from typing import Any

from actions.wording import read
from desks.model import Kind
from knowledge.schema import Aspect

REGION = "ticket_region"
SERVICE = "ticket_service"
OUTAGE = "ticket_outage"
WHAT = "ticket_what"
SINCE = "ticket_since"
AFFECTED = "ticket_affected"
URGENCY = "ticket_urgency"
UNIT = "ticket_unit"
CONTACT = "ticket_contact"
APPROVED = "ticket_approved"
FIELDS = (REGION, SERVICE, OUTAGE, WHAT, SINCE, AFFECTED, URGENCY, UNIT, CONTACT, APPROVED)

KNOWN_OUTAGE = "ticket_known_outage"
NOTE = "ticket_note"
KEY = "ticket_key"
LAST = "ticket_last"
"""The reference of the conversation's latest ticket."""
TICKET_SLOTS = (*FIELDS, KNOWN_OUTAGE, NOTE, KEY, LAST)

WISH = "ticket_wish"
"""What is wanted of a ticket that exists: "status", "comment" or "close"."""
ASKED = "ticket_asked"
CODE = "ticket_code"
TEXT = "ticket_text"
SURE = "ticket_sure"
LOOKUP_FIELDS = (ASKED, CODE, TEXT, SURE)
"""The slots of a question about a ticket that exists, in the order in which they are asked for; "": not needed."""
LOOKUP_SLOTS = (WISH, *LOOKUP_FIELDS)

KEPT = frozenset({UNIT, CONTACT, LAST})
"""What the next ticket of the same conversation need not ask for."""
JOIN, OWN = "join", "own"
CHAT = "chat"

Draft = Mapping[str, Any]
"""The form's slots that are filled."""

_REQUESTS = frozenset({Aspect.order, Aspect.change, Aspect.end})


def needed(draft: Draft) -> list[str]:
    """The fields of this ticket: no "since when" for what is wanted, nothing more for who joins an outage."""
    if draft.get(OUTAGE) == JOIN:
        return [REGION, SERVICE, OUTAGE]
    left_out = {
        OUTAGE: not draft.get(KNOWN_OUTAGE),
        SINCE: WHAT in draft and kind_of(draft) is Kind.request,
    }
    return [field for field in FIELDS if not left_out.get(field)]


def missing(draft: Draft) -> str | None:
    """The next field to ask for; None when the form is filled in."""
    return next((field for field in needed(draft) if draft.get(field) is None), None)


def kind_of(draft: Draft) -> Kind:
    """ITIL: something is broken, or something is wanted."""
    asked = read(str(draft.get(WHAT) or ""))
    wants = bool(asked.aspects) and asked.aspects[0] in _REQUESTS and not asked.unwanted
    return Kind.request if wants else Kind.incident


def emptied(*kept: str) -> dict[str, Any]:
    """The slots for no ticket; `kept`: those to leave as they are."""
    return {name: None for name in TICKET_SLOTS if name not in kept}
