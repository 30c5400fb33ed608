"""Telephone numbers: who can get an SMS, and how a number is kept so that nobody can read it."""

import base64
import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import phonenumbers
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from phonenumbers import PhoneNumberFormat, PhoneNumberType

HOME = "SE"
MOBILE, LANDLINE, FOREIGN, HIDDEN = "mobile", "landline", "foreign", "hidden"
"""Kinds of caller: reached by SMS; not reached by SMS; of a country to which no SMS are sent; unknown."""
_TEXTED = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


@dataclass(frozen=True)
class Caller:
    """A caller's number as far as it is known."""

    kind: str
    number: str | None = None
    """In E.164 ("+46701234567"); None for a hidden one."""


def caller(number: str | None, countries: Collection[int]) -> Caller:
    """What the telephone system says of the caller: a number in any usual form, or a word such as "anonymous".

    `countries`: to whose mobile numbers SMS are sent. Nothing is looked up on the network: a number that was moved
    between landline and mobile is taken for what its series says.
    """
    try:
        parsed = phonenumbers.parse((number or "").strip(), HOME)
    except phonenumbers.NumberParseException:
        return Caller(HIDDEN)
    if not phonenumbers.is_valid_number(parsed):
        return Caller(HIDDEN)
    written = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if parsed.country_code not in countries:
        return Caller(FOREIGN, written)
    return Caller(MOBILE if phonenumbers.number_type(parsed) in _TEXTED else LANDLINE, written)


@dataclass(frozen=True)
class Dialled:
    """A number that can be called."""

    href: str
    """The address of a link that calls it (RFC 3966)."""
    shown: str


def dialled(number: str) -> Dialled | None:
    """The number in any usual form; None for none."""
    try:
        parsed = phonenumbers.parse(number, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    home = parsed.country_code == phonenumbers.country_code_for_region(HOME)
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    href = phonenumbers.format_number(parsed, PhoneNumberFormat.RFC3966)
    return Dialled(href, phonenumbers.format_number(parsed, form))


def ending(number: str) -> str:
    """The last two digits, by which someone recognises their own number and nobody else's is told."""
    return number[-2:]


class Numbers:
    """Seals numbers and makes digests of them, by the gateway's secrets, newest first."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = list(secrets)
        self._box = MultiFernet([Fernet(_key(secret)) for secret in secrets])

    def seal(self, number: str) -> str:
        """The number, so that only we can read it."""
        return self._box.encrypt(number.encode()).decode()

    def open(self, sealed: str | None) -> str | None:
        """What was sealed; None when it was sealed by a secret that we have no more."""
        try:
            return None if sealed is None else self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def digests(self, number: str) -> list[str]:
        """By which the number is found again: one by each secret, newest first."""
        return [self.digest(number, secret) for secret in self._secrets]

    def digest(self, said: str, secret: str | None = None) -> str:
        """A keyed digest of anything that is not to be kept itself."""
        key = (secret or self._secrets[0]).encode()
        return hmac.new(key, f"phone:{said}".encode(), hashlib.sha256).hexdigest()


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.new(secret.encode(), b"phone: sealed numbers", hashlib.sha256).digest())
