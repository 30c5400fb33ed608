"""What a telephone system tells of a caller, and what it gets back; one class for each vendor's words."""

from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

LONGEST_NAME = 200
"""Characters of the telephone system's name for a call."""
LONGEST_QUEUE = 60
"""Characters of a queue's name that are shown."""


@dataclass(frozen=True)
class Waiting:
    """Somebody waits in a queue that is too long."""

    call: str
    """The telephone system's name for the call: told again under the same name, it is news of the same caller."""
    number: str | None = None
    """As the telephone system writes it; a word or None for a hidden one."""
    queue: str | None = None
    """Its name, as the caller knows it."""
    position: int | None = None
    """From 1."""
    wait: int | None = None
    """Seconds that the telephone system reckons with."""
    region: str | None = None
    called: str | None = None
    """The number that was called."""
    request: str | None = None
    """The id of a signed request; each is taken once."""


@dataclass(frozen=True)
class Invited:
    """What became of it, for the telephone system."""

    result: str
    """"sent": by SMS. "known": told before, nothing sent again. "landline", "foreign", "hidden", "stopped" (by STOP),
    "recent" (an SMS has just gone there), "failed": no SMS. "repeated": this very request came before."""
    say: str = ""
    """A Swedish sentence that can be read to the caller."""
    address: str | None = None
    """The page on which the code is typed, without "https://"."""
    code: str | None = None
    """For a caller who gets no SMS."""


class TelephoneSystem(Protocol):
    """One way to speak of callers."""

    async def read(self, request: web.Request) -> Waiting:
        """What the request tells. Raises HookRefused for one that is not signed, too old, or cannot be read."""

    def answer(self, invited: Invited) -> web.Response:
        """In the telephone system's words."""


def named(queue: str | None) -> str | None:
    """A queue's name as it can be shown: printable, on one line, not too long."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in queue or "").split())
    return plain[:LONGEST_QUEUE].strip() or None
