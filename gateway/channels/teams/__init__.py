"""Microsoft Teams, by the Bot Framework's protocol."""

from gateway.channels.teams.plug import KIND

__all__ = ["KIND"]
