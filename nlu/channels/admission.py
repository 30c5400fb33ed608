"""How many turns may be under way at once.

Without a limit every turn that comes in under overload makes all of them slower, until nobody is answered in time.
Here a turn that would have to wait too long is turned away at once, by how fast turns are being done just now.
"""

import time
from collections.abc import Callable

LONGEST_WAIT = 1.3
"""Seconds that a turn may be expected to take. Accepted turns shall be answered within two, and expectations err."""
ALWAYS = 8
"""So many turns are under way before any is turned away: then the pace says little."""
_FIRST_PACE = 0.02
_LONGEST_GAP = 1.0
_WEIGHT = 0.1


class Admission:
    """Lets turns in while they can be expected to be done in time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._under_way = 0
        self._pace = _FIRST_PACE
        """Seconds from one turn done to the next, while there are any to do."""
        self._since = 0.0
        """When the last turn was done, or the first began after none were under way."""

    def enter(self) -> bool:
        """Whether the turn may begin; if so, `leave` must follow."""
        if self._under_way >= ALWAYS and (self._under_way + 1) * self._pace > LONGEST_WAIT:
            return False
        if self._under_way == 0:
            self._since = self._clock()
        self._under_way += 1
        return True

    def leave(self) -> None:
        """The turn is done, whatever came of it."""
        now = self._clock()
        gap = min(now - self._since, _LONGEST_GAP)
        self._pace += _WEIGHT * (gap - self._pace)
        self._since = now
        self._under_way -= 1
