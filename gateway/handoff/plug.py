"""Puts tickets and hand-offs into the gateway: the delivery worker, the live desks and what they call us with."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiohttp import web

from desks.delivery import deliver_forever
from desks.live.chosen import choose_live_desks
from desks.live.desk import AgentDesk
from desks.live.settings import LiveSettings, read_live_settings
from desks.rounds import whole
from desks.service import DeskService, make_service, utc_now
from desks.settings import variable_name
from gateway.core.conversations import Conversations
from gateway.handoff.handovers import Handovers, Patience
from gateway.handoff.mail import Mail
from gateway.handoff.news import TicketNews
from gateway.handoff.settings import read_patience
from gateway.handoff.texts import HandoffTexts, read_handoff_texts
from gateway.keys import FAILURES
from gateway.logs import place_of
from records.handoffs import Handoffs

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at those who wait."""

AFTER_FAILURE = 5.0
"""Seconds until a job that failed, as all do without the records, begins again."""

Job = Callable[[], Awaitable[None]]


@dataclass
class People:
    """The plug. Made at start by `read_people`, which refuses settings that cannot be used."""

    service: DeskService
    live: Mapping[str, AgentDesk]
    texts: HandoffTexts
    patience: Patience
    now: Callable[[], datetime] = utc_now
    look_every: float = LOOK_EVERY

    def __call__(self, app: web.Application, conversations: Conversations) -> None:
        """See gateway.app.Plug."""
        handoffs = Handoffs(self.service.engine)
        mail = Mail(handoffs, self.live, self.now)
        failures = app[FAILURES]
        handovers = Handovers(
            conversations,
            self.live,
            handoffs,
            mail,
            self.service,
            self.texts,
            failures,
            self.now,
            self.patience,
        )
        conversations.set_live_desk(handovers)
        conversations.on_erase(handovers.erased)
        for region, desk in self.live.items():
            prefix = f"/live/{variable_name(region).lower()}"
            for route in desk.routes():
                app.router.add_route(route.method, f"{prefix}{route.path}", route.handler)
        news = TicketNews(conversations, failures, self.texts)

        async def work(_: web.Application) -> AsyncIterator[None]:
            jobs: list[Job] = [
                mail.run,
                lambda: self._look_after(handovers),
                lambda: deliver_forever(self.service, news.tell),
                *(partial(desk.listen, handovers) for desk in dict.fromkeys(self.live.values())),
            ]
            tasks = [asyncio.create_task(_kept_up(job)) for job in jobs]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        async def let_go(_: web.Application) -> None:
            for desk in dict.fromkeys(self.live.values()):
                await desk.aclose()
            await self.service.aclose()

        app.cleanup_ctx.append(work)
        app.on_cleanup.append(let_go)  # after all contexts: turns that are being ended may still use the desks

    async def _look_after(self, handovers: Handovers) -> None:
        while True:
            await whole(handovers.look_after())
            await asyncio.sleep(self.look_every)


async def _kept_up(job: Job) -> None:
    """The job, begun again after an error: those who wait depend on it."""
    while True:
        try:
            await job()
            return
        except Exception as error:
            log.error("a job of the hand-off failed: %s", type(error).__name__, extra={"place": place_of(error)})
        await asyncio.sleep(AFTER_FAILURE)


def read_people(environment: Mapping[str, str], regions: Sequence[str]) -> People:
    """The plug by the settings. Raises the SettingsError of gateway, desks or records."""
    live: Mapping[str, LiveSettings] = read_live_settings(environment, regions)
    service = make_service(environment, regions)
    return People(
        service=service,
        live=choose_live_desks(live, service.engine),
        texts=read_handoff_texts(),
        patience=read_patience(environment),
    )
