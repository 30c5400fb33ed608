"""Which desk each region has, from the environment: DESK_<REGION> and what belongs to it."""

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yarl import URL

from desks.errors import SettingsError

DEFAULT_TIMEOUT = 10.0
OPTIONS = ("URL", "USER", "SECRET", "QUEUE", "TIMEOUT", "FIELDS")
_NEEDED = {
    "database": (),
    "servicenow": ("URL", "USER", "SECRET"),
    "easit": ("URL", "SECRET"),
    "request_tracker": ("URL", "SECRET", "QUEUE"),
    "django_helpdesk": ("URL", "USER", "SECRET", "QUEUE"),
}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """One region's desk."""

    kind: str
    url: URL = URL()
    user: str = ""
    secret: str = field(default="", repr=False)
    queue: str = ""
    timeout: float = DEFAULT_TIMEOUT
    """Seconds for one request."""
    fields: Path | None = None
    """Easit GO: a file of its own in the form of easit.yml."""


def read_settings(environment: Mapping[str, str], regions: Iterable[str]) -> dict[str, DeskSettings]:
    """Region code -> its desk; the database where nothing is set. Raises SettingsError naming the variable."""
    read = region_variables(environment, "DESK", regions)
    return {region: _settings(prefix, dict(own)) for region, (prefix, own) in read.items()}


def region_variables(
    environment: Mapping[str, str], word: str, regions: Iterable[str]
) -> dict[str, tuple[str, dict[str, str]]]:
    """Region code -> "WORD_REGION", and what is set of it: option -> value, with "" for the variable itself.

    Raises SettingsError for a variable that belongs to no region.
    """
    given = {name: value.strip() for name, value in environment.items() if name.startswith(f"{word}_")}
    given = {name: value for name, value in given.items() if value}
    read: dict[str, tuple[str, dict[str, str]]] = {}
    for region in sorted(regions, key=len, reverse=True):
        prefix = f"{word}_{variable_name(region)}"
        own = [name for name in given if name == prefix or name.startswith(f"{prefix}_")]
        read[region] = prefix, {name.removeprefix(prefix).removeprefix("_"): given.pop(name) for name in own}
    if given:
        known = ", ".join(sorted(prefix for prefix, _ in read.values()))
        raise SettingsError(f"{min(given)} belongs to no region; the desks are set by {known}")
    return read


def variable_name(region: str) -> str:
    """A region's code as it stands in variables: "Östergötland" -> "OSTERGOTLAND"."""
    plain = unicodedata.normalize("NFKD", region).encode("ascii", "ignore").decode().upper()
    return "".join(letter if letter.isalnum() else "_" for letter in plain)


def _settings(prefix: str, options: dict[str, str]) -> DeskSettings:
    kind = kind_of(prefix, options, "database", _NEEDED, OPTIONS, "ticket system")
    if kind == "django_helpdesk" and not options["QUEUE"].isdigit():
        raise SettingsError(f"{prefix}_QUEUE is {options['QUEUE']!r}; django-helpdesk needs the queue's id, a number")
    return DeskSettings(
        kind=kind,
        url=address_of(f"{prefix}_URL", options["URL"]) if "URL" in options else URL(),
        user=options.get("USER", ""),
        secret=options.get("SECRET", ""),
        queue=options.get("QUEUE", ""),
        timeout=seconds_of(f"{prefix}_TIMEOUT", options.get("TIMEOUT", str(DEFAULT_TIMEOUT))),
        fields=_file(f"{prefix}_FIELDS", options["FIELDS"]) if "FIELDS" in options else None,
    )


def kind_of(
    prefix: str,
    given: dict[str, str],
    default: str,
    needed: Mapping[str, tuple[str, ...]],
    options: tuple[str, ...],
    system: str,
) -> str:
    """The kind that a region's variable names, taken out of what is given; the rest has been held against its needs.

    `needed`: every kind and the options that it cannot do without. Raises SettingsError, naming the variable.
    """
    kind = given.pop("", default).casefold()
    if kind not in needed:
        raise SettingsError(f"{prefix} is {kind!r}; it must be one of {', '.join(needed)}")
    for option in given:
        if option not in options:
            allowed = ", ".join(f"{prefix}_{each}" for each in options)
            raise SettingsError(f"{prefix}_{option} is no setting; there are {allowed}")
    for option in needed[kind]:
        if option not in given:
            raise SettingsError(f"{prefix}_{option} is missing; {prefix}={kind} needs it")
    if given and kind == default:
        raise SettingsError(f"{prefix}_{min(given)} is set, but not {prefix}: which {system} is it for?")
    return kind


def address_of(name: str, value: str) -> URL:
    """An address that a secret may be sent to: https, or http on this machine alone. Raises SettingsError."""
    try:
        url = URL(value)
        usable = bool(url.host) and not (url.query_string or url.fragment or url.user)
    except ValueError:
        usable = False
    if not usable or url.scheme not in ("https", "http"):
        raise SettingsError(f"{name} must be an address such as https://desk.example.se, without user or query")
    if url.scheme == "http" and url.host not in _LOOPBACK:
        raise SettingsError(f"{name} is http to {url.host}; the credentials may only travel by https")
    return url


def seconds_of(name: str, value: str) -> float:
    """How long to wait for a desk. Raises SettingsError."""
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0.5 <= seconds <= 60:
        raise SettingsError(f"{name} is {value!r}; it must be a number of seconds from 0.5 to 60")
    return seconds


def _file(name: str, value: str) -> Path:
    path = Path(value)
    if not path.is_file():
        raise SettingsError(f"{name} is {value!r}; there is no such file")
    return path
