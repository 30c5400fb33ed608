"""The interface of a live desk, and what happens there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

FINISH_COMMAND = "!klar"
"""What an agent writes to end a conversation, in every chat system."""


MOST_EVENTS = 8 * 1024 * 1024
"""Bytes of one request of a chat system: a hundred of Matrix's largest events."""


async def body_of(request: web.Request) -> bytes:
    """What a chat system sends; it may be larger than what the gateway takes from users. Raises 413."""
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > MOST_EVENTS:
            raise web.HTTPRequestEntityTooLarge(MOST_EVENTS, len(body))
    return bytes(body)


@dataclass(frozen=True, slots=True)
class Agent:
    """A person at a desk."""

    id: str
    name: str
    """As the user is to see it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A conversation for the desk."""

    reference: str
    """Ours, by which an earlier attempt is found again."""
    title: str
    text: str
    """Summary, facts, and the transcript if the user agreed to it."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a chat system calls us."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]


class AgentEvents(Protocol):
    """Who hears of what happens at a desk. `event` is the event's own id: it may come again and is then ignored.

    An exception has the desk's chat system tell of it again later.
    """

    async def accepted(self, place: str, agent: Agent, event: str) -> None:
        """The agent takes the conversation."""

    async def said(self, place: str, agent: Agent, text: str, event: str) -> None:
        """The agent wrote; takes the conversation too if nobody has."""

    async def left(self, place: str, agent: Agent, event: str) -> None:
        """The agent is away, and has not said that it is finished."""

    async def finished(self, place: str, agent: Agent, event: str) -> None:
        """The agent is done."""


class AgentDesk(Protocol):
    """One region's live desk. Methods that send raise desks.errors.DeskError and nothing else.

    `again` says that an earlier attempt may have arrived: the desk is then asked first.
    """

    @property
    def kind(self) -> str:
        """Such as "matrix"."""

    async def open(self, opening: Opening, *, again: bool = False) -> str:
        """Offer a conversation to the agents; returns its place there, such as a room."""

    async def post(self, place: str, text: str, key: str, *, again: bool = False) -> None:
        """Something for the agents in a conversation."""

    def routes(self) -> list[Route]:
        """Where the chat system reaches us, under a path of the region's own."""

    async def listen(self, events: AgentEvents) -> None:
        """Tell of what happens, until cancelled; ends at once where the chat system calls us. Begun again on errors."""

    async def aclose(self) -> None:
        """Let go of connections."""
