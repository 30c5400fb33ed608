"""Telling the telephone system what a caller wants with the place in the queue."""

import asyncio
import json
import logging
from datetime import UTC, datetime
from typing import Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from gateway.channels.phone.signing import key_of, sign
from gateway.errors import QueueUnreachable

KEEP_PLACE = "keep_place"
_TIMEOUT = ClientTimeout(total=5)

log = logging.getLogger(__name__)


class QueueControl(Protocol):
    """What a caller can have done with the place in the queue."""

    async def keep(self, call: str, key: str) -> None:
        """Keep the place of the call, also when the caller hangs up. The same key is the same wish.

        Raises QueueUnreachable.
        """


class SignedQueueControl:
    """A POST of JSON, signed as `signing` says: docs/kanaler-telefon.md has the form."""

    def __init__(self, url: URL, secret: str) -> None:
        self._url = url
        self._key = key_of(secret)

    async def keep(self, call: str, key: str) -> None:
        """See QueueControl."""
        told = {"action": KEEP_PLACE, "call": call, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        body = json.dumps(told).encode()
        headers = {"Content-Type": "application/json", **sign(self._key, body, id_=key)}
        try:
            async with (
                ClientSession(timeout=_TIMEOUT) as http,
                http.post(self._url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                status = response.status
        except (ClientError, TimeoutError, OSError) as error:
            log.error("the telephone system cannot be told of a place: %s", type(error).__name__)
            raise QueueUnreachable from error
        if not 200 <= status < 300:
            log.error("the telephone system answered %d about a place", status)
            raise QueueUnreachable

    async def check(self) -> str | None:
        """Why nobody can be reached there; None when somebody listens. Nothing is asked for."""
        try:
            async with asyncio.timeout(_TIMEOUT.total):
                _, writer = await asyncio.open_connection(self._url.host, self._url.port)
        except (OSError, TimeoutError) as error:
            return type(error).__name__
        writer.close()
        await writer.wait_closed()
        return None
