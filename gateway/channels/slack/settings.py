"""Slack's settings, from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from yarl import URL

from desks import errors as desks_errors
from desks.live.settings import SLACK
from desks.settings import address_of
from gateway.errors import SettingsError

TOKEN, SECRET = "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"
NEEDED = (TOKEN, SECRET)
_REGION = re.compile(r"([CDGTE][A-Z0-9]{2,})=(\S+)")


@dataclass(frozen=True)
class SlackSettings:
    """One app in one workspace."""

    token: str = field(repr=False)
    """SLACK_BOT_TOKEN: with which we call."""
    signing_secret: str = field(repr=False)
    """SLACK_SIGNING_SECRET: with which what Slack sends is signed."""
    url: URL = URL(SLACK)
    """SLACK_URL: where the Web API is."""
    regions: Mapping[str, str] = field(default_factory=dict)
    """SLACK_REGIONS: the id of a channel or workspace -> the code of the region that is asked about there."""

    def region(self, channel: str, team: str) -> str | None:
        """The region of a conversation that begins there; the channel's own before the workspace's."""
        return self.regions.get(channel) or self.regions.get(team)


def read_slack_settings(environment: Mapping[str, str]) -> SlackSettings:
    """Raises SettingsError, naming the variable, for a value that cannot be used."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    if not given[TOKEN].startswith("xoxb-"):
        raise SettingsError(f"{TOKEN} is no bot token; it must begin with xoxb-")
    try:
        url = address_of("SLACK_URL", given.get("SLACK_URL", SLACK))
    except desks_errors.SettingsError as error:
        raise SettingsError(str(error)) from error
    return SlackSettings(given[TOKEN], given[SECRET], url, _regions(given.get("SLACK_REGIONS", "")))


def _regions(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in value.replace(",", " ").split():
        pair = _REGION.fullmatch(each)
        if pair is None:
            raise SettingsError(
                f"SLACK_REGIONS has {each!r}; it must be pairs such as C0123456789=VGR or T0123456789=VGR"
            )
        found[pair[1]] = pair[2]
    return found
