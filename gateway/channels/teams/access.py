"""Our own token for the Bot Connector.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication, "Step 1: Request an
access token".
"""

import asyncio
import time
from collections.abc import Callable

from gateway.channels.teams.errors import Unavailable
from gateway.channels.teams.http import Http
from gateway.channels.teams.settings import TeamsSettings

SCOPE = "https://api.botframework.com/.default"
EARLY = 300.0
"""Seconds before its end at which a token is replaced."""
AFTER_FAILURE = 5.0
"""Seconds for which a failed request is not repeated: many conversations may wait for the same token."""


class Access:
    """One token, fetched by one request at a time and kept until shortly before its end."""

    def __init__(self, settings: TeamsSettings, http: Http, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._token = ""
        self._ends = float("-inf")
        self._failed = float("-inf")
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """A token that is valid for a while. Raises Unavailable."""
        async with self._lock:
            if self._clock() >= self._ends:
                if self._clock() - self._failed < AFTER_FAILURE:
                    raise Unavailable("no token could be had a moment ago")
                try:
                    await self._fetch()
                except Unavailable:
                    self._failed = self._clock()
                    raise
            return self._token

    def forget(self, token: str) -> None:
        """The Connector does not take this one."""
        if token == self._token:
            self._ends = float("-inf")

    async def _fetch(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.app_id,
            "client_secret": self._settings.secret,
            "scope": SCOPE,
        }
        url = self._settings.token_url
        status, answer = await self._http.post_form(url, form)
        token, lasts = answer.get("access_token"), answer.get("expires_in")
        if status != 200 or not isinstance(token, str) or not isinstance(lasts, int | float):
            code = answer.get("error")  # such as "invalid_client"; the description would hold ids
            raise Unavailable(f"{url.host}: {status} {code if isinstance(code, str) else ''}".strip())
        self._token, self._ends = token, self._clock() + max(lasts - EARLY, lasts / 2)
