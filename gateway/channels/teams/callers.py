"""Whether a request comes from Teams, is meant for us and may be answered.

The rules: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication, "Step 4:
Verify the JWT token". PyJWT checks signature, algorithm, issuer, audience and times.
"""

from dataclasses import dataclass
from typing import Any

import jwt
from jwt.exceptions import PyJWTError

from gateway.channels.teams.errors import CallerRefused
from gateway.channels.teams.incoming import CHANNEL, Activity
from gateway.channels.teams.keys import ALGORITHM, ISSUER, SigningKey, SigningKeys
from gateway.channels.teams.settings import TeamsSettings

CLOCK_SKEW = 300
"""Seconds that clocks may differ, as the rules have it."""


@dataclass(frozen=True)
class Caller:
    """Somebody with a valid token."""

    service: str
    endorsements: frozenset[str]


class Callers:
    """Refuses whatever cannot be shown to come from Teams."""

    def __init__(self, settings: TeamsSettings, keys: SigningKeys) -> None:
        self._settings = settings
        self._keys = keys

    async def identify(self, authorization: str) -> Caller:
        """Raises CallerRefused, or Unavailable when the keys cannot be had."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise CallerRefused(401, "no token")
        key = await self._key(token.strip())
        return Caller(self._claims(token.strip(), key)["serviceurl"], key.endorsements)

    def check(self, caller: Caller, activity: Activity) -> None:
        """Whether the caller may send us this. Raises CallerRefused."""
        if activity.channel != CHANNEL or CHANNEL not in caller.endorsements:
            raise CallerRefused(403, "the key does not vouch for the activity's channel")
        if caller.service != activity.service:
            raise CallerRefused(403, "the token is for another serviceUrl")
        if self._settings.trusted(activity.service) is None:
            raise CallerRefused(403, "the serviceUrl is not listed in TEAMS_SERVICE_URLS")
        if not self._settings.admits(activity.tenant):
            raise CallerRefused(403, "the tenant is not listed in TEAMS_TENANTS")

    async def _key(self, token: str) -> SigningKey:
        try:
            header = jwt.get_unverified_header(token)
        except PyJWTError as error:
            raise CallerRefused(401, type(error).__name__) from error
        name = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(name, str):
            raise CallerRefused(401, "not a token of the Bot Framework's")
        key = await self._keys.find(name)
        if key is None:
            raise CallerRefused(401, "signed by an unknown key")
        return key

    def _claims(self, token: str, key: SigningKey) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=[ALGORITHM],
                audience=self._settings.app_id,
                issuer=ISSUER,
                leeway=CLOCK_SKEW,
                options={"require": ["exp", "nbf", "iss", "aud", "serviceurl"], "strict_aud": True},
            )
        except PyJWTError as error:
            raise CallerRefused(401, type(error).__name__) from error
