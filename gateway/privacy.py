"""What users are promised about their data: it is erased at their wish and when its time is up, and a page says so."""

import asyncio
import html
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from string import Template

import yaml
from aiohttp import web
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from gateway.core.conversations import Conversations
from gateway.errors import LogUnavailable
from records.database import connect
from records.purge import Eraser
from records.retention import Periods
from records.tracker_store import TrackerStore

PAGES = Path(__file__).parent / "pages"
FIRST_PURGE = 600.0
"""Seconds from the start of the gateway; by then it has got its breath."""
BETWEEN_PURGES = 24 * 3600.0

log = logging.getLogger(__name__)


def page(environment: Mapping[str, str], periods: Periods) -> str:
    """The text of `/personuppgifter`: with the operator's periods, name (PRIVACY_CONTROLLER) and legal basis."""
    said: dict[str, str] = yaml.safe_load((PAGES / "personuppgifter.yml").read_text(encoding="utf-8"))
    for name, setting in (("controller", "PRIVACY_CONTROLLER"), ("legal_basis", "PRIVACY_LEGAL_BASIS")):
        said[name] = html.escape(environment.get(setting, "").strip() or said[name])
    days = {"conversation": periods.conversation, "ticket": periods.ticket, "feedback": periods.feedback}
    return Template((PAGES / "personuppgifter.html").read_text(encoding="utf-8")).substitute(said, **days)


class Privacy:
    """A plug for the gateway: erases, purges once a day, and serves `/personuppgifter`."""

    def __init__(
        self,
        records_url: URL,
        trackers: TrackerStore,
        periods: Periods,
        page: str,
        *,
        first: float = FIRST_PURGE,
        between: float = BETWEEN_PURGES,
    ) -> None:
        """`first`, `between`: seconds until the first purge and from one to the next."""
        self._engine = connect(records_url)
        self._trackers = trackers
        self._eraser = Eraser(self._engine, trackers)
        self._periods = periods
        self._page = page
        self._first, self._between = first, between

    def __call__(self, app: web.Application, conversations: Conversations) -> None:
        """See `gateway.app.Plug`."""
        conversations.on_erase(self._erase)
        app.router.add_get("/personuppgifter", self._show)
        app.cleanup_ctx.append(self._run)

    async def _show(self, _: web.Request) -> web.Response:
        return web.Response(text=self._page, content_type="text/html", charset="utf-8")

    async def _erase(self, conversation: str) -> None:
        """Raises LogUnavailable; what is left then can be erased again."""
        try:
            await self._eraser.erase(conversation, "user")
        except (SQLAlchemyError, OSError) as error:
            raise LogUnavailable from error

    async def _run(self, _: web.Application) -> AsyncIterator[None]:
        housekeeper = asyncio.create_task(self._purge_now_and_then())
        yield
        housekeeper.cancel()
        await asyncio.gather(housekeeper, return_exceptions=True)
        await self._engine.dispose()
        await self._trackers.close()

    async def _purge_now_and_then(self) -> None:
        await asyncio.sleep(self._first)
        while True:
            try:
                erased = await self._eraser.purge(self._periods)
                log.info("purged %d rows", sum(erased.rows.values()))
            except (SQLAlchemyError, OSError) as error:
                log.error("the purge failed and is tried again: %s", type(error).__name__)
            await asyncio.sleep(self._between)
