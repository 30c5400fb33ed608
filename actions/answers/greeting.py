"""What the bot says of itself; the regions are those that the content has."""

from actions.answers.referral import region_names
from actions.house import House
from actions.phrases import say
from actions.reply import Reply
from actions.turn import Turn


def greet(turn: Turn, house: House) -> Reply:
    """Hello, and what it is."""
    return Reply(outcome="smalltalk", text=say("greet", regions=region_names(house)))


def capabilities(turn: Turn, house: House) -> Reply:
    """What it can help with."""
    return Reply(outcome="smalltalk", text=say("capabilities", regions=region_names(house)))
