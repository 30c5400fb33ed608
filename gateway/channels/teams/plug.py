"""Puts Teams into the gateway, and tries its settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from gateway.channels.kind import ChannelKind, Finding
from gateway.channels.teams.access import Access
from gateway.channels.teams.callers import Callers
from gateway.channels.teams.channel import TeamsChannel
from gateway.channels.teams.connector import Connector
from gateway.channels.teams.endpoint import PATH, Endpoint
from gateway.channels.teams.errors import Unavailable
from gateway.channels.teams.http import Http
from gateway.channels.teams.keys import SigningKeys
from gateway.channels.teams.settings import NEEDED, TeamsSettings, read_teams_settings
from gateway.channels.teams.texts import TeamsTexts, read_teams_texts
from gateway.core.conversations import Conversations
from gateway.errors import SettingsError
from gateway.keys import FAILURES, TEXTS


@dataclass(frozen=True)
class Teams:
    """The plug. Nothing is asked of the network before the first activity comes."""

    settings: TeamsSettings
    texts: TeamsTexts = field(default_factory=read_teams_texts)

    def __call__(self, app: web.Application, conversations: Conversations) -> None:
        """See gateway.app.Plug. Raises SettingsError for a region that is not ours."""
        for region in self.settings.tenants.values():
            if region is not None and app[FAILURES].known(region) is None:
                raise SettingsError(f"TEAMS_TENANTS has the region {region!r}, which is none of those with contacts")
        http = Http()
        connector = Connector(self.settings, http, Access(self.settings, http))
        channel = TeamsChannel(connector, app[TEXTS])
        callers = Callers(self.settings, SigningKeys(self.settings.openid, http))
        endpoint = Endpoint(app, conversations, self.settings, callers, connector, channel, app[TEXTS], self.texts)
        conversations.add_channel(channel)
        app.router.add_post(PATH, endpoint.receive)

        async def let_go(_: web.Application) -> None:
            await endpoint.stop()
            await http.aclose()

        app.on_cleanup.append(let_go)  # after all contexts: deliveries that are being ended may still write


def plug(environment: Mapping[str, str]) -> Teams:
    """See ChannelKind."""
    return Teams(read_teams_settings(environment))


async def check(environment: Mapping[str, str]) -> Sequence[Finding]:
    """See ChannelKind: Microsoft's keys can be had, and it takes our id and secret."""
    settings, texts, http = read_teams_settings(environment), read_teams_texts().check, Http()
    found = []
    try:
        count = await SigningKeys(settings.openid, http).fetch()
        found.append(Finding(True, texts.keys.format(count=count)))
    except Unavailable as error:
        found.append(Finding(False, texts.keys_failed.format(reason=error)))
    try:
        await Access(settings, http).token()
        found.append(Finding(True, texts.token))
    except Unavailable as error:
        found.append(Finding(False, texts.token_failed.format(reason=error)))
    await http.aclose()
    return found


KIND = ChannelKind("teams", NEEDED, plug, check)
