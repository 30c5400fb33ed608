"""Writing to a conversation in Teams by the Bot Connector.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference, "Send to
Conversation"; what is tried again: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit.
"""

import asyncio
import json
import random
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from yarl import URL

from gateway.channels.teams.access import Access
from gateway.channels.teams.errors import Gone, NotTaken, Unavailable
from gateway.channels.teams.http import Http
from gateway.channels.teams.settings import TeamsSettings

ATTEMPTS = 4
FIRST_PAUSE = 0.5
"""Seconds before the first repeat when Teams does not say; then twice as long, with some jitter."""
LONGEST_PAUSE = 600.0
"""Seconds that are waited at most, whatever Teams says."""
_AGAIN = (408, 412, 429)


@dataclass(frozen=True)
class Address:
    """What is needed to write to a conversation; no person is named in it."""

    service: str
    conversation: str
    bot: str

    def write(self) -> str:
        """For `Conversation.address`."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str | None) -> "Address | None":
        """None for what `write` has not written."""
        try:
            return cls(**json.loads(written or ""))
        except (ValueError, TypeError):
            return None


class Connector:
    """Our token goes to the listed services only."""

    def __init__(self, settings: TeamsSettings, http: Http, access: Access) -> None:
        self._settings = settings
        self._http = http
        self._access = access

    async def send(self, address: Address, activity: dict[str, Any], *, attempts: int = ATTEMPTS) -> None:
        """Write it. Raises Gone, NotTaken and Unavailable.

        The Connector knows no idempotency key: an answer that is lost on its way makes a message come twice.
        """
        url = self._url(address)
        body = {**activity, "from": {"id": address.bot}, "conversation": {"id": address.conversation}}
        pause = FIRST_PAUSE
        for left in reversed(range(attempts)):
            token = await self._access.token()
            status, wait = await self._http.post(url, body, token)
            if 200 <= status < 300:
                return
            if status == 401:
                self._access.forget(token)
            elif status in (403, 404):
                raise Gone(f"Teams: {status}")
            elif status not in _AGAIN and status < 500:
                raise NotTaken(f"Teams: {status}")
            if not left:
                raise Unavailable(f"Teams: {status}")
            if status != 401:
                await asyncio.sleep(_seconds(wait, pause))
                pause *= 2

    def _url(self, address: Address) -> URL:
        service = self._settings.trusted(address.service)
        if service is None:
            raise Gone("the serviceUrl is not listed in TEAMS_SERVICE_URLS")
        place = quote(address.conversation, safe="")
        return URL(f"{str(service).rstrip('/')}/v3/conversations/{place}/activities", encoded=True)


def _seconds(retry_after: str | None, otherwise: float) -> float:
    """How long to wait: Retry-After is a number of seconds or a date (RFC 9110, 10.2.3)."""
    said = (retry_after or "").strip()
    try:
        seconds = float(said) if said.isascii() and said.isdigit() else _until(said)
    except (ValueError, TypeError):
        seconds = otherwise * (1 + random.random() / 5)  # noqa: S311
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def _until(date: str) -> float:
    at = parsedate_to_datetime(date)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()
