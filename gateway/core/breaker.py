"""Spares users the wait for a bot that does not answer: only the first few pay for finding out."""

import time
from collections.abc import Callable

FAILURES = 3
"""In a row, until the bot counts as down."""
REST = 2.0
"""Seconds until one message is tried again."""


class Breaker:
    """Counts failures in a row. While open it lets one call through every `REST` seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._next_try = 0.0

    @property
    def open(self) -> bool:
        """Whether the bot counts as down."""
        return self._failures >= FAILURES

    def allows(self) -> bool:
        """Whether to try now."""
        if not self.open:
            return True
        now = self._clock()
        if now < self._next_try:
            return False
        self._next_try = now + REST
        return True

    def succeeded(self) -> None:
        """The bot answered."""
        self._failures = 0

    def failed(self) -> None:
        """The bot did not answer, or not in time."""
        self._failures += 1
        self._next_try = self._clock() + REST
