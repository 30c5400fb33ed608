"""A desk that is down loses nothing: each ticket arrives, once, and the user is told the truth all the while."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from desks.delivery import deliver_once
from desks.errors import NotStored, Rejected
from desks.model import Announcement, Status
from desks.outbox import GIVE_UP_AFTER
from desks.service import DeskService
from records.cases import CaseRow, Cases
from records.database import address, connect, create_tables
from records.tickets import Tickets
from tests.conftest import NewDatabase
from tests.contract.house import DOWN, LOST, House, Troubled, house, new_ticket


@pytest_asyncio.fixture
async def at(records: AsyncEngine) -> AsyncIterator[House]:
    """A house on each kind of database."""
    made = house(records)
    yield made
    await made.service.aclose()


async def cases(at: House) -> list[CaseRow]:
    """What the desk really has."""
    async with async_sessionmaker(at.service.engine)() as session:
        return list(await session.scalars(select(CaseRow).order_by(CaseRow.id)))


async def comments(at: House) -> list[str]:
    """What the desk has been told about its one case."""
    (case,) = await cases(at)
    return [each.text for each in await Cases(at.service.engine).comments(case.id)]


async def test_the_number_comes_at_once_when_the_desk_answers(at: House) -> None:
    receipt = await at.service.submit(new_ticket())
    (case,) = await cases(at)
    assert receipt.number == str(case.id)
    assert receipt.status is Status.new
    assert receipt.reference in case.body
    assert "Björkö vårdcentral" in case.body and "031-786 32 00" in case.body
    assert case.title == "NPÖ: Sidan är blank"
    assert case.priority == receipt.priority == 2
    at.clock.forward(hours=1)
    await at.deliver()
    assert at.news == []


async def test_a_desk_that_is_down_gets_the_ticket_when_it_is_back(at: House) -> None:
    at.desk.error = DOWN
    receipt = await at.service.submit(new_ticket())
    assert (receipt.number, receipt.status) == (None, Status.registered)
    state = await at.service.status(receipt.reference, conversation="anna")
    assert state is not None and (state.status, state.live) == (Status.registered, False)
    for _ in range(5):
        at.clock.forward(minutes=20)
        await at.deliver()
    assert await cases(at) == [] and at.news == []

    at.desk.error = None
    at.clock.forward(minutes=20)
    await at.deliver()
    (case,) = await cases(at)
    (news,) = at.news
    assert (news.conversation, news.reference, news.number) == ("anna", receipt.reference, str(case.id))
    state = await at.service.status(str(case.id), conversation="anna")
    assert state is not None and (state.status, state.live) == (Status.new, True)
    at.clock.forward(days=1)
    await at.deliver()
    assert len(at.news) == 1 and len(await cases(at)) == 1


async def test_a_slow_desk_does_not_keep_the_user_waiting(at: House) -> None:
    at.service.first_attempt = 0.05
    at.desk.wait_for = asyncio.Event()
    receipt = await at.service.submit(new_ticket())
    assert receipt.number is None
    at.clock.forward(seconds=30)
    await at.deliver()
    assert len(at.desk.calls) == 1, "the attempt that goes on has the row"
    at.desk.wait_for.set()
    await asyncio.sleep(0.2)
    await at.deliver()
    (case,) = await cases(at)
    assert [each.number for each in at.news] == [str(case.id)]


async def test_a_lost_answer_makes_no_second_ticket(at: House) -> None:
    at.desk.error_after = LOST
    receipt = await at.service.submit(new_ticket())
    assert receipt.number is None and len(await cases(at)) == 1
    at.desk.error_after = None
    at.clock.forward(minutes=1)
    await at.deliver()
    (case,) = await cases(at)
    assert at.desk.calls[-1].endswith("again")
    assert [each.number for each in at.news] == [str(case.id)]


async def test_a_process_that_dies_in_an_attempt_leaves_the_row_to_others(at: House) -> None:
    ticket, claim = await at.service.tickets.add(
        "anna",
        "form 1",
        at.clock(),
        region="VGR",
        desk="database",
        kind="incident",
        title="Sidan är blank",
        body=lambda reference: reference,
        impact="one",
        urgency="hindered",
        priority=4,
        contact_kind="phone",
        contact_value="+46317863200",
        contact_shown="031-786 32 00",
        status="registered",
        announce=True,
    )
    assert claim is not None
    at.clock.forward(seconds=100)
    await at.deliver()
    assert at.desk.calls == [], "it may still be at it"
    at.clock.forward(seconds=30)
    await at.deliver()
    assert at.desk.calls == [f"create {ticket.reference} again"]
    assert len(await cases(at)) == len(at.news) == 1


async def test_two_processes_deliver_everything_once(records: AsyncEngine, new_database: NewDatabase) -> None:
    url = new_database()
    engines = [connect(address({"RECORDS_DB_URL": url})) for _ in range(2)]
    await create_tables(engines[0])
    first = house(engines[0])
    second = house(engines[1], first.clock)
    first.desk.error = DOWN
    wanted = {(await first.service.submit(new_ticket(f"form {each}"))).reference for each in range(12)}
    first.desk.error = None
    first.desk.calls.clear()
    first.clock.forward(minutes=1)
    await asyncio.gather(first.deliver(), second.deliver(), first.deliver(), second.deliver())
    calls = sorted(each.split()[1] for each in [*first.desk.calls, *second.desk.calls])
    assert calls == sorted(wanted)
    assert sorted(each.reference for each in [*first.news, *second.news]) == sorted(wanted)
    assert {case.reference for case in await cases(first)} == wanted
    for each in (first, second):
        await each.service.aclose()


async def test_a_double_click_is_one_ticket(at: House) -> None:
    receipts = await asyncio.gather(*(at.service.submit(new_ticket()) for _ in range(5)))
    assert len({each.reference for each in receipts}) == 1
    assert len({each.code for each in receipts}) == 1
    assert len(await cases(at)) == 1
    other = await at.service.submit(new_ticket(conversation="bo"))
    assert other.reference != receipts[0].reference


async def test_what_is_said_of_a_ticket_arrives_in_order_when_the_desk_is_back(at: House) -> None:
    at.desk.error = DOWN
    receipt = await at.service.submit(new_ticket())
    assert await at.service.comment(receipt.reference, "Även labb", conversation="anna")
    assert await at.service.close(receipt.reference, "Det löste sig", conversation="anna")
    at.clock.forward(minutes=1)
    await at.deliver()
    at.desk.error = None
    at.desk.calls.clear()
    at.clock.forward(hours=1)
    await at.deliver()
    assert [each.split()[0] for each in at.desk.calls] == ["create", "comment", "close"]
    (case,) = await cases(at)
    assert case.status == Status.closed
    assert [("labb" in each, "löste sig" in each) for each in await comments(at)] == [(True, False), (False, True)]


async def test_only_those_who_may_know_are_told(at: House) -> None:
    receipt = await at.service.submit(new_ticket())
    assert receipt.number is not None
    for asked in (receipt.number, receipt.reference, f" {receipt.reference.lower()} "):
        assert await at.service.status(asked, conversation="anna")
        assert await at.service.status(asked, conversation="bo") is None
        for code in ("", "-", "AAAA-AAAA", receipt.code[:-1]):
            assert await at.service.status(asked, conversation="bo", code=code) is None
        for code in (receipt.code, receipt.code.lower(), receipt.code.replace("-", " ")):
            assert await at.service.status(asked, conversation="bo", code=code)
    assert await at.service.status("4711", conversation="anna", code=receipt.code) is None
    assert not await at.service.comment(receipt.number, "hej", conversation="bo")
    assert not await at.service.close(receipt.number, "", conversation="bo", code="AAAA-AAAA")
    await at.deliver()
    assert (await at.service.status(receipt.number, conversation="anna")).status is Status.new  # type: ignore[union-attr]
    assert [each.reference for each in await at.service.tickets_of("anna")] == [receipt.reference]
    assert await at.service.tickets_of("bo") == []


async def test_a_desk_that_does_not_answer_is_not_guessed_about(at: House) -> None:
    receipt = await at.service.submit(new_ticket())
    before = at.clock()
    at.clock.forward(hours=3)
    at.desk.error = DOWN
    state = await at.service.status(receipt.reference, conversation="anna")
    assert state is not None
    assert (state.live, state.status, state.at) == (False, Status.new, before)


async def test_after_a_week_it_is_given_up_and_told(at: House) -> None:
    at.desk.error = DOWN
    receipt = await at.service.submit(new_ticket())
    await at.service.comment(receipt.reference, "Även labb", conversation="anna")
    at.clock.forward(seconds=GIVE_UP_AFTER.total_seconds())
    await at.deliver()
    assert [(each.status, each.number) for each in at.news] == [(Status.undelivered, None)]
    assert await at.service.tickets.outbox() == {"dead": 2}
    at.desk.error = None
    assert await at.service.tickets.retry_dead(at.clock()) == 2
    await at.deliver()
    assert len(await cases(at)) == 1 and len(await comments(at)) == 1


async def test_pauses_grow_and_what_an_operator_must_mend_waits_longest(at: House) -> None:
    at.desk.error = DOWN
    receipt = await at.service.submit(new_ticket())
    waits = []
    for _ in range(8):
        (row,) = await at.service.tickets.undelivered()
        waits.append((row.next_at - at.clock()).total_seconds())
        at.clock.now = row.next_at
        await at.deliver()
    assert waits[0] < 20 and waits[1] < 40 and 600 < waits[-1] < 1200
    assert len(at.desk.calls) == 9
    at.desk.error = Rejected("wrong password")
    (row,) = await at.service.tickets.undelivered()
    at.clock.now = row.next_at
    await at.deliver()
    (row,) = await at.service.tickets.undelivered()
    assert (row.next_at - at.clock()).total_seconds() == 900
    assert "wrong password" in row.error and receipt.reference == row.key


async def test_news_that_could_not_be_told_are_told_later(at: House) -> None:
    at.desk.error = DOWN
    await at.service.submit(new_ticket())
    at.desk.error = None
    at.clock.forward(minutes=1)

    async def deaf(news: Announcement) -> None:
        raise ConnectionError("the conversation's process is away")

    await deliver_once(at.service, deaf)
    assert len(await cases(at)) == 1
    await at.deliver()
    assert len(at.news) == 1


async def test_without_a_database_nothing_is_promised(at: House) -> None:
    async with at.service.engine.begin() as connection:
        await connection.execute(text("DROP TABLE deliveries"))
    with pytest.raises(NotStored):
        await at.service.submit(new_ticket())
    assert await at.service.tickets_of("anna") == []


async def test_joining_an_outage_counts_once_and_tells_its_ticket(at: House) -> None:
    service: DeskService = at.service
    number = (await service.submit(new_ticket(conversation="the desk"))).number
    outage = await service.outages.add(at.clock(), region="VGR", service="npo", text="NPÖ är nere", number=number)
    known = await service.known_outage("VGR", "npo")
    assert known is not None and (known.id, known.affected) == (outage, 0)
    assert await service.known_outage("VGR", "sjunet") is None
    assert await service.known_outage("Dalarna", "npo") is None
    for conversation in ("anna", "bo", "anna"):
        joined = await service.join_outage(outage, conversation)
    assert joined is not None and joined.affected == 2
    await at.deliver()
    assert len(await comments(at)) == 2
    assert await service.outages.end(outage, at.clock())
    assert await service.known_outage("VGR", "npo") is None
    assert await service.join_outage(outage, "cia") is None


async def test_tickets_know_nobody_elses_rows(records: AsyncEngine) -> None:
    """A claim belongs to its owner: another process's outcome does not touch it."""
    first, second = Tickets(records, "first"), Tickets(records, "second")
    at = house(records)
    at.desk.error = DOWN
    await at.service.submit(new_ticket())
    at.clock.forward(minutes=1)
    (claim,) = await first.claim_due(at.clock())
    assert await second.claim_due(at.clock()) == []
    at.clock.forward(minutes=3)
    (late,) = await second.claim_due(at.clock())
    await first.failed(claim, "too late", at.clock())
    assert await first.claim_due(at.clock()) == [], "the second still has it"
    await second.delivered(late, at.clock(), "17", "new")
    assert await first.outbox() == {"done": 1}
    assert isinstance(at.desk, Troubled)
