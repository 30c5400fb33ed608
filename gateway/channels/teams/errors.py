"""What can go wrong between us and Teams. No message holds a token, a text or an id of a person."""

from gateway.errors import GatewayError


class TeamsError(GatewayError):
    """Anything that goes wrong in this channel."""


class CallerRefused(TeamsError):
    """A request that does not come from Teams, or not for us."""

    def __init__(self, status: int, reason: str) -> None:
        """`status`: 401 for no valid token, 403 for a valid one that does not cover the activity."""
        super().__init__(reason)
        self.status = status


class Unavailable(TeamsError):
    """Microsoft's service does not answer, or not now."""


class Gone(TeamsError):
    """The conversation cannot be written to any more: the app was removed or blocked, or the conversation deleted."""


class NotTaken(TeamsError):
    """Teams does not take this activity, nor will it later."""
