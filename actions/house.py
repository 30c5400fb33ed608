"""The composition root of the actions: what they need, made once from the settings."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from actions.settings import handover_regions
from knowledge.calendar import clock
from knowledge.content import read_content
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

    handover_regions: frozenset[str] = frozenset()
    """Regions whose desk takes over conversations while it is open."""

    @property
    def region_codes(self) -> frozenset[str]:
        """The regions that the bot answers for."""
        return frozenset(self.regions)


@cache
def regions_on_file() -> dict[str, Region]:
    """The regions as the content files have them: what is left when the database is gone."""
    return read_content().regions


@cache
def house() -> House:
    """The house of this process. Raises ContentError or a settings error at the first use, so use it at start."""
    engine = connect(os.environ.get("DATABASE_URL", DEFAULT_URL))
    regions = regions_on_file()
    return House(KnowledgeBase(engine), clock.now, regions, handover_regions(os.environ, regions))
