"""The app's home tab: what the bot is, examples to press, whom to turn to, and a way to be forgotten.

https://docs.slack.dev/surfaces/app-home
"""

from typing import Any

from desks.http import text_of
from gateway.channels.slack.blocks import Json, actions, button, paragraphs, rows, words
from gateway.channels.slack.calls import Calls
from gateway.channels.slack.delivery import NAME
from gateway.channels.slack.hearing import key_of
from gateway.channels.slack.pressing import Pressed
from gateway.channels.slack.settings import SlackSettings
from gateway.channels.slack.talking import COMMAND, Talking, note
from gateway.channels.slack.texts import SlackTexts
from gateway.core.conversations import Conversations
from gateway.errors import Refused
from gateway.failures import Failures

ASK, ERASE = "ask", "erase"


class Home:
    """Raises DeskError, LogUnavailable."""

    def __init__(
        self,
        conversations: Conversations,
        talking: Talking,
        calls: Calls,
        settings: SlackSettings,
        failures: Failures,
        own: SlackTexts,
    ) -> None:
        self._conversations = conversations
        self._talking = talking
        self._calls = calls
        self._settings = settings
        self._failures = failures
        self._own = own

    async def opened(self, envelope: dict[str, Any]) -> None:
        """Somebody looks at the app: show the home tab as it is now, or greet."""
        event, team = envelope.get("event") or {}, text_of(envelope.get("team_id"))
        if event.get("tab") == "home":
            await self._calls.publish_home(text_of(event.get("user")), {"type": "home", "blocks": self.blocks(team)})
        elif event.get("channel"):
            await self._talking.greet(text_of(event["channel"]), team)

    async def press(self, what: Pressed) -> None:
        """A button of the tab."""
        if what.action == ERASE:
            await self._erase(what)
        elif what.action.partition(".")[0] == ASK and what.value in self._own.home.questions:
            await self._talking.ask(what.user, what.team, what.value, key_of(ASK, what.user, what.at))

    def blocks(self, team: str) -> list[Json]:
        """The tab for the people of that workspace."""
        own = self._own.home
        examples = [button(title, f"{ASK}.{number}", title) for number, title in enumerate(own.questions)]
        confirm = {
            "title": words(own.erase_question),
            "text": words(own.erase_consequence),
            "confirm": words(own.erase_yes),
            "deny": words(own.erase_no),
            "style": "danger",
        }
        return [
            {"type": "header", "text": words(own.title)},
            paragraphs(own.about.format(command=COMMAND)),
            paragraphs(own.examples),
            *rows(examples, ASK),
            {"type": "divider"},
            paragraphs(self._failures.reach(self._settings.region("", team))),
            {"type": "divider"},
            actions([button(own.erase, ERASE, ERASE, confirm=confirm)], ERASE),
        ]

    async def _erase(self, what: Pressed) -> None:
        place = await self._calls.direct(what.user)
        try:
            await self._conversations.erase(await self._conversations.outside(NAME, place.address))
            said = self._own.hints.erased
        except Refused:
            said = self._own.hints.not_erased
        await self._calls.post(place, note(said), key_of(ERASE, what.at))
