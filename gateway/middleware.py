"""What every response has in common: security headers, a log line without personal data, no stack traces."""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from gateway.api.problems import problem
from gateway.errors import Internal, NotFound, OriginRefused, Refused, RequestTooLarge
from gateway.keys import FAILURES, METRICS, ORIGINS, SETTINGS
from gateway.logs import correlation, place_of
from gateway.rasa import CORRELATION_HEADER
from gateway.user_text import LONGEST
from redaction import redact

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
}
HSTS = "max-age=31536000; includeSubDomains"
"""Browsers heed it over https only, so that it is sent in production, behind a proxy that speaks https."""
API = "/api/"
PROBES = ("/healthz", "/readyz")
"""Asked again and again; told only if something is wrong."""
_NAME = re.compile(r"[0-9a-zA-Z-]{8,64}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: harden each response, unless its handler knows better, and do not tell which software answers."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers[hdrs.SERVER] = "supportlotsen"
    if request.app[SETTINGS].production:
        response.headers["Strict-Transport-Security"] = HSTS
    if response.content_type.startswith("text/") and response.charset is None:
        response.charset = "utf-8"
    response.headers[CORRELATION_HEADER] = correlation.get()
    api = request.path.startswith(API)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store" if api else "no-cache")
    if api:
        response.headers.update(request.app[ORIGINS].headers(request.headers.get(hdrs.ORIGIN), request.host))


@web.middleware
async def log_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """One line per request: neither address, query nor body. Gives the request its name in all logs."""
    correlation.set(_name(request))
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
        ms = round((time.perf_counter() - began) * 1000)
        level = logging.DEBUG if place in PROBES and status < 400 else logging.INFO
        log.log(level, "request", extra={"method": request.method, "route": place, "status": status, "ms": ms})
        request.app[METRICS].request(place, status)


@web.middleware
async def turn_errors_into_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
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
        if request.transport is None or request.transport.is_closing():
            raise  # the client has gone
        # The exception's own message may quote what the user wrote.
        log.error("%s in the gateway", type(error).__name__, extra={"place": place_of(error)})
        return _refused(request, Internal(), Internal.status)


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only the portals' pages, and answers to the browsers that ask first. Raises OriginRefused."""
    if not request.path.startswith(API):
        return await handler(request)
    if not request.app[ORIGINS].allows(request.headers.get(hdrs.ORIGIN), request.host):
        raise OriginRefused
    if request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers:
        return web.Response(status=204, headers=request.app[ORIGINS].preflight_headers())
    return await handler(request)


def _name(request: web.Request) -> str:
    """The name that the request came with, from a proxy or a portal; a new one for a name that is none."""
    given = request.headers.get(CORRELATION_HEADER, "")
    return given if _NAME.fullmatch(given) and not redact(given).found else secrets.token_hex(8)


def _refused(request: web.Request, refusal: Refused, status: int) -> web.Response:
    failures = request.app[FAILURES]
    if request.path.startswith(API):
        return problem(failures, refusal, status)
    return web.Response(text=failures.refused(refusal).text, status=status)
