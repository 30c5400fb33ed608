"""How many clients read events now."""

from dataclasses import dataclass


@dataclass
class Streams:
    """Counts open streams and polls."""

    most: int
    """Beyond, clients are asked to come back."""
    open: int = 0

    @property
    def full(self) -> bool:
        """Whether no more can be opened."""
        return self.open >= self.most
