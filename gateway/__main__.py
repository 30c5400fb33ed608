"""`python -m gateway`: serve the portal page and the API."""

import logging
import os
import sys

from aiohttp import web

from gateway.app import create_app
from gateway.errors import SettingsError
from gateway.fallback import read_fallback
from gateway.settings import from_environment
from gateway.texts import read_texts
from knowledge.calendar.clock import clock_from
from knowledge.errors import KnowledgeError


def main() -> int:
    """Run until stopped. Returns 2 for a setting or content that cannot be used, 1 for a taken port."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = from_environment(os.environ)
        app = create_app(settings, read_fallback(clock_from(os.environ)), read_texts())
    except (SettingsError, KnowledgeError) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    try:
        web.run_app(app, host=settings.host, port=settings.port, access_log=None, print=None, shutdown_timeout=5)
    except OSError as error:
        print(f"gateway: cannot listen on {settings.host}:{settings.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
