"""What a way to users has to offer, so that it can be switched on, checked and run like the others."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.app import Plug


@dataclass(frozen=True)
class Finding:
    """What a check of credentials or reachability came to."""

    good: bool
    text: str
    """For an administrator, in Swedish, without any secret."""


@dataclass(frozen=True)
class ChannelKind:
    """One folder here. Nothing of it is called while its settings are not there."""

    name: str
    needed: tuple[str, ...]
    """The variables without which it is off."""
    plug: Callable[[Mapping[str, str]], Plug]
    """Puts it into the gateway (`Conversations.add_channel`, routes). Raises SettingsError, naming the variable, for a
    value that cannot be used. Must not use the network."""
    check: Callable[[Mapping[str, str]], Awaitable[Sequence[Finding]]]
    """Tries credentials and addresses; users notice nothing of it. Raises SettingsError as `plug` does."""

    def missing(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """The needed variables that are unset or empty."""
        return tuple(name for name in self.needed if not environment.get(name, "").strip())
