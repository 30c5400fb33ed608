"""Conversations and buttons as signed tokens: the gateway trusts nothing that it did not give out itself."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

from gateway.errors import ButtonInvalid, SessionInvalid


@dataclass(frozen=True)
class Session:
    """One conversation with one browser tab."""

    token: str
    """What the client shows to continue the conversation."""
    sender: str
    """Rasa's `sender_id`: cannot be guessed from the token, nor chosen by a client."""


class Sessions:
    """Gives out conversations and button payloads, and takes back only its own."""

    def __init__(self, secret: str, hours: float) -> None:
        self._secret = secret
        self._max_age = int(hours * 3600)

    def start(self) -> Session:
        """A new conversation."""
        key = secrets.token_urlsafe(24)
        token = self._signer("conversation").dumps(key)
        return Session(token, self._sender(key))

    def resume(self, token: str) -> Session:
        """The conversation that the token was given out for. Raises SessionInvalid."""
        try:
            key = self._signer("conversation").loads(token, max_age=self._max_age)
        except BadSignature as error:
            raise SessionInvalid from error
        return Session(token, self._sender(str(key)))

    def sign_button(self, session: Session, payload: str) -> str:
        """A token that stands for the payload, in this conversation only."""
        return str(self._signer(f"button.{session.sender}").dumps(payload))

    def read_button(self, session: Session, token: str) -> str:
        """The payload that the token stands for. Raises ButtonInvalid."""
        try:
            return str(self._signer(f"button.{session.sender}").loads(token, max_age=self._max_age))
        except BadSignature as error:
            raise ButtonInvalid from error

    def _signer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._secret, salt=f"supportlotsen.{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def _sender(self, key: str) -> str:
        digest = hmac.new(self._secret.encode(), f"sender:{key}".encode(), hashlib.sha256).hexdigest()
        return f"web-{digest[:32]}"
