"""Puts Slack into the gateway."""

from collections.abc import AsyncIterator, Mapping

from aiohttp import web

from gateway.channels.kind import ChannelKind
from gateway.channels.slack.calls import Calls
from gateway.channels.slack.check import check
from gateway.channels.slack.deeds import Deeds
from gateway.channels.slack.delivery import NAME, SlackChannel
from gateway.channels.slack.home import Home
from gateway.channels.slack.pressing import Pressing
from gateway.channels.slack.requests import Requests
from gateway.channels.slack.settings import NEEDED, SlackSettings, read_slack_settings
from gateway.channels.slack.talking import Talking
from gateway.channels.slack.texts import SlackTexts, read_slack_texts
from gateway.core.conversations import Conversations
from gateway.errors import SettingsError
from gateway.keys import FAILURES, FEEDBACK, RATES, REDACTOR, SETTINGS, TEXTS


class SlackPlug:
    """See gateway.app.Plug."""

    def __init__(self, settings: SlackSettings, own: SlackTexts) -> None:
        self._settings = settings
        self._own = own

    def __call__(self, app: web.Application, conversations: Conversations) -> None:
        """Raises SettingsError for a region that is none."""
        settings, own, texts, redact = self._settings, self._own, app[TEXTS], app[REDACTOR]
        for region in settings.regions.values():
            if app[FAILURES].known(region) is None:
                raise SettingsError(f"SLACK_REGIONS has {region!r}; there is no such region")
        calls, deeds = Calls(settings.url, settings.token), Deeds()
        rate = app[SETTINGS].session_rate
        talking = Talking(conversations, calls, settings, texts, own, redact, app[RATES], rate)
        pressing = Pressing(conversations, talking, calls, app[FEEDBACK], redact, texts, own)
        home = Home(conversations, talking, calls, settings, app[FAILURES], own)
        Requests(settings.signing_secret, talking, pressing, home, deeds, own).add_to(app.router)
        conversations.add_channel(SlackChannel(calls, texts, own))

        async def finish(_: web.Application) -> AsyncIterator[None]:
            yield
            await deeds.stop()

        async def let_go(_: web.Application) -> None:
            await calls.aclose()

        app.cleanup_ctx.append(finish)
        app.on_cleanup.append(let_go)  # after all contexts: deliveries that are being ended may still use it


def plug(environment: Mapping[str, str]) -> SlackPlug:
    """Raises SettingsError."""
    return SlackPlug(read_slack_settings(environment), read_slack_texts())


KIND = ChannelKind(NAME, NEEDED, plug, check)
