"""What is kept about the telephone queue: each SMS, link and code once, and nothing longer than it is needed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from records.continuations import Continuations, Continued
from records.overflow import Call, Overflow
from records.purge import Eraser
from records.retention import Periods
from records.tracker_store import TrackerStore
from tests.unit.records.filled import NOW

PAUSE = timedelta(minutes=10)
CALL = Call(
    conversation="web-1",
    call="c1",
    link="l1",
    link_until=NOW + timedelta(minutes=30),
    name="4711",
    queue="IT-stöd",
    position=7,
    wait=700,
    region="VGR",
    called=None,
    number="sealed",
    caller="n1",
    told=NOW,
    claimed=None,
    kept=None,
    callback=None,
    created=NOW,
    expires=NOW + timedelta(hours=12),
)


@pytest.fixture
async def overflow(records: AsyncEngine) -> AsyncIterator[Overflow]:
    kept = Overflow(records)
    yield kept
    await kept.close()


async def test_a_call_is_there_once_and_found_by_what_is_known_of_it(overflow: Overflow) -> None:
    assert await overflow.add(CALL)
    assert not await overflow.add(replace(CALL, conversation="web-2", link="l2"))
    later = replace(CALL, conversation="web-3", call="c3", link="l3", created=NOW + timedelta(seconds=1))
    assert await overflow.add(later)

    assert await overflow.by_call("c1") == await overflow.by_link("l1") == CALL
    assert await overflow.of_conversation("web-1") == CALL
    assert await overflow.latest_of(["n0", "n1"]) == later
    assert await overflow.by_link("l2") is None


async def test_what_the_telephone_system_leaves_out_stays(overflow: Overflow) -> None:
    await overflow.add(CALL)
    await overflow.moved("web-1", None, 2, None, NOW + PAUSE)

    moved = await overflow.of_conversation("web-1")
    assert moved == replace(CALL, position=2, told=NOW + PAUSE)


async def test_a_link_is_claimed_once_and_in_time(overflow: Overflow) -> None:
    await overflow.add(CALL)
    assert not await overflow.claim("l1", CALL.link_until)

    claims = await asyncio.gather(*(overflow.claim("l1", NOW) for _ in range(6)))

    assert sorted(claims) == [False] * 5 + [True]


async def test_one_invitation_for_each_number_and_time(overflow: Overflow) -> None:
    attempts = await asyncio.gather(*(overflow.may_text(["n1"], NOW, PAUSE) for _ in range(6)))
    assert sorted(attempts) == ["recent"] * 5 + ["sent"]

    assert await overflow.may_text(["n2"], NOW, PAUSE) == "sent"
    assert await overflow.may_text(["new", "n1"], NOW, PAUSE) == "recent"  # under a new secret
    assert await overflow.may_text(["n1"], NOW + PAUSE, PAUSE) == "sent"
    await overflow.not_texted(["n1"])
    assert await overflow.may_text(["n1"], NOW + PAUSE, PAUSE) == "sent"


async def test_a_stop_holds_until_start_and_under_a_new_secret(overflow: Overflow) -> None:
    await overflow.stop(["n1"], NOW)
    assert await overflow.may_text(["n1"], NOW + 10 * PAUSE, PAUSE) == "stopped"
    assert await overflow.may_text(["new", "n1"], NOW + 10 * PAUSE, PAUSE) == "stopped"
    assert await overflow.stopped(["new", "n1"])
    await overflow.purge(NOW + timedelta(days=5000), PAUSE)
    assert await overflow.stopped(["n1"])

    await overflow.start(["new", "n1"])

    assert not await overflow.stopped(["n1"])
    assert await overflow.may_text(["n1"], NOW, PAUSE) == "sent"


async def test_a_request_is_seen_once_for_a_week(overflow: Overflow) -> None:
    assert [await overflow.saw("r1", NOW), await overflow.saw("r1", NOW)] == [True, False]
    await overflow.purge(NOW + timedelta(days=6.9), PAUSE)
    assert not await overflow.saw("r1", NOW)
    await overflow.purge(NOW + timedelta(days=7), PAUSE)
    assert await overflow.saw("r1", NOW)


async def test_messages_and_their_reports(overflow: Overflow) -> None:
    await overflow.sent("web-1", "e-1", 1, "p1", "sent", NOW)
    await overflow.sent("web-1", "e-1", 2, None, "sent", NOW)
    await overflow.sent("web-1", "e-1", 1, "p2", "sent", NOW)

    assert await overflow.parts_sent("web-1", "e-1") == {1, 2}
    assert await overflow.parts_sent("web-1", "e-2") == frozenset()
    assert not await overflow.reported("p1", "delivered")
    assert await overflow.reported("p2", "delivered")
    assert await overflow.states("web-1") == {("e-1", 1): "delivered", ("e-1", 2): "sent"}


async def test_answers_to_wishes_are_given_once(overflow: Overflow) -> None:
    await overflow.add(CALL)

    assert [await overflow.called_back("web-1", "Ja"), await overflow.called_back("web-1", "Nej")] == [True, False]
    assert [await overflow.keep_place("web-1", NOW), await overflow.keep_place("web-1", NOW + PAUSE)] == [True, False]
    known = await overflow.of_conversation("web-1")
    assert known == replace(CALL, callback="Ja", kept=NOW)


async def test_what_has_an_end_of_its_own_is_purged_then(overflow: Overflow, records: AsyncEngine) -> None:
    await overflow.add(CALL)
    codes = Continuations(records)
    await codes.add("d1", Continued("web-1", NOW + timedelta(hours=1)), NOW + PAUSE)
    eraser = Eraser(records, TrackerStore(None))

    await eraser.purge(Periods(), NOW + timedelta(minutes=9))
    assert await overflow.of_conversation("web-1") == CALL
    await eraser.purge(Periods(), CALL.expires)

    assert await overflow.of_conversation("web-1") is None
    assert await codes.take(["d1"], NOW) is None


async def test_a_code_is_taken_once_in_its_time_and_replaced_by_the_next(records: AsyncEngine) -> None:
    codes, continued = Continuations(records), Continued("web-1", datetime(2026, 11, 23, tzinfo=UTC))
    await codes.add("d1", continued, NOW + PAUSE)
    with pytest.raises(IntegrityError):
        await codes.add("d1", Continued("web-2", continued.until), NOW + PAUSE)
    assert await codes.take(["d1"], NOW + PAUSE) is None

    taken = await asyncio.gather(*(codes.take(["d0", "d1"], NOW) for _ in range(5)))

    assert [each for each in taken if each] == [continued]
    await codes.add("d2", continued, NOW + PAUSE)
    await codes.add("d3", continued, NOW + PAUSE)
    assert await codes.take(["d2"], NOW) is None
    assert await codes.take(["d3"], NOW) == continued
