"""Signatures on requests, by the Standard Webhooks specification 1.0.0.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the headers webhook-id,
webhook-timestamp (seconds) and webhook-signature ("v1,<base64>", several with blanks between), HMAC-SHA256 over
"id.timestamp.body". A secret "whsec_<base64>" stands for the bytes, any other for its own letters.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping

from gateway.errors import SettingsError

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = 300
"""Seconds that a request's clock may differ from ours, either way."""
_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def key_of(secret: str) -> bytes:
    """The key that the secret stands for. Raises SettingsError."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SettingsError("PHONE_SECRET begins with whsec_, but what follows is no base64") from error


def sign(key: bytes, body: bytes, id_: str | None = None, at: int | None = None) -> dict[str, str]:
    """The headers of a request that we send."""
    id_, at = id_ or f"msg_{secrets.token_urlsafe(16)}", int(time.time()) if at is None else at
    return {ID: id_, TIMESTAMP: str(at), SIGNATURE: f"v1,{_signature(key, id_, str(at), body)}"}


def signed_id(key: bytes, headers: Mapping[str, str], body: bytes, now: float | None = None) -> str | None:
    """The id of a request whose signature holds and is fresh; None for any other."""
    id_, at = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not _ID.fullmatch(id_) or not (at.isascii() and at.isdigit() and len(at) <= 12):
        return None
    if abs((time.time() if now is None else now) - int(at)) > TOLERANCE:
        return None
    expected = _signature(key, id_, at, body).encode()
    given = [each.partition(",") for each in headers.get(SIGNATURE, "").split()]
    holds = any(
        version == "v1" and hmac.compare_digest(expected, value.encode("utf-8", "replace"))
        for version, _, value in given
    )
    return id_ if holds else None


def _signature(key: bytes, id_: str, at: str, body: bytes) -> str:
    said = f"{id_}.{at}.".encode() + body
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
