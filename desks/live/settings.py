"""Which live desk each region has, from the environment: LIVE_<REGION> and what belongs to it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yarl import URL

from desks.errors import SettingsError
from desks.settings import DEFAULT_TIMEOUT, address_of, kind_of, region_variables, seconds_of

OPTIONS = ("URL", "USER", "SECRET", "CALLBACK_SECRET", "ROOM", "TIMEOUT")
_NEEDED = {
    "off": (),
    "console": (),
    "matrix": ("URL", "USER", "SECRET", "CALLBACK_SECRET", "ROOM"),
    "slack": ("SECRET", "CALLBACK_SECRET", "ROOM"),
}
SLACK = "https://slack.com/api"
_MATRIX_USER = re.compile(r"@[^:\s]+:\S+")
_MATRIX_ROOM = re.compile(r"[!#]\S+")


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """One region's live desk."""

    kind: str
    url: URL = URL()
    user: str = ""
    """Matrix: our own user, such as "@supportlotsen:example.se"."""
    secret: str = field(default="", repr=False)
    """With which we call: Matrix's as_token, Slack's bot token."""
    callback_secret: str = field(default="", repr=False)
    """With which we are called: Matrix's hs_token, Slack's signing secret."""
    room: str = ""
    """Where the agents are: Matrix's lobby room, Slack's channel id."""
    timeout: float = DEFAULT_TIMEOUT


def read_live_settings(environment: Mapping[str, str], regions: Iterable[str]) -> dict[str, LiveSettings]:
    """Region code -> its live desk; only of regions that have one. Raises SettingsError naming the variable."""
    read = region_variables(environment, "LIVE", regions)
    found = {region: _settings(prefix, dict(own)) for region, (prefix, own) in read.items()}
    return {region: settings for region, settings in found.items() if settings.kind != "off"}


def _settings(prefix: str, own: dict[str, str]) -> LiveSettings:
    kind = kind_of(prefix, own, "off", _NEEDED, OPTIONS, "chat system")
    if kind == "matrix" and not (_MATRIX_USER.fullmatch(own["USER"]) and _MATRIX_ROOM.fullmatch(own["ROOM"])):
        raise SettingsError(
            f"{prefix}_USER must be a Matrix user such as @supportlotsen:example.se, "
            f"and {prefix}_ROOM a room such as !id:example.se or #name:example.se"
        )
    return LiveSettings(
        kind=kind,
        url=address_of(f"{prefix}_URL", own.get("URL", SLACK)),
        user=own.get("USER", ""),
        secret=own.get("SECRET", ""),
        callback_secret=own.get("CALLBACK_SECRET", ""),
        room=own.get("ROOM", ""),
        timeout=seconds_of(f"{prefix}_TIMEOUT", own.get("TIMEOUT", str(DEFAULT_TIMEOUT))),
    )
