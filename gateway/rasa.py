"""The way to Rasa's REST channel."""

import json
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from gateway.errors import RasaSlow, RasaUnavailable

LARGEST_ANSWER = 1_000_000
"""Bytes; more than any turn of the bot can hold."""
CORRELATION_HEADER = "X-Correlation-ID"
PROBE_TIMEOUT = ClientTimeout(total=2.0)


class Rasa:
    """Sends messages to one Rasa server."""

    http: ClientSession
    """To be set before the first message; its owner closes it."""

    def __init__(self, url: URL, timeout: float) -> None:
        """`timeout`: seconds that a whole turn may take."""
        self._url = url
        self._timeout = ClientTimeout(total=timeout)

    async def send(self, sender: str, text: str, metadata: dict[str, str], correlation: str) -> list[dict[str, Any]]:
        """The items of the bot's turn, at least one. `correlation` names the turn in everybody's logs.

        Raises RasaSlow when the time is up and RasaUnavailable for every other answer that is none: Rasa says
        200 and `[]` when an action or its store failed.
        """
        message = {"sender": sender, "message": text, "metadata": metadata}
        try:
            async with self.http.post(
                self._url / "webhooks/rest/webhook",
                json=message,
                headers={CORRELATION_HEADER: correlation},
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    raise RasaUnavailable(f"status {response.status}")
                body = bytearray()
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > LARGEST_ANSWER:
                        raise RasaUnavailable(f"an answer of more than {LARGEST_ANSWER} bytes")
        except TimeoutError as error:
            raise RasaSlow(f"no answer within {self._timeout.total:g} s") from error
        except (ClientError, OSError) as error:
            raise RasaUnavailable(type(error).__name__) from error
        return _items(bytes(body))

    async def ready(self) -> bool:
        """Whether Rasa takes messages; it listens only once its model is loaded."""
        try:
            async with self.http.get(self._url / "webhooks/rest/", timeout=PROBE_TIMEOUT) as response:
                return response.status == 200
        except (TimeoutError, ClientError, OSError):
            return False


def _items(body: bytes) -> list[dict[str, Any]]:
    try:
        # NaN and Infinity are no JSON; a browser would refuse the whole reply.
        answer = json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise RasaUnavailable("an answer that is not JSON") from error
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        raise RasaUnavailable("an answer that is not a list of objects")
    if not answer:
        raise RasaUnavailable("an empty turn")
    return answer
