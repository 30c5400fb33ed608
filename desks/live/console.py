"""The live desk without a chat system: agents use `python -m desks live`. For development and small desks."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from desks.errors import NotFound, Unavailable
from desks.live.desk import Agent, AgentEvents, Opening, Route
from desks.rounds import whole
from records.live_console import FINISH, JOIN, SAY, ConsoleInput, LiveConsole

PAUSE = 0.5
"""Seconds between two looks at what agents have entered."""


class ConsoleDesk:
    """See AgentDesk. The place is the hand-off's reference."""

    kind = "console"

    def __init__(self, engine: AsyncEngine) -> None:
        self._console = LiveConsole(engine)

    async def open(self, opening: Opening, *, again: bool = False) -> str:
        """See AgentDesk."""
        await self.post(opening.reference, f"{opening.title}\n{opening.text}", "open")
        return opening.reference

    async def post(self, place: str, text: str, key: str, *, again: bool = False) -> None:
        """See AgentDesk."""
        try:
            if await self._console.show(place, text, key) is None:
                raise NotFound(place)
        except SQLAlchemyError as error:
            raise Unavailable(f"the records database: {type(error).__name__}") from error

    def routes(self) -> list[Route]:
        """See AgentDesk; nobody calls."""
        return []

    async def listen(self, events: AgentEvents) -> None:
        """See AgentDesk. Raises what a look or an event raises: what was entered is still there then."""
        while True:
            await whole(self._round(events))
            await asyncio.sleep(PAUSE)

    async def aclose(self) -> None:
        """The database is not this desk's to close."""

    async def _round(self, events: AgentEvents) -> None:
        for entered in await self._console.inputs():
            await self._tell(events, entered)
            await self._console.done(entered)

    async def _tell(self, events: AgentEvents, entered: ConsoleInput) -> None:
        place = await self._console.reference(entered)
        agent, event = Agent(f"console:{entered.agent}", entered.agent), f"console:{entered.id}"
        if entered.action == JOIN:
            await events.accepted(place, agent, event)
        elif entered.action == SAY:
            await events.said(place, agent, entered.text, event)
        elif entered.action == FINISH:
            await events.finished(place, agent, event)
        else:
            await events.left(place, agent, event)
