"""The keys that the Bot Connector signs its requests with, fetched when they are needed.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication, "Step 2: Get the
OpenID metadata document" and "Step 3: Get the list of valid signing keys".
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jwt import PyJWK
from jwt.exceptions import PyJWTError
from yarl import URL

from gateway.channels.teams.errors import Unavailable
from gateway.channels.teams.http import Http

ISSUER = "https://api.botframework.com"
ALGORITHM = "RS256"

RENEWED_AFTER = 12 * 3600.0
"""Seconds after which the keys are fetched anew, if that is possible."""
USED_FOR = 24 * 3600.0
"""Seconds after which keys are not believed any more."""
LOOKED_AGAIN = 300.0
"""Seconds between two looks for a key that is not known: whoever calls us can make up key ids."""
AFTER_FAILURE = 5.0
"""Seconds for which a failed fetch is not repeated."""


@dataclass(frozen=True)
class SigningKey:
    """A key, and the channels whose activities it may sign."""

    key: PyJWK
    endorsements: frozenset[str]


class SigningKeys:
    """Fetched by one request at a time, whatever number waits."""

    def __init__(self, openid: URL, http: Http, clock: Callable[[], float] = time.monotonic) -> None:
        self._openid = openid
        self._http = http
        self._clock = clock
        self._keys: dict[str, SigningKey] = {}
        self._fetched = float("-inf")
        self._failed = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, name: str) -> SigningKey | None:
        """The key of that id (`kid`); None if Microsoft has none. Raises Unavailable."""
        if not self._due(name):
            return self._keys.get(name)
        async with self._lock:
            if self._due(name):
                await self._renew()
        return self._keys.get(name)

    async def fetch(self) -> int:
        """Fetch all keys now; their number. Raises Unavailable."""
        described = await self._http.get(self._openid)
        if described.get("issuer") != ISSUER or not isinstance(described.get("jwks_uri"), str):
            raise Unavailable(f"{self._openid.host}: not the Bot Framework's description")
        try:
            address = URL(described["jwks_uri"])
        except ValueError as error:
            raise Unavailable(f"{self._openid.host}: no address of keys") from error
        listed = (await self._http.get(address)).get("keys")
        keys = dict(_read(each) for each in listed if _usable(each)) if isinstance(listed, list) else {}
        if not keys:
            raise Unavailable(f"{address.host}: no usable key")
        self._keys, self._fetched = keys, self._clock()
        return len(keys)

    def _due(self, name: str) -> bool:
        age = self._clock() - self._fetched
        return age >= (RENEWED_AFTER if name in self._keys else LOOKED_AGAIN)

    async def _renew(self) -> None:
        now = self._clock()
        old = now - self._fetched < USED_FOR
        if now - self._failed < AFTER_FAILURE:
            if old:
                return
            raise Unavailable("the keys could not be fetched a moment ago")
        try:
            await self.fetch()
        except Unavailable:
            self._failed = self._clock()
            if not old:
                raise


def _usable(listed: Any) -> bool:
    try:
        _read(listed)
    except (PyJWTError, KeyError, TypeError, ValueError):
        return False
    return True


def _read(listed: Any) -> tuple[str, SigningKey]:
    if listed["kty"] != "RSA" or not isinstance(listed["kid"], str):
        raise ValueError("not a key that is used here")
    return listed["kid"], SigningKey(PyJWK(listed, ALGORITHM), frozenset(listed.get("endorsements") or ()))
