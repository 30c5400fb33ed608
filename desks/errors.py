"""What can go wrong with a desk."""


class DesksError(Exception):
    """The base of this package's errors."""


class SettingsError(DesksError):
    """A DESK_ or LIVE_ setting that cannot be used; the message names it and repeats no secret."""


class NotStored(DesksError):
    """The records database did not take the ticket: nothing is registered, and the user must be told so."""


class DeskError(DesksError):
    """The desk did not do what was asked of it."""


class Unavailable(DeskError):
    """The desk could not be reached, was too slow or failed. It may have done what was asked of it all the same."""

    def __init__(self, message: str, *, sent: bool = True, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.sent = sent
        """False when the desk cannot have seen the request, so that repeating it is safe."""
        self.retry_after = retry_after
        """Seconds that the desk asks us to wait; it has done nothing then."""


class Rejected(DeskError):
    """The desk understood and said no: wrong credentials, queue or field. An operator has to mend it."""


class NotFound(DeskError):
    """The desk has no ticket with that number."""
