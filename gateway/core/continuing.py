"""Codes by which a conversation is continued on another device: in the browser after the phone, say."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from gateway.errors import CodeInvalid, LogUnavailable
from gateway.tokens import Session, Tokens
from records.continuations import Continuations, Continued
from records.errors import RecordsUnavailable

GOOD_FOR = timedelta(minutes=10)
DIGITS = 10
"""33 bits, against guesses at the rate that the API allows; digits can be read aloud and typed on a phone."""
_GROUPS = (3, 3, 2, 2)


@dataclass(frozen=True)
class Code:
    """A code as people get it."""

    shown: str
    """In groups: "481 205 93 76"."""
    expires_at: datetime


class Continuing:
    """Makes codes and takes them back. Every method raises LogUnavailable when the records cannot be used."""

    def __init__(self, continuations: Continuations, tokens: Tokens, secrets: Sequence[str]) -> None:
        """`secrets`: the gateway's, newest first."""
        self._continuations = continuations
        self._tokens = tokens
        self._secrets = list(secrets)

    async def code(self, session: Session, good_for: timedelta = GOOD_FOR) -> Code:
        """A new code for the conversation; the one before is of no use any more."""
        expires = min(datetime.now(UTC) + good_for, session.expires_at)
        try:
            while True:
                code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
                try:
                    continued = Continued(session.conversation, session.expires_at)
                    await self._continuations.add(self._digests(code)[0], continued, expires)
                except IntegrityError:  # drawn before
                    continue
                return Code(_grouped(code), expires)
        except RecordsUnavailable as error:
            raise LogUnavailable from error

    async def take(self, code: str) -> Session:
        """The conversation that the code stands for; it stands for none after that. Raises CodeInvalid."""
        digits = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
        if len(digits) != DIGITS:
            raise CodeInvalid
        try:
            continued = await self._continuations.take(self._digests(digits), datetime.now(UTC))
        except RecordsUnavailable as error:
            raise LogUnavailable from error
        if continued is None or continued.until <= datetime.now(UTC):
            raise CodeInvalid
        return self._tokens.grant(continued.conversation, continued.until)

    def _digests(self, code: str) -> list[str]:
        said = f"continuation:{code}".encode()
        return [hmac.new(secret.encode(), said, hashlib.sha256).hexdigest() for secret in self._secrets]


def _grouped(code: str) -> str:
    start, groups = 0, []
    for length in _GROUPS:
        groups.append(code[start : start + length])
        start += length
    return " ".join(groups)
