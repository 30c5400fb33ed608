"""The shape of the API's answers."""

from typing import Any

from aiohttp import web

from gateway.replies import Message


def messages(shown: list[Message], *, error: str | None = None, status: int = 200) -> web.Response:
    """Messages to show. With `error` nothing was sent on, and the client keeps what the user wrote."""
    body: dict[str, Any] = {"messages": [message.to_json() for message in shown]}
    if error is not None:
        body["error"] = error
    return web.json_response(body, status=status)
