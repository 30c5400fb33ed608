"""One contract for all ticket systems: what a caller may rely on, whichever system a region has."""

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from desks.contact_way import ContactKind, ContactWay
from desks.desk import Desk
from desks.errors import NotFound, Rejected, Unavailable
from desks.model import Impact, Kind, Status, Ticket, Urgency
from tests.contract.flaky import flaky
from tests.contract.server import free_port
from tests.contract.systems import EasitSystem, System

PHONE = ContactWay(ContactKind.phone, "+46317863200", "031-786 32 00")
MAIL = ContactWay(ContactKind.mail, "vardcentralen@example.se", "vardcentralen@example.se")
DONE = (Status.resolved, Status.closed)

_count = 0


def ticket(**changed: object) -> Ticket:
    """A ticket with a reference of its own."""
    global _count
    _count += 1
    values: dict[str, object] = {
        "reference": f"SL-TEST{_count:04}",
        "kind": Kind.incident,
        "title": "NPÖ: Sidan är blank för alla på Björkö vårdcentral",
        "body": "Enhet: Björkö vårdcentral\n\nVad har hänt:\nSidan är blank.",
        "impact": Impact.unit,
        "urgency": Urgency.hindered,
        "priority": 2,
        "contact": PHONE,
        "service": "NPÖ",
        "conversation": "a conversation",
        **changed,
    }
    return Ticket(**values)  # type: ignore[arg-type]


async def test_a_ticket_stands_in_the_system_as_it_was_written(system: System) -> None:
    new = ticket(contact=MAIL)
    desk = system.desk()
    number = await desk.create(new)
    (seen,) = await system.tickets(new.reference)
    assert seen.number == number
    assert new.title in seen.title
    assert seen.body.replace("\r\n", "\n").strip() == new.body
    assert seen.priority == new.priority
    assert (await desk.get(number)).status is Status.new


@pytest.mark.parametrize("kind", Kind)
async def test_incidents_and_requests_are_taken(system: System, kind: Kind) -> None:
    desk = system.desk()
    assert await desk.create(ticket(kind=kind))


async def test_numbers_are_the_tickets_own(system: System) -> None:
    desk = system.desk()
    numbers = [await desk.create(ticket()) for _ in range(2)]
    assert len(set(numbers)) == 2
    await desk.close(numbers[0], "Löst")
    assert (await desk.get(numbers[0])).status in DONE
    assert (await desk.get(numbers[1])).status is Status.new


async def test_any_text_is_taken(system: System) -> None:
    body = "'\"\\<b>%s&{{x}}^=åäö🩺\u2028\n" + "lång rad " * 1100
    desk = system.desk()
    new = ticket(body=body, title="'; -- <script> ^number=1 🩺 " + "x" * 90)
    number = await desk.create(new)
    (seen,) = await system.tickets(new.reference)
    assert seen.number == number
    assert seen.body.split() == body.split()
    await desk.comment(number, body, f"{new.reference}/A")


async def test_a_comment_is_added_once(system: System) -> None:
    new = ticket()
    desk = system.desk()
    number = await desk.create(new)
    key = f"{new.reference}/ABCD"
    await desk.comment(number, "Nu gäller det även röntgen.", key)
    await desk.comment(number, "Nu gäller det även röntgen.", key, again=True)
    await desk.comment(number, "Och labb.", f"{new.reference}/EFGH", again=True)
    (seen,) = await system.tickets(new.reference)
    assert sum("röntgen" in each for each in seen.comments) == 1
    assert sum("labb" in each for each in seen.comments) == 1


async def test_closing_twice_is_closing_once(system: System) -> None:
    new = ticket()
    desk = system.desk()
    number = await desk.create(new)
    await desk.close(number, "Det löste sig.")
    await desk.close(number, "Det löste sig.")
    assert (await desk.get(number)).status in DONE
    (seen,) = await system.tickets(new.reference)
    assert sum("löste sig" in each for each in seen.comments) == 1


@pytest.mark.parametrize("number", ["99999999", "INC9999999", "", "0", "../1", "1^ORnumber=1", "' OR 1=1", "1/comment"])
async def test_a_number_that_is_not_there_is_not_found(system: System, number: str) -> None:
    desk = system.desk()
    with pytest.raises(NotFound):
        await desk.get(number)
    with pytest.raises(NotFound):
        await desk.comment(number, "text", "SL-X/1")
    with pytest.raises(NotFound):
        await desk.close(number, "klart")


async def test_an_attempt_that_never_arrived_is_made_again(system: System) -> None:
    new = ticket()
    desk = system.desk()
    number = await desk.create(new, again=True)
    assert await desk.create(new, again=True) == number
    assert len(await system.tickets(new.reference)) == 1


# ---- over the network, so for all but the database


