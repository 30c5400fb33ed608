"""`python -m gateway`: serve the portal page and the API."""

import logging
import os
import sys

from aiohttp import web

from desks.errors import DesksError
from gateway import logs
from gateway.app import create_app
from gateway.channels.chosen import choose_channels
from gateway.errors import SettingsError
from gateway.fallback import read_fallback
from gateway.handoff.plug import read_people
from gateway.privacy import Privacy, page
from gateway.settings import from_environment
from gateway.texts import read_texts
from knowledge.calendar.clock import clock_from
from knowledge.errors import KnowledgeError
from records.errors import RecordsError
from records.retention import periods
from records.tracker_store import tracker_store
from redaction.logs import protect_logs

log = logging.getLogger(__name__)


def main() -> int:
    """Run until stopped. Returns 2 for a setting or content that cannot be used, 1 for a taken port."""
    protect_logs()
    logs.set_up()
    try:
        settings = from_environment(os.environ)
        kept = periods(os.environ)
        privacy = Privacy(settings.records_url, tracker_store(os.environ), kept, page(os.environ, kept))
        fallback = read_fallback(clock_from(os.environ))
        people = read_people(os.environ, [desk.region for desk in fallback.contacts(None)])
        channels = choose_channels(os.environ)
        # An erased conversation's desk is told by `people` while its hand-off is still there; `privacy` leaves nothing.
        app = create_app(settings, fallback, read_texts(), plugs=(people, privacy, *channels.plugs))
    except (SettingsError, KnowledgeError, DesksError, RecordsError) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    for remark in channels.remarks:
        log.info("channel: %s", remark)
    try:
        web.run_app(app, host=settings.host, port=settings.port, access_log=None, print=None, shutdown_timeout=5)
    except OSError as error:
        print(f"gateway: cannot listen: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
