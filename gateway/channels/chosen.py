"""The ways to users that the settings switch on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.app import Plug
from gateway.channels.kind import ChannelKind
from gateway.channels.phone.plug import KIND as PHONE
from gateway.channels.slack.plug import KIND as SLACK
from gateway.channels.teams import KIND as TEAMS

KINDS: tuple[ChannelKind, ...] = (SLACK, TEAMS, PHONE)
"""Another channel is a folder and a name here."""


@dataclass(frozen=True)
class Chosen:
    """What is on, and what is to be told of the rest."""

    plugs: tuple[Plug, ...]
    remarks: tuple[str, ...]
    """Sentences for the log at start: what is on, and what is missing for a channel that is half set up."""


def choose_channels(environment: Mapping[str, str], kinds: Sequence[ChannelKind] = KINDS) -> Chosen:
    """Plugs of all channels whose settings are there. Raises SettingsError for a value that cannot be used."""
    plugs: list[Plug] = []
    remarks: list[str] = []
    for kind in kinds:
        missing = kind.missing(environment)
        if not missing:
            plugs.append(kind.plug(environment))
            remarks.append(f"{kind.name} is on")
        elif len(missing) < len(kind.needed):
            remarks.append(f"{kind.name} is off: {', '.join(missing)} not set")
    return Chosen(tuple(plugs), tuple(remarks))
