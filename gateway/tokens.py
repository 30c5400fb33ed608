"""Conversations and buttons as signed tokens: the gateway trusts nothing that it did not give out itself."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from gateway.errors import ButtonInvalid, SessionInvalid


@dataclass(frozen=True)
class Session:
    """The right to one conversation, for whoever holds the token."""

    token: str
    conversation: str
    """The conversation's id and Rasa's `sender_id`: cannot be told from the token, nor chosen by a client."""
    expires_at: datetime


@dataclass(frozen=True)
class Pressed:
    """A button that the bot offered."""

    title: str
    payload: str


class Tokens:
    """Gives out conversations and buttons, and takes back only its own.

    Several secrets, newest first: the newest signs, what older ones have signed is still taken. A conversation keeps
    the id that its own secret gave it.
    """

    def __init__(self, secrets: Sequence[str], hours: float) -> None:
        """`hours`: how long a conversation can be continued after its start."""
        self._secrets = list(secrets)
        self._age = timedelta(hours=hours)

    def start(self) -> Session:
        """A new conversation, for a client that keeps the token."""
        return self.resume(str(_signer([self._secrets[0]], "conversation").dumps(secrets.token_urlsafe(24))))

    def resume(self, token: str) -> Session:
        """The conversation that the token was given out for, by `start` or `grant`. Raises SessionInvalid."""
        for secret in self._secrets:
            try:
                key, signed = _signer([secret], "conversation").loads(
                    token, max_age=int(self._age.total_seconds()), return_timestamp=True
                )
            except BadSignature:
                continue
            expires_at = signed + self._age
            if expires_at > datetime.now(UTC):
                return Session(token, _name(secret, "web", str(key)), expires_at)
        return self._granted(token)

    def grant(self, conversation: str, until: datetime) -> Session:
        """Another token for a conversation that has begun, for whoever has shown the right to it; good until then."""
        until = until.replace(microsecond=0)
        signer = _signer(self._secrets[::-1], "grant")
        return Session(str(signer.dumps([conversation, int(until.timestamp())])), conversation, until)

    def outside(self, channel: str, identity: str) -> list[str]:
        """The conversation of someone whom the channel knows by that identity: its id by each secret, newest first."""
        return [_name(secret, channel, identity) for secret in self._secrets]

    def _granted(self, token: str) -> Session:
        try:
            conversation, until = _signer(self._secrets[::-1], "grant").loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise SessionInvalid from error
        expires_at = datetime.fromtimestamp(until, UTC)
        if expires_at <= datetime.now(UTC):
            raise SessionInvalid
        return Session(token, str(conversation), expires_at)

    def sign_button(self, conversation: str, title: str, payload: str) -> str:
        """A token that stands for the button, in this conversation only."""
        return str(_signer(self._secrets[::-1], f"button.{conversation}").dumps([title, payload]))

    def read_button(self, conversation: str, token: str) -> Pressed:
        """The button that the token stands for. Raises ButtonInvalid."""
        signer = _signer(self._secrets[::-1], f"button.{conversation}")
        try:
            title, payload = signer.loads(token, max_age=int(self._age.total_seconds()))
        except (BadSignature, ValueError, TypeError) as error:
            raise ButtonInvalid from error
        return Pressed(str(title), str(payload))


def _signer(secrets: Sequence[str], purpose: str) -> URLSafeTimedSerializer:
    """Signs with the last of the secrets and takes all."""
    return URLSafeTimedSerializer(
        list(secrets), salt=f"supportlotsen.{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _name(secret: str, channel: str, key: str) -> str:
    digest = hmac.new(secret.encode(), f"conversation:{channel}:{key}".encode(), hashlib.sha256).hexdigest()
    return f"{channel}-{digest[:32]}"
