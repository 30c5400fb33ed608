"""The settings of the telephone queue, read from the environment."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from yarl import URL

from gateway.errors import SettingsError
from gateway.settings import SHORTEST_SECRET, number

NEEDED = ("PHONE_SECRET", "PHONE_PUBLIC_URL")
"""Without these there is no telephone queue."""
SMS_PROVIDERS = ("console", "46elks", "twilio")
TELEPHONE_SYSTEMS = ("generic", "twilio")
ADDRESSES = {"46elks": URL("https://api.46elks.com"), "twilio": URL("https://api.twilio.com")}
"""Where the SMS providers are, if PHONE_SMS_URL does not say so."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class SmsSettings:
    """Who sends our messages."""

    provider: str = "console"
    """PHONE_SMS: "console", "46elks" or "twilio"."""
    url: URL = URL()
    """PHONE_SMS_URL: another address of the provider than its usual one."""
    user: str = field(default="", repr=False)
    """PHONE_SMS_USER: 46elks' API username, Twilio's Account SID."""
    secret: str = field(default="", repr=False)
    """PHONE_SMS_SECRET: 46elks' API password, Twilio's Auth Token."""
    sender: str = ""
    """PHONE_SMS_FROM: a number that can be answered, or a name of at most eleven letters."""
    hook_secret: str = field(default="", repr=False)
    """PHONE_SMS_HOOK_SECRET: the password with which 46elks calls us, which signs nothing."""
    timeout: float = 5.0
    """PHONE_SMS_TIMEOUT: seconds that a caller's telephone system waits for the provider at most."""

    @property
    def answered(self) -> bool:
        """Whether a recipient can answer: a name has no number to answer to."""
        return self.sender.startswith("+")


@dataclass(frozen=True)
class PhoneSettings:
    """Everything but the SMS provider."""

    secret: str = field(repr=False)
    """PHONE_SECRET: what the telephone system signs with."""
    public_url: URL
    """PHONE_PUBLIC_URL: where callers' phones find the gateway."""
    system: str = "generic"
    """PHONE_SYSTEM: in whose words the telephone system speaks."""
    countries: frozenset[int] = frozenset({46})
    """PHONE_SMS_COUNTRIES: to mobile numbers of which countries messages are sent."""
    link_for: timedelta = timedelta(minutes=30)
    """PHONE_LINK_MINUTES: how long a link can be opened."""
    keep_for: timedelta = timedelta(hours=12)
    """PHONE_KEEP_HOURS: after which a call and its number are forgotten."""
    queue_url: URL | None = None
    """PHONE_QUEUE_URL: where the telephone system is told what the caller wants with its place in the queue."""
    sms: SmsSettings = field(default_factory=SmsSettings)


def read_settings(environment: Mapping[str, str]) -> PhoneSettings:
    """The settings. Raises SettingsError, naming the variable; a secret's value is not repeated."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    production = given.get("SUPPORTLOTSEN_ENV") == "production"
    public_url = _address(given, "PHONE_PUBLIC_URL", production)
    if public_url.path != "/":
        raise SettingsError("PHONE_PUBLIC_URL must end after the host, as https://chatt.example.se does")
    return PhoneSettings(
        secret=_secret(given, "PHONE_SECRET"),
        public_url=public_url,
        system=_one_of(given, "PHONE_SYSTEM", TELEPHONE_SYSTEMS),
        countries=_countries(given),
        link_for=timedelta(minutes=number(given, "PHONE_LINK_MINUTES", 30, 1, 24 * 60, "minutes")),
        keep_for=timedelta(hours=number(given, "PHONE_KEEP_HOURS", 12, 1, 24 * 30, "hours")),
        queue_url=_address(given, "PHONE_QUEUE_URL", production) if "PHONE_QUEUE_URL" in given else None,
        sms=_sms(given, production),
    )


def _sms(given: Mapping[str, str], production: bool) -> SmsSettings:
    provider = _one_of(given, "PHONE_SMS", SMS_PROVIDERS)
    if provider == "console":
        if production:
            raise SettingsError("PHONE_SMS is console, which sends nothing; in production it must be a provider")
        return SmsSettings()
    for name in ("PHONE_SMS_USER", "PHONE_SMS_SECRET", "PHONE_SMS_FROM"):
        if name not in given:
            raise SettingsError(f"{name} is missing; PHONE_SMS={provider} needs it")
    sender = given["PHONE_SMS_FROM"]
    digits = sender.removeprefix("+")
    if not (
        (sender.startswith("+") and digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 15)
        or (sender.isascii() and sender.isalnum() and not sender.isdigit() and len(sender) <= 11)
    ):
        raise SettingsError("PHONE_SMS_FROM must be a number such as +46766861004, or at most 11 letters and digits")
    return SmsSettings(
        provider=provider,
        url=_address(given, "PHONE_SMS_URL", production) if "PHONE_SMS_URL" in given else ADDRESSES[provider],
        user=given["PHONE_SMS_USER"],
        secret=given["PHONE_SMS_SECRET"],
        sender=sender,
        hook_secret=_secret(given, "PHONE_SMS_HOOK_SECRET") if provider == "46elks" else "",
        timeout=number(given, "PHONE_SMS_TIMEOUT", 5, 0.5, 30, "seconds"),
    )


def _one_of(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = given.get(name, allowed[0])
    if value not in allowed:
        raise SettingsError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")
    return value


def _secret(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    if len(value) < SHORTEST_SECRET:
        raise SettingsError(f"{name} has {len(value)} characters; it must have at least {SHORTEST_SECRET}")
    return value


def _address(given: Mapping[str, str], name: str, production: bool) -> URL:
    """An address without user, query or fragment: https, or http on this machine alone."""
    try:
        url = URL(given.get(name, ""))
        usable = bool(url.host) and not (url.query_string or url.fragment or url.user)
    except ValueError:
        usable = False
    if not usable or url.scheme not in ("https", "http"):
        raise SettingsError(f"{name} must be an address such as https://chatt.example.se, without user or query")
    if url.scheme == "http" and (production or url.host not in _LOOPBACK):
        raise SettingsError(f"{name} must begin with https://")
    return url


def _countries(given: Mapping[str, str]) -> frozenset[int]:
    value = given.get("PHONE_SMS_COUNTRIES", "46")
    codes = value.replace(",", " ").replace("+", "").split()
    if not codes or not all(code.isascii() and code.isdigit() and 1 <= int(code) <= 999 for code in codes):
        raise SettingsError(f'PHONE_SMS_COUNTRIES is {value!r}; it must be country codes such as "46 47 45"')
    return frozenset(int(code) for code in codes)


def minutes(seconds: float) -> int:
    """Whole minutes, rounded up, at least one."""
    return max(1, math.ceil(seconds / 60))
