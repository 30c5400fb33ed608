"""The content as a whole: topics in their places, with all that they refer to."""

from dataclasses import dataclass, field, replace
from datetime import date

from knowledge.schema import Desk, ForeignRegion, Guide, Notice, Region, Role, Service, Source, Topic

SHARED = "shared"
"""Folder of the topics that hold in every region."""


@dataclass(frozen=True)
class PlacedTopic:
    """A topic with the place it holds: its region (None: every region), its service, and where it was read."""

    region: str | None
    service: str
    topic: Topic
    file: str
    line: int

    @property
    def name(self) -> str:
        """The topic's full name, as in the reply contract: "vgr/kiv/andra-uppgifter"."""
        return f"{(self.region or SHARED).lower()}/{self.service}/{self.topic.id}"

    def valid_on(self, day: date) -> bool:
        """Whether the topic may be told on a day (Europe/Stockholm)."""
        first, last = self.topic.valid_from, self.topic.valid_to
        return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True)
class PlacedGuide:
    """A guide with the place it holds: its region, its service, and where it was read."""

    region: str
    service: str
    guide: Guide
    file: str
    line: int

    @property
    def name(self) -> str:
        """The guide's full name: "vgr/anvandartjanst/bestalla"."""
        return f"{self.region.lower()}/{self.service}/{self.guide.id}"


@dataclass(frozen=True)
class Content:
    """All content, checked."""

    sources: dict[str, Source]
    regions: dict[str, Region]
    foreign_regions: list[ForeignRegion]
    services: dict[str, Service]
    notices: dict[str, Notice]
    topics: dict[str, PlacedTopic]
    """Also those that have expired or are not valid yet; see `on`."""
    roles: list[Role] = field(default_factory=list)
    guides: dict[str, PlacedGuide] = field(default_factory=dict)

    def on(self, day: date) -> "Content":
        """The content with those topics only that may be told on a day (Europe/Stockholm)."""
        return replace(self, topics={name: placed for name, placed in self.topics.items() if placed.valid_on(day)})


def default_desk(region: Region) -> Desk:
    """The desk that takes what no other desk is named for."""
    return next(desk for desk in region.desks if desk.id == region.default_desk)
