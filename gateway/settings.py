"""The gateway's settings, read from the environment when it starts."""

import ipaddress
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from sqlalchemy.engine import URL as DatabaseURL
from yarl import URL

from gateway.addresses import Network
from gateway.errors import SettingsError
from records import database
from records import errors as records_errors

LOCAL_RASA = URL("http://127.0.0.1:5005")
SHORTEST_SECRET = 32
"""Characters; a hexadecimal key of 128 bits."""
FEWEST_CHARACTERS = 10
"""Different ones that a secret must have in production: "aaaa..." and "password..." have fewer."""


@dataclass(frozen=True)
class Settings:
    """Every setting has a default that works on a developer's machine."""

    production: bool = False
    """SUPPORTLOTSEN_ENV is "production": secrets must be set and strong, and portals must use https."""
    host: str = "127.0.0.1"
    """GATEWAY_HOST: the address to listen on."""
    port: int = 8080
    """GATEWAY_PORT: the port to listen on; 0 takes a free one."""
    inside_port: int | None = 8081
    """GATEWAY_INSIDE_PORT: the port of the metrics, on loopback; 0 takes a free one."""
    rasa_url: URL = LOCAL_RASA
    """RASA_URL: where Rasa's REST channel is."""
    records_url: DatabaseURL = field(default_factory=lambda: database.address({}))
    """RECORDS_DB_URL: where the event log is."""
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    """GATEWAY_SECRET: signs conversations and buttons. Unset: a new one at each start, which ends all conversations."""
    old_secret: str | None = field(default=None, repr=False)
    """GATEWAY_SECRET_OLD: what was signed with it is still taken."""
    patience: float = 2.5
    """GATEWAY_PATIENCE: seconds to wait for an answer before the user gets the contacts meanwhile."""
    rasa_timeout: float = 15.0
    """GATEWAY_RASA_TIMEOUT: seconds after which no answer is waited for any more."""
    rasa_turns: int = 16
    """GATEWAY_RASA_TURNS: turns that Rasa is asked for at once."""
    rasa_queue: int = 200
    """GATEWAY_RASA_QUEUE: turns that may wait; the next user is told that the load is high."""
    session_hours: float = 12.0
    """GATEWAY_SESSION_HOURS: how long a conversation can be continued after its start."""
    origins: tuple[str, ...] = ()
    """GATEWAY_ORIGINS: the portals whose pages may talk to the gateway, besides its own."""
    proxies: tuple[Network, ...] = ()
    """GATEWAY_TRUSTED_PROXIES: whose X-Forwarded-For is believed."""
    session_rate: RateLimitItem = field(default_factory=lambda: parse("30/minute"))
    """GATEWAY_SESSION_RATE: messages of one conversation."""
    address_rate: RateLimitItem = field(default_factory=lambda: parse("600/minute"))
    """GATEWAY_ADDRESS_RATE: requests from one address, behind which a whole clinic may sit."""
    redis_url: str | None = field(default=None, repr=False)
    """REDIS_URL: where the rates are counted; unset: in memory."""
    streams: int = 2000
    """GATEWAY_STREAMS: clients that may read events at once."""

    @property
    def secrets(self) -> list[str]:
        """Newest first."""
        return [self.secret, *([self.old_secret] if self.old_secret else [])]


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings; a variable that is unset or empty gets its default.

    Raises SettingsError, naming the variable, for a value that cannot be used.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    defaults = Settings()
    production = _production(given)
    settings = Settings(
        production=production,
        host=given.get("GATEWAY_HOST", defaults.host),
        port=_port(given, "GATEWAY_PORT", defaults.port),
        inside_port=_port(given, "GATEWAY_INSIDE_PORT", defaults.inside_port or 0),
        rasa_url=_url(given, "RASA_URL", defaults.rasa_url),
        records_url=_records(given),
        secret=_secret(given, "GATEWAY_SECRET", defaults.secret, production),
        old_secret=_secret(given, "GATEWAY_SECRET_OLD", "", production) if "GATEWAY_SECRET_OLD" in given else None,
        patience=number(given, "GATEWAY_PATIENCE", defaults.patience, 0.1, 120, "seconds"),
        rasa_timeout=number(given, "GATEWAY_RASA_TIMEOUT", defaults.rasa_timeout, 0.1, 120, "seconds"),
        rasa_turns=_count(given, "GATEWAY_RASA_TURNS", defaults.rasa_turns),
        rasa_queue=_count(given, "GATEWAY_RASA_QUEUE", defaults.rasa_queue),
        session_hours=number(given, "GATEWAY_SESSION_HOURS", defaults.session_hours, 0.1, 720, "hours"),
        origins=_origins(given, production),
        proxies=_networks(given, "GATEWAY_TRUSTED_PROXIES"),
        session_rate=_rate(given, "GATEWAY_SESSION_RATE", defaults.session_rate),
        address_rate=_rate(given, "GATEWAY_ADDRESS_RATE", defaults.address_rate),
        redis_url=_redis(given),
        streams=_count(given, "GATEWAY_STREAMS", defaults.streams),
    )
    if production and "GATEWAY_SECRET" not in given:
        raise SettingsError("GATEWAY_SECRET is not set; in production it must be")
    return settings


