"""The settings of the Teams channel."""

import ipaddress
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from yarl import URL

from gateway.errors import SettingsError

NEEDED = ("TEAMS_APP_ID", "TEAMS_APP_SECRET")

SERVICES = "https://smba.trafficmanager.net/"
"""Where Teams is reached in the public cloud. Government clouds have addresses of their own:
https://learn.microsoft.com/azure/bot-service/how-to-deploy-gov-cloud-high, "Configure for Teams"."""
OPENID = URL("https://login.botframework.com/v1/.well-known/openidconfiguration")
LOGIN = URL("https://login.microsoftonline.com")
ANY_TENANT = "botframework.com"
"""The authority of a bot that is registered for any tenant."""


@dataclass(frozen=True)
class TeamsSettings:
    """Made by `read_teams_settings`."""

    app_id: str
    secret: str = field(repr=False)
    tenant: str | None = None
    """The tenant of a single-tenant bot, which our token comes from; None for a multi-tenant one. It serves users of
    other tenants too if they are listed: Microsoft registers no new multi-tenant bots."""
    tenants: Mapping[str, str | None] = field(default_factory=dict)
    """Who may use the bot, each with its region if it has one; empty for anybody who can install it."""
    services: tuple[URL, ...] = (URL(SERVICES),)
    """Where our token may be sent."""
    openid: URL = OPENID
    login: URL = LOGIN

    @property
    def token_url(self) -> URL:
        """Where our own token comes from."""
        return self.login / (self.tenant or ANY_TENANT) / "oauth2/v2.0/token"

    def admits(self, tenant: str | None) -> bool:
        """Whether users of that tenant may use the bot."""
        return not self.tenants or tenant in self.tenants

    def trusted(self, service: str) -> URL | None:
        """The address of a service that our token may be sent to; None for any other."""
        try:
            url = URL(service)
            known = not (url.user or url.password or url.query_string or url.fragment) and any(
                _server(url) == _server(each) and _folder(url).startswith(_folder(each)) for each in self.services
            )
        except ValueError:
            return None
        return url if known else None


def read_teams_settings(environment: Mapping[str, str]) -> TeamsSettings:
    """Read the settings. Raises SettingsError, naming the variable, for a value that cannot be used."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    tenant = _guid("TEAMS_TENANT", given["TEAMS_TENANT"]) if "TEAMS_TENANT" in given else None
    return TeamsSettings(
        app_id=_guid("TEAMS_APP_ID", given.get("TEAMS_APP_ID", "")),
        secret=given.get("TEAMS_APP_SECRET", ""),
        tenant=tenant,
        tenants=_tenants(given.get("TEAMS_TENANTS", ""), tenant),
        services=tuple(_address("TEAMS_SERVICE_URLS", each) for each in _list(given, "TEAMS_SERVICE_URLS", SERVICES)),
        openid=_address("TEAMS_OPENID_URL", given.get("TEAMS_OPENID_URL", str(OPENID))),
        login=_address("TEAMS_LOGIN_URL", given.get("TEAMS_LOGIN_URL", str(LOGIN))),
    )


def safe(url: URL) -> bool:
    """Whether what is sent there cannot be read or changed on the way: https, or this machine."""
    if url.scheme == "https":
        return bool(url.host)
    try:
        return url.scheme == "http" and ipaddress.ip_address(url.host or "").is_loopback
    except ValueError:
        return False


def _tenants(value: str, own: str | None) -> dict[str, str | None]:
    """ "<tenant>=<region>" or "<tenant>", several with blanks or commas between."""
    found: dict[str, str | None] = {}
    for each in value.replace(",", " ").split():
        tenant, _, region = each.partition("=")
        found[_guid("TEAMS_TENANTS", tenant)] = region or None
    return found or ({} if own is None else {own: None})


def _list(given: Mapping[str, str], name: str, default: str) -> list[str]:
    return given.get(name, default).replace(",", " ").split()


def _guid(name: str, value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError as error:
        raise SettingsError(
            f"{name} has {value!r}; an id of Microsoft's is written as 00000000-0000-0000-0000-000000000000"
        ) from error


def _address(name: str, value: str) -> URL:
    try:
        url = URL(value)
        usable = safe(url) and not (url.user or url.password or url.query_string or url.fragment)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"{name} has {value!r}; it must be an address with https")
    return url


def _server(url: URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.host, url.port


def _folder(url: URL) -> str:
    return url.path.rstrip("/") + "/"
