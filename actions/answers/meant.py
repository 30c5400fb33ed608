"""Which names in a message are meant as names: "telefonnumret" and "mejlen" ask for a fact and name no service."""

from actions.turn import Name, Turn
from actions.wording import read


def names_meant(turn: Turn) -> tuple[Name, ...]:
    """The names in the message, without those that ask for a kind of fact."""
    return tuple(name for name in turn.names if name.kind != "service" or not _asks_for_fact(turn.text, name))


def services_meant(turn: Turn) -> tuple[str, ...]:
    """The services of the message that are named by a name of theirs."""
    asked = {name.value for name in turn.names if name.kind == "service"}
    meant = {name.value for name in names_meant(turn)}
    return tuple(service for service in turn.services if service in meant or service not in asked)


def _asks_for_fact(text: str, name: Name) -> bool:
    return bool(read(text[name.start : name.end]).kinds)