async def test_wrong_credentials_are_rejected(distant: System) -> None:
    desk = distant.desk(secret="wrong")
    with pytest.raises(Rejected):
        await desk.create(ticket())
    with pytest.raises(Rejected):
        await desk.get("1")


async def test_a_lost_answer_makes_no_second_ticket(distant: System) -> None:
    new = ticket()
    async with flaky(distant.settings.url) as proxy:
        desk = distant.desk(url=proxy.url)
        proxy.lose_answers = 1
        with pytest.raises(Unavailable) as caught:
            await desk.create(new)
        assert caught.value.sent
        (seen,) = await distant.tickets(new.reference)
        assert await desk.create(new, again=True) == seen.number
        assert len(await distant.tickets(new.reference)) == 1


async def test_a_lost_answer_makes_no_second_comment(distant: System) -> None:
    new = ticket()
    async with flaky(distant.settings.url) as proxy:
        desk = distant.desk(url=proxy.url)
        number = await desk.create(new)
        proxy.lose_answers = 1
        with pytest.raises(Unavailable):
            await desk.comment(number, "Bara en gång.", f"{new.reference}/1")
        await desk.comment(number, "Bara en gång.", f"{new.reference}/1", again=True)
        (seen,) = await distant.tickets(new.reference)
        assert sum("Bara en gång." in each for each in seen.comments) == 1


async def test_a_desk_that_is_down_is_unavailable_and_has_seen_nothing(distant: System) -> None:
    desk = distant.desk(url=URL(f"http://127.0.0.1:{free_port()}"))
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        await desk.create(ticket())
    assert not caught.value.sent
    assert time.monotonic() - started < 10


async def test_a_desk_that_hangs_is_given_up(distant: System) -> None:
    async with flaky(distant.settings.url) as proxy:
        proxy.delay = 30
        desk = distant.desk(url=proxy.url, timeout=0.5)
        with pytest.raises(Unavailable, match=r"0\.5 s"):
            await desk.create(ticket())
        assert proxy.seen == ["POST"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_asking_is_repeated_and_creating_is_not(distant: System, status: int) -> None:
    new = ticket()
    async with flaky(distant.settings.url) as proxy:
        desk = distant.desk(url=proxy.url)
        number = await desk.create(new)
        proxy.answers = [web.Response(status=status), web.Response(status=status)]
        assert (await desk.get(number)).number == number
        proxy.answers = [web.Response(status=status)]
        with pytest.raises(Unavailable):
            await desk.create(ticket())


STRANGE_ANSWERS: tuple[dict[str, Any], ...] = (
    {"text": "<html>Logga in</html>", "content_type": "text/html"},
    {"text": "{", "content_type": "application/json"},
    {"text": "[]", "content_type": "application/json"},
    {"text": '{"message": "ok"}', "content_type": "application/json"},
    {"text": "null", "content_type": "application/json"},
    {"text": ""},
    {"status": 302, "headers": {"Location": "https://login.example.se/"}},
    {"status": 400, "text": '{"message": "no such field"}'},
)


async def test_an_answer_of_another_kind_is_an_error_of_ours(distant: System) -> None:
    async with flaky(distant.settings.url) as proxy:
        desk = distant.desk(url=proxy.url)
        for answer in STRANGE_ANSWERS:
            for ask in (
                lambda: desk.create(ticket()),
                lambda: desk.create(ticket(), again=True),
                lambda: desk.get("1"),
                lambda: desk.comment("1", "text", "SL-X/1"),
                lambda: desk.close("1", "klart"),
            ):
                proxy.answers = [web.Response(**answer) for _ in range(3)]
                with pytest.raises((Rejected, Unavailable)):
                    await ask()


async def test_no_credentials_are_sent_elsewhere(distant: System) -> None:
    """A redirect is not followed."""
    async with flaky(distant.settings.url) as elsewhere, flaky(distant.settings.url) as proxy:
        desk = distant.desk(url=proxy.url)
        proxy.answers = [web.Response(status=307, headers={"Location": str(elsewhere.url)})]
        with pytest.raises(Rejected):
            await desk.get("1")
        assert elsewhere.seen == []


async def test_easit_without_a_returned_number_reads_it_from_the_view(easit_system: EasitSystem) -> None:
    system = easit_system
    system.installation.returns_number = False
    new = ticket()
    desk = system.desk()
    number = await desk.create(new)
    assert [each.number for each in await system.tickets(new.reference)] == [number]


async def test_many_at_once_are_kept_apart(system: System) -> None:
    desk: Desk = system.desk()
    new = [ticket(title=f"Nummer {each}") for each in range(3)]
    numbers = await asyncio.gather(*map(desk.create, new))
    for wanted, number in zip(new, numbers, strict=True):
        (seen,) = await system.tickets(wanted.reference)
        assert (seen.number, wanted.title in seen.title) == (number, True)
