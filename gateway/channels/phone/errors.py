"""What can go wrong with SMS and telephone systems."""

from gateway.errors import GatewayError


class SmsFailed(GatewayError):
    """A message could not be sent. The reason never holds the number or the text."""

    def __init__(self, reason: str, *, final: bool = False, stopped: bool = False, unsure: bool = False) -> None:
        """`final`: it is of no use to try again. `stopped`: the recipient wants no more. `unsure`: it may have gone."""
        super().__init__(reason)
        self.final = final
        self.stopped = stopped
        self.unsure = unsure


class HookRefused(GatewayError):
    """A request that does not come from whom it says it comes from, or that cannot be read."""

    def __init__(self, status: int = 401) -> None:
        """`status`: of the answer."""
        super().__init__(str(status))
        self.status = status
