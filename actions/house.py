"""The composition root of the actions: what they need, made once from the settings."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from desks.live.settings import read_live_settings
from desks.service import DeskService, make_service
from knowledge.calendar import clock
from knowledge.content import Content, read_content
from knowledge.database import DEFAULT_URL, KnowledgeBase, connect
from knowledge.schema import Region


@dataclass(frozen=True)
class House:
    """Knowledge, clock and the regions' contacts."""

    knowledge: KnowledgeBase
    now: Callable[[], datetime]
    """Aware, Europe/Stockholm."""
    regions: dict[str, Region]
    """Read from the content files, so that numbers can be given when the database is gone."""
    services: dict[str, str]
    """The id of every system or service, and its name."""
    desks: DeskService
    """Tickets, and known outages."""

    handover_regions: frozenset[str] = frozenset()
    """Regions whose live desk (`LIVE_<REGION>`) takes over conversations while their desk is open."""

    @property
    def region_codes(self) -> frozenset[str]:
        """The regions that the bot answers for."""
        return frozenset(self.regions)


@cache
def content_on_file() -> Content:
    """The content files: what is left when the database is gone."""
    return read_content()


@cache
def house() -> House:
    """The house of this process. Its first use may raise ContentError or the SettingsError of desks or records."""
    engine = connect(os.environ.get("DATABASE_URL", DEFAULT_URL))
    content = content_on_file()
    return House(
        knowledge=KnowledgeBase(engine),
        now=clock.now,
        regions=content.regions,
        services={service.id: service.name for service in content.services.values()},
        desks=make_service(os.environ, list(content.regions)),
        handover_regions=frozenset(read_live_settings(os.environ, content.regions)),
    )
