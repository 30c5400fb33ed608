"""Whether a request comes from Teams, is meant for us and may be answered.

The rules: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication, "Step 4:
Verify the JWT token". PyJWT checks signature, algorithm, issuer, audience and times.
"""

from typing import Any

import jwt
from jwt.exceptions import PyJWTError

from gateway.channels.teams.errors import CallerRefused
from gateway.channels.teams.incoming import CHANNEL, Activity
from gateway.channels.teams.keys import ALGORITHM, ISSUER, SigningKey, SigningKeys
from gateway.channels.teams.settings import TeamsSettings

CLOCK_SKEW = 300
"""Seconds that clocks may differ, as the rules have it."""


class Callers:
    """Refuses whatever cannot be shown to come from Teams."""

    def __init__(self, settings: TeamsSettings, keys: SigningKeys) -> None:
        self._settings = settings
        self._keys = keys

    async def check(self, authorization: str, activity: Activity) -> None:
        """Raises CallerRefused, or Unavailable when the keys cannot be had."""
        token = bearer(authorization)
        key = await self._key(token)
        claims = self._claims(token, key)
        if activity.channel != CHANNEL or CHANNEL not in key.endorsements:
            raise CallerRefused(403, "the key does not vouch for the activity's channel")
        if claims["serviceurl"] != activity.service:
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


def bearer(authorization: str) -> str:
    """The token of an Authorization header. Raises CallerRefused."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise CallerRefused(401, "no token")
    return token.strip()
