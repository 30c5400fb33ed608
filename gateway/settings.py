"""The gateway's settings, read from the environment when it starts."""

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from yarl import URL

from gateway.errors import SettingsError

LOCAL_RASA = URL("http://127.0.0.1:5005")
SHORTEST_SECRET = 32
"""Characters; a hexadecimal key of 128 bits."""


@dataclass(frozen=True)
class Settings:
    """Every setting has a default that works on a developer's machine."""

    host: str = "127.0.0.1"
    """GATEWAY_HOST: the address to listen on."""
    port: int = 8080
    """GATEWAY_PORT: the port to listen on; 0 takes a free one."""
    rasa_url: URL = LOCAL_RASA
    """RASA_URL: where Rasa's REST channel is."""
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    """GATEWAY_SECRET: signs conversations and buttons. Unset: a new one at each start, which ends all conversations."""
    rasa_timeout: float = 8.0
    """GATEWAY_RASA_TIMEOUT: seconds to wait for an answer before the user gets the contacts instead."""
    session_hours: float = 12.0
    """GATEWAY_SESSION_HOURS: how long a conversation can be continued after its start."""


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings; a variable that is unset or empty gets its default.

    Raises SettingsError, naming the variable, for a value that cannot be used.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    defaults = Settings()
    return Settings(
        host=given.get("GATEWAY_HOST", defaults.host),
        port=_port(given, "GATEWAY_PORT", defaults.port),
        rasa_url=_url(given, "RASA_URL", defaults.rasa_url),
        secret=_secret(given, "GATEWAY_SECRET", defaults.secret),
        rasa_timeout=_number(given, "GATEWAY_RASA_TIMEOUT", defaults.rasa_timeout, 0.1, 120, "seconds"),
        session_hours=_number(given, "GATEWAY_SESSION_HOURS", defaults.session_hours, 0.1, 720, "hours"),
    )


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


def _secret(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(name, default)
    if len(value) < SHORTEST_SECRET:
        raise SettingsError(f"{name} has {len(value)} characters; it must have at least {SHORTEST_SECRET}")
    return value


def _number(given: Mapping[str, str], name: str, default: float, low: float, high: float, unit: str) -> float:
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
