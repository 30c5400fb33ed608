"""What every response has in common: security headers, a log line without personal data, no stack traces."""

import logging
import time
import traceback
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from gateway import answers
from gateway.errors import NotFound, Refused, RequestTooLarge
from gateway.keys import FAILURES
from gateway.user_text import LONGEST

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Only the gateway's own files: no third party, nothing inline, and no way to make text into script."""
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    hdrs.SERVER: "supportlotsen",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: harden each response, and do not tell which software answers."""
    response.headers.update(HEADERS)
    fresh = "no-store" if request.path.startswith("/api/") else "no-cache"
    response.headers.setdefault(hdrs.CACHE_CONTROL, fresh)


@web.middleware
async def log_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """One line per request: neither address, query nor body."""
    began = time.perf_counter()
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as answer:
        status = answer.status
        raise
    finally:
        resource = request.match_info.route.resource
        place = resource.canonical if resource else "(unknown address)"
        log.info("%s %s %d %.0f ms", request.method, place, status, (time.perf_counter() - began) * 1000)


@web.middleware
async def turn_errors_into_answers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error becomes a Swedish sentence; the cause goes to the log without the user's text."""
    try:
        return await handler(request)
    except Refused as refusal:
        return _refused(request, refusal, refusal.status)
    except web.HTTPRequestEntityTooLarge:
        return _refused(request, RequestTooLarge(limit=LONGEST), RequestTooLarge.status)
    except web.HTTPNotFound:
        return _refused(request, NotFound(), NotFound.status)
    except web.HTTPClientError as error:
        response = _refused(request, Refused(), error.status)
        if hdrs.ALLOW in error.headers:
            response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        return response
    except web.HTTPException:
        raise
    except Exception as error:
        # The exception's own message may quote what the user wrote.
        where = "".join(traceback.format_tb(error.__traceback__)[-3:])
        log.error("%s in the gateway\n%s", type(error).__name__, where)
        return answers.messages([request.app[FAILURES].internal()], error="internal", status=500)


def _refused(request: web.Request, refusal: Refused, status: int) -> web.Response:
    message = request.app[FAILURES].refused(refusal)
    if request.path.startswith("/api/"):
        return answers.messages([message], error=refusal.code, status=status)
    return web.Response(text=message.text, status=status)
