"""Where a ticket is registered: how the region's documents say that faults are reported."""

from actions.answers.answer import ask_region, give
from actions.answers.referral import refer
from actions.answers.resuming import resumable
from actions.house import House
from actions.reply import Reply
from actions.turn import Turn

_REPORTING = "felanmalan"
"""`compare` of the topics that tell how faults are reported, one a region."""


@resumable("action_register_ticket")
def register_ticket(turn: Turn, house: House) -> Reply:
    """The region's way to report, with its desk and whether it is open."""
    if turn.region is None:
        return ask_region(turn, house, "action_register_ticket")
    for placed in house.knowledge.compared(_REPORTING):
        if placed.region == turn.region:
            return give(placed, turn, house)
    return refer(turn, house)
