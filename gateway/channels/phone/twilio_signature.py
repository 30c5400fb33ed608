"""Twilio's signature on what it sends.

https://www.twilio.com/docs/usage/security#validating-requests: HMAC-SHA1 under the account's Auth Token, over the whole
address and every field of the form in the order of their names. It has no time in it, so that a request must be
recognised by its ids when it comes again.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from aiohttp import web
from yarl import URL

HEADER = "X-Twilio-Signature"


def signature(token: str, address: str, fields: Iterable[tuple[str, str]]) -> str:
    """What stands in `HEADER`."""
    said = address + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def address_of(public_url: URL, request: web.Request) -> str:
    """The address that Twilio called, letter by letter; proxies between may have called us by another host."""
    return f"{public_url.origin()}{request.raw_path}"


def is_signed(token: str, address: str, fields: Iterable[tuple[str, str]], given: str) -> bool:
    """Whether the signature holds."""
    return hmac.compare_digest(signature(token, address, fields).encode(), given.encode("utf-8", "replace"))