def _production(given: Mapping[str, str]) -> bool:
    value = given.get("SUPPORTLOTSEN_ENV", "development")
    if value not in ("development", "production"):
        raise SettingsError(f'SUPPORTLOTSEN_ENV is {value!r}; it must be "development" or "production"')
    return value == "production"


def _records(given: Mapping[str, str]) -> DatabaseURL:
    try:
        url = database.address(given)
    except records_errors.SettingsError as error:
        raise SettingsError(str(error)) from error
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise SettingsError(f"RECORDS_DB_URL names no file; it must be an address such as {database.DEFAULT_URL}")
    return url


def _origins(given: Mapping[str, str], production: bool) -> tuple[str, ...]:
    name, found = "GATEWAY_ORIGINS", []
    for origin in given.get(name, "").replace(",", " ").split():
        url = URL(origin) if _is_url(origin) else URL()
        if url.scheme not in ("http", "https") or str(url.origin()) != origin:
            raise SettingsError(f"{name} has {origin!r}; an origin is written as https://portal.example.se")
        if production and url.scheme != "https":
            raise SettingsError(f"{name} has {origin!r}; in production every portal must use https")
        found.append(origin)
    return tuple(found)


def _is_url(value: str) -> bool:
    try:
        return bool(URL(value).host)
    except ValueError:
        return False


def _networks(given: Mapping[str, str], name: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each) for each in given.get(name, "").replace(",", " ").split())
    except ValueError as error:
        raise SettingsError(f"{name}: {error}; it must be addresses such as 10.0.0.7 or 10.0.0.0/24") from error


def _rate(given: Mapping[str, str], name: str, default: RateLimitItem) -> RateLimitItem:
    value = given.get(name)
    if value is None:
        return default
    try:
        return parse(value)
    except ValueError as error:
        raise SettingsError(f'{name} is {value!r}; it must be a rate such as "30/minute"') from error


def _redis(given: Mapping[str, str]) -> str | None:
    value = given.get("REDIS_URL")
    if value is not None and (not _is_url(value) or URL(value).scheme not in ("redis", "rediss")):
        raise SettingsError("REDIS_URL cannot be used; it must be an address such as redis://127.0.0.1:6379/0")
    return value


def _count(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 100_000):
        raise SettingsError(f"{name} is {value!r}; it must be a number from 1 to 100000")
    return int(value)


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and int(value) <= 65535):
        raise SettingsError(f"{name} is {value!r}; it must be a port number from 0 to 65535")
    return int(value)


def _url(given: Mapping[str, str], name: str, default: URL) -> URL:
    value = given.get(name)
    if value is None:
        return default
    try:
        url = URL(value)
        usable = url.scheme in ("http", "https") and bool(url.host) and not url.query_string and not url.fragment
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"{name} is {value!r}; it must be an address such as {default}")
    return url


def _secret(given: Mapping[str, str], name: str, default: str, production: bool) -> str:
    value = given.get(name, default)
    if len(value) < SHORTEST_SECRET:
        raise SettingsError(f"{name} has {len(value)} characters; it must have at least {SHORTEST_SECRET}")
    if production and len(set(value)) < FEWEST_CHARACTERS:
        raise SettingsError(f"{name} can be guessed; make one with: openssl rand -hex 32")
    return value


def number(given: Mapping[str, str], name: str, default: float, low: float, high: float, unit: str) -> float:
    """A setting that is a number within limits. Raises SettingsError, naming it."""
    value = given.get(name)
    if value is None:
        return default
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise SettingsError(f"{name} is {value!r}; it must be a number of {unit} from {low:g} to {high:g}")
    return number
