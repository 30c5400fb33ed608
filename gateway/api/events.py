"""What happens in a conversation, as a stream (SSE) or, where streams are cut, by long polling."""

import asyncio
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import hdrs, web

from gateway.api.conversations import WEB
from gateway.api.requests import session
from gateway.core.reader import Reader
from gateway.errors import TooManyStreams
from gateway.keys import CONVERSATIONS, METRICS, STREAMS
from gateway.tokens import Session
from records.event_log import Conversation, Event

EVENT_STREAM = "text/event-stream"
HEARTBEAT = 15.0
"""Seconds between two signs of life."""
LOOK = 2.0
"""Seconds between two looks at whether the reader is still there."""
LONGEST_WAIT = 25.0
"""Seconds that a poll may wait."""
WRITING = 10.0
"""Seconds in which a reader must have taken what was written to it."""
TABS = 20
"""Readers that one conversation may have at once."""

routes = web.RouteTableDef()


@routes.get("/api/v1/events")
async def events(request: web.Request) -> web.StreamResponse:
    """The events after the last one that the client has."""
    begun = session(request)
    conversations, streams = request.app[CONVERSATIONS], request.app[STREAMS]
    if streams.full or conversations.watched(begun.conversation) >= TABS:
        refusal = TooManyStreams()
        refusal.retry_after = 5
        raise refusal
    streams.open += 1
    request.app[METRICS].streams.set(streams.open)
    try:
        with Reader(conversations, begun.conversation) as reader:
            state = await conversations.open(begun.conversation, WEB)
            if EVENT_STREAM in request.headers.get(hdrs.ACCEPT, ""):
                return await _stream(request, begun, state, reader)
            return await _poll(request, state, reader)
    finally:
        streams.open -= 1
        request.app[METRICS].streams.set(streams.open)


async def _stream(request: web.Request, begun: Session, state: Conversation, reader: Reader) -> web.StreamResponse:
    found, reset = await reader.begin(state, request.headers.get("Last-Event-ID", ""))
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: EVENT_STREAM, "X-Accel-Buffering": "no"})
    await response.prepare(request)
    lines = [_hello(state, reset), *(_line(event) for event in found)]
    alive = asyncio.get_running_loop().time() + HEARTBEAT
    try:
        while True:
            if lines:
                async with asyncio.timeout(WRITING):
                    await response.write("".join(lines).encode())
                alive = asyncio.get_running_loop().time() + HEARTBEAT
            left = (begun.expires_at - datetime.now(UTC)).total_seconds()
            if reader.ended or left <= 0:
                break
            news = await reader.next(min(LOOK, HEARTBEAT, left))
            lines = [_line(each) for each in news]
            if not _is_there(request):
                return response
            if not lines and asyncio.get_running_loop().time() >= alive:
                lines = [": alive\n\n"]
    except (ConnectionError, TimeoutError):
        return response  # the reader has gone, or takes nothing any more
    await response.write_eof()
    return response


async def _poll(request: web.Request, state: Conversation, reader: Reader) -> web.Response:
    found, reset = await reader.begin(state, request.query.get("after", ""))
    end = asyncio.get_running_loop().time() + _wait(request)
    while not found and not reset and not reader.ended and _is_there(request):
        left = end - asyncio.get_running_loop().time()
        if left <= 0:
            break
        found = [each for each in await reader.next(min(LOOK, left)) if isinstance(each, Event)]
    told = [event.to_json() for event in found]
    body = {"epoch": state.epoch, "status": reader.status, "events": told, "reset": reset}
    return web.json_response(body)


def _is_there(request: web.Request) -> bool:
    """Whether the client still wants an answer."""
    return request.transport is not None and not request.transport.is_closing()


def _wait(request: web.Request) -> float:
    try:
        wait = float(request.query.get("wait", 0))
    except ValueError:
        return 0.0
    return min(max(0.0, wait), LONGEST_WAIT) if math.isfinite(wait) else 0.0


def _hello(state: Conversation, reset: bool) -> str:
    hello = {"epoch": state.epoch, "status": state.status, "region": state.region_in_question, "reset": reset}
    return f"event: hello\ndata: {json.dumps(hello)}\n\n"


def _line(event: Event | Mapping[str, Any]) -> str:
    """JSON has no line break in it, so that one `data` line holds it."""
    if isinstance(event, Event):
        return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(event.to_json(), ensure_ascii=False)}\n\n"
    return f"event: {event['kind']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
