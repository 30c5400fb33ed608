"""The ticket systems of the contract, each with a way to see what really stands in it."""

from abc import ABC, abstractmethod
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from yarl import URL

from desks.database_desk import DatabaseDesk
from desks.desk import Desk
from desks.django_helpdesk import DjangoHelpdesk
from desks.easit import Easit, read_fields
from desks.http import basic
from desks.request_tracker import RequestTracker
from desks.servicenow import ServiceNow
from desks.settings import DeskSettings
from records.cases import CaseRow, Cases
from tests.contract import easit, servicenow

TIMEOUT = 20.0
"""Seconds: the real systems are slow when the machine is busy."""


@dataclass(frozen=True)
class Seen:
    """A ticket as its system has it."""

    number: str
    title: str
    body: str
    priority: int
    """1 to 5."""
    comments: list[str]
    """And what it was closed with."""


class System(ABC):
    """A ticket system that runs."""

    settings: DeskSettings

    def __init__(self) -> None:
        self._made: list[Desk] = []

    def desk(self, **changed: Any) -> Desk:
        """An adapter of ours for it; it is closed after the test."""
        self._made.append(self._desk(replace(self.settings, **changed)))
        return self._made[-1]

    async def aclose(self) -> None:
        """Close the adapters."""
        for each in self._made:
            await each.aclose()

    @abstractmethod
    def _desk(self, settings: DeskSettings) -> Desk: ...

    @abstractmethod
    async def tickets(self, reference: str) -> list[Seen]:
        """The tickets with our reference, seen by other means than the adapter's."""


class ServiceNowSystem(System):
    """A server of the tests."""

    def __init__(self, url: URL, instance: servicenow.Instance) -> None:
        super().__init__()
        self.settings = DeskSettings(
            kind="servicenow", url=url, user=servicenow.USER, secret=servicenow.SECRET, timeout=TIMEOUT
        )
        self._instance = instance

    def _desk(self, settings: DeskSettings) -> Desk:
        return ServiceNow(settings)

    async def tickets(self, reference: str) -> list[Seen]:
        return [
            Seen(
                number=each["number"],
                title=each["short_description"],
                body=each["description"],
                priority=int(each["priority"]),
                comments=[
                    *(
                        entry["value"]
                        for entry in self._instance.tables["sys_journal_field"].values()
                        if entry["element_id"] == each["sys_id"] and entry["element"] == "comments"
                    ),
                    each.get("close_notes", ""),
                ],
            )
            for each in self._instance.tables["incident"].values()
            if each["correlation_id"] == reference
        ]


class EasitSystem(System):
    """A server of the tests."""

    def __init__(self, url: URL, installation: easit.Installation) -> None:
        super().__init__()
        self.settings = DeskSettings(kind="easit", url=url, secret=easit.SECRET, timeout=TIMEOUT)
        self.installation = installation

    def _desk(self, settings: DeskSettings) -> Desk:
        return Easit(settings, read_fields())

    async def tickets(self, reference: str) -> list[Seen]:
        return [
            Seen(
                number=number,
                title=item.properties["Rubrik"],
                body=item.properties["Beskrivning"],
                priority=int(item.properties["Prioritet"]),
                comments=[each["Kommentar"] for each in item.comments],
            )
            for number, item in self.installation.items.items()
            if item.properties["Extern referens"] == reference
        ]


class RequestTrackerSystem(System):
    """The real one, Debian's request-tracker5."""

    def __init__(self, url: URL, user: str, secret: str) -> None:
        super().__init__()
        self.settings = DeskSettings(
            kind="request_tracker", url=url, user=user, secret=secret, queue="General", timeout=TIMEOUT
        )

    def _desk(self, settings: DeskSettings) -> Desk:
        return RequestTracker(settings)

    async def tickets(self, reference: str) -> list[Seen]:
        async with _session(self.settings) as session:
            found = await _json(session, "REST/2.0/tickets", query=f"Subject LIKE '{reference}'", per_page="100")
            return [await self._seen(session, each["id"]) for each in found["items"]]

    async def _seen(self, session: ClientSession, number: str) -> Seen:
        ticket = await _json(session, f"REST/2.0/ticket/{number}")
        listed = await _json(session, f"REST/2.0/ticket/{number}/attachments", per_page="100")
        said = []
        for each in sorted(listed["items"], key=lambda item: int(item["id"])):
            attachment = await _json(session, f"REST/2.0/attachment/{each['id']}")
            if attachment["ContentType"] == "text/plain":
                said.append(b64decode(attachment.get("Content") or "").decode())
        return Seen(number, ticket["Subject"], said[0], 6 - int(ticket["Priority"]) // 20, said[1:])


class DjangoHelpdeskSystem(System):
    """The real one, from PyPI."""

    def __init__(self, url: URL, user: str, secret: str, queue: str) -> None:
        super().__init__()
        self.settings = DeskSettings(
            kind="django_helpdesk", url=url, user=user, secret=secret, queue=queue, timeout=TIMEOUT
        )

    def _desk(self, settings: DeskSettings) -> Desk:
        return DjangoHelpdesk(settings)

    async def tickets(self, reference: str) -> list[Seen]:
        async with _session(self.settings) as session:
            found = (await _json(session, "api/tickets/", page_size="1000"))["results"]
        return [
            Seen(
                number=str(each["id"]),
                title=each["title"],
                body=each["description"],
                priority=each["priority"],
                comments=[follow_up["comment"] for follow_up in each["followup_set"]][1:],
            )
            for each in found
            if reference in each["title"]
        ]


class DatabaseSystem(System):
    """Our own."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__()
        self.settings = DeskSettings(kind="database")
        self._cases = Cases(engine)
        self._sessions = async_sessionmaker(engine)

    def _desk(self, settings: DeskSettings) -> Desk:
        return DatabaseDesk(self._cases, "VGR", lambda: datetime.now(UTC))

    async def tickets(self, reference: str) -> list[Seen]:
        async with self._sessions() as session:
            rows = list(await session.scalars(select(CaseRow).where(CaseRow.reference == reference)))
        return [
            Seen(
                number=str(row.id),
                title=row.title,
                body=row.body,
                priority=row.priority,
                comments=[each.text for each in await self._cases.comments(row.id)],
            )
            for row in rows
        ]


def _session(settings: DeskSettings) -> ClientSession:
    return ClientSession(settings.url, headers=basic(settings.user, settings.secret))


async def _json(session: ClientSession, path: str, **query: str) -> Any:
    async with session.get(path, params=query) as answer:
        answer.raise_for_status()
        return await answer.json()
