"""A telephone queue overflows: who gets an SMS, who is read a code, and whose requests are believed."""

import asyncio
import base64
import json
import logging
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from gateway.channels.phone.gsm import septets
from gateway.keys import ENGINE
from records.overflow import overflow_calls, overflow_numbers, overflow_seen
from tests.contract.channels.phone.conftest import ANNA, BO, Phone, StartPhone, link_in
from tests.contract.channels.phone.telephone import SECRET, signed

DOCS = Path(__file__).parents[4] / "docs" / "kanaler-telefon.md"
BODY = json.dumps({"call": "c", "number": ANNA}).encode()


async def test_a_caller_gets_a_link_in_one_sms(phone: Phone) -> None:
    answer = await phone.telephone.tell(number="070-174 06 05", queue="VGR IT-support", position=7, wait_seconds=700)

    assert answer == {"result": "sent", "say": answer["say"]}
    assert "sms" in answer["say"]
    (sms,) = phone.elks.sent
    assert sms.to == ANNA
    assert "nummer 7 i kön till VGR IT-support" in sms.text
    assert "STOPP" in sms.text
    assert len(link_in(sms.text)) * 6 >= 64
    assert septets(sms.text) <= 146


async def test_a_long_name_of_a_queue_leaves_the_link_whole(phone: Phone) -> None:
    await phone.telephone.tell(number=ANNA, queue="Supportkön för privata vårdgivare i Västra Götaland", position=17)

    (sms,) = phone.elks.sent
    assert septets(sms.text) <= 146
    assert (await phone.claim(link_in(sms.text)))[0] == 200


async def test_every_link_is_another(phone: Phone) -> None:
    links = {await phone.invited(number, call=number) for number in (ANNA, BO, "+46701740607")}

    assert len(links) == 3


@pytest.mark.parametrize(
    ("number", "result"),
    [
        ("031-786 32 00", "landline"),
        ("+46 8 123 456 78", "landline"),
        ("+4740612345", "foreign"),
        ("+35840123456", "foreign"),
        (None, "hidden"),
        ("", "hidden"),
        ("anonymous", "hidden"),
        ("+266696687", "hidden"),  # what Twilio has for an anonymous caller
        ("12345", "hidden"),
        ("tel:0701740605;phone-context=+46" + "x" * 150, "hidden"),
    ],
)
async def test_who_gets_no_sms_is_read_a_code_that_opens_the_chat(
    phone: Phone, number: str | None, result: str
) -> None:
    answer = await phone.telephone.tell(number=number, position=3)

    assert answer["result"] == result
    assert phone.elks.sent == []
    assert answer["address"] == "chatt.example.se/s"
    assert answer["address"] in answer["say"]
    assert ", ".join(" ".join(group) for group in answer["code"].split()) in answer["say"]
    response = await phone.gateway.post("/api/v1/conversations/continue", json={"code": answer["code"]})
    assert response.status == 200
    headers = {"Authorization": f"Bearer {(await response.json())['token']}"}
    call = await (await phone.gateway.get("/api/v1/call", headers=headers)).json()
    assert call["queue"] == "Du är nummer 3 i telefonkön."


async def test_other_countries_by_the_operators_wish(start_phone: StartPhone) -> None:
    phone = await start_phone(countries=frozenset({46, 47}))

    assert (await phone.telephone.tell(number="+4740612345"))["result"] == "sent"


async def test_one_sms_per_number_and_ten_minutes(phone: Phone) -> None:
    await phone.invited()

    again = await phone.telephone.tell(call="call-2", number=ANNA)

    assert again["result"] == "recent"
    assert again["code"]
    assert len(phone.elks.sent) == 1
    earlier = datetime.now(UTC) - timedelta(minutes=10, seconds=1)
    async with phone.gateway.app[ENGINE].begin() as connection:
        await connection.execute(update(overflow_numbers).values(texted=earlier))
    assert (await phone.telephone.tell(call="call-3", number=ANNA))["result"] == "sent"


async def test_one_sms_when_many_calls_of_a_number_come_at_the_same_moment(phone: Phone) -> None:
    answers = await asyncio.gather(*(phone.telephone.tell(call=f"call-{n}", number=ANNA) for n in range(8)))

    assert sorted(answer["result"] for answer in answers) == ["recent"] * 7 + ["sent"]
    assert len(phone.elks.sent) == 1


async def test_the_same_call_told_again_moves_in_the_queue_and_gets_no_second_sms(phone: Phone) -> None:
    headers = await phone.opened(queue="IT-stöd", position=7)

    again = await phone.telephone.tell(number=ANNA, position=2, wait_seconds=61)

    assert again["result"] == "known"
    assert len(phone.elks.sent) == 1
    call = await (await phone.gateway.get("/api/v1/call", headers=headers)).json()
    assert call["queue"] == (
        "Du är nummer 2 i kön till IT-stöd. Telefonväxeln räknar med en väntetid på ungefär 2 min."
    )


async def test_a_call_told_twice_at_the_same_moment_gets_one_sms(phone: Phone) -> None:
    answers = await asyncio.gather(*(phone.telephone.tell(number=ANNA) for _ in range(6)))

    assert [answer["result"] for answer in answers].count("sent") == 1
    assert len(phone.elks.sent) == 1


async def test_when_the_provider_fails_the_code_is_read_and_the_next_call_gets_its_sms(phone: Phone) -> None:
    phone.elks.fail = 1

    failed = await phone.telephone.tell(number=ANNA)

    assert failed["result"] == "failed"
    assert failed["code"]
    assert (await phone.telephone.tell(call="call-2", number=ANNA))["result"] == "sent"


async def test_when_the_provider_does_not_answer_the_sms_may_have_gone_and_no_second_follows(
    start_phone: StartPhone,
) -> None:
    phone = await start_phone()
    phone.elks.lose_answers = 1

    assert (await phone.telephone.tell(number=ANNA))["result"] == "failed"

    assert (await phone.telephone.tell(call="call-2", number=ANNA))["result"] == "recent"
    assert len(phone.elks.sent) == 1


async def test_stop_is_heeded_until_start(phone: Phone) -> None:
    await phone.invited()
    assert "inga fler sms" in (await phone.text("  Stopp! "))[0]

    stopped = await phone.telephone.tell(call="call-2", number=ANNA)

    assert stopped["result"] == "stopped"
    assert stopped["code"]
    assert len(phone.elks.sent) == 2
    await phone.text("start")
    assert (await phone.telephone.tell(call="call-3", number=ANNA))["result"] == "sent"


async def test_stop_is_not_offered_where_nobody_can_answer(start_phone: StartPhone) -> None:
    phone = await start_phone(sender="ITstod")
    await phone.invited()

    assert "STOPP" not in phone.elks.sent[0].text


# ---- whose requests are believed


async def test_the_example_of_the_documentation_is_taken(phone: Phone) -> None:
    """The shell lines in the administrators' guide, run as they stand."""
    id_, stamp, signature, body = await asyncio.to_thread(documented_request)

    response = await phone.telephone.post(
        body.encode(), {"webhook-id": id_, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
    )

    assert response.status == 200
    assert (await response.json())["result"] == "sent"


def documented_request() -> list[str]:
    """Id, time, signature and body."""
    assert shutil.which("openssl")
    block = DOCS.read_text(encoding="utf-8").partition("```sh\n")[2].partition("```")[0]
    signing = block.partition("curl")[0]
    printed = 'printf "%s\\n" "$id" "$time" "$signature" "$body"'
    done = subprocess.run(
        ["bash", "-c", f"{signing}\n{printed}"],
        env={"PHONE_SECRET": SECRET, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().split("\n", 3)


async def test_a_replayed_request_changes_nothing(phone: Phone) -> None:
    body = json.dumps({"call": "c", "number": ANNA, "position": 5}).encode()
    headers = signed(body, "msg_first")
    assert (await phone.telephone.post(body, headers)).status == 200
    await phone.telephone.tell(call="c", position=1)

    replayed = await phone.telephone.post(body, headers)

    assert replayed.status == 409
    assert await replayed.json() == {"result": "repeated"}
    assert len(phone.elks.sent) == 1
    async with phone.gateway.app[ENGINE].connect() as connection:
        assert [row.position for row in await connection.execute(overflow_calls.select())] == [1]
        assert "msg_first" not in repr((await connection.execute(overflow_seen.select())).all())


async def test_a_replay_is_known_after_a_restart(start_phone: StartPhone) -> None:
    phone = await start_phone()
    headers = signed(BODY, "msg_1")
    assert (await phone.telephone.post(BODY, headers)).status == 200
    await phone.gateway.close()

    phone = await start_phone()

    assert (await phone.telephone.post(BODY, headers)).status == 409


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
async def test_a_request_of_another_time_is_refused(phone: Phone, seconds: int) -> None:
    headers = signed(BODY, "msg_1", int(time.time()) + seconds)

    assert (await phone.telephone.post(BODY, headers)).status == 401
    assert phone.elks.sent == []


@pytest.mark.parametrize("seconds", [-290, 290])
async def test_clocks_may_differ_a_little(phone: Phone, seconds: int) -> None:
    assert (await phone.telephone.post(BODY, signed(BODY, "msg_1", int(time.time()) + seconds))).status == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,åäö"},
        {"webhook-signature": signed(BODY, "msg_1", secret="another secret")["webhook-signature"]},
        {"webhook-signature": signed(BODY + b" ", "msg_1")["webhook-signature"]},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "x" * 129},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1" * 30},
    ],
)
async def test_what_is_not_signed_by_the_telephone_system_is_refused(phone: Phone, changed: dict[str, str]) -> None:
    response = await phone.telephone.post(BODY, {**signed(BODY, "msg_1"), **changed})

    assert response.status == 401
    assert await response.text() == ""
    assert phone.elks.sent == []


async def test_a_signature_with_an_older_secret_may_stand_beside(phone: Phone) -> None:
    headers = signed(BODY, "msg_1")
    old = signed(BODY, "msg_1", secret="an older secret")["webhook-signature"]

    response = await phone.telephone.post(
        BODY, {**headers, "webhook-signature": f"{old} v1a,x {headers['webhook-signature']}"}
    )

    assert response.status == 200


async def test_a_secret_may_be_written_in_base64(start_phone: StartPhone) -> None:
    from gateway.channels.phone.signing import key_of, signed_id

    key = b"twenty-four bytes of key"
    headers = signed(BODY, "msg_1", secret=key.decode())

    assert signed_id(key_of("whsec_" + base64.b64encode(key).decode()), headers, BODY) == "msg_1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"call": ""}',
        b'{"call": 7}',
        b'{"call": "c", "position": 0}',
        b'{"call": "c", "position": "7"}',
        b'{"call": "c", "wait_seconds": -1}',
        b'{"call": "c", "number": ["+46701740605"]}',
        json.dumps({"call": "c" * 201}).encode(),
    ],
)
async def test_what_cannot_be_read_is_refused(phone: Phone, body: bytes) -> None:
    assert (await phone.telephone.post(body, signed(body, "msg_1"))).status == 400
    assert phone.elks.sent == []


async def test_a_queues_name_is_shown_as_text(phone: Phone) -> None:
    headers = await phone.opened(queue="<b>Kö</b>\u202e\n" + "x" * 100, position=1)

    call = await (await phone.gateway.get("/api/v1/call", headers=headers)).json()

    assert call["queue"].startswith("Du är nummer 1 i kön till <b>Kö</b> xxx")
    assert "\u202e" not in call["queue"]
    assert len(call["queue"]) < 100


# ---- what is kept


async def test_the_number_is_in_no_table_and_in_no_log(phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    link = await phone.invited()
    await phone.claim(link)
    await phone.text("Hej!")
    await phone.text("STOPP")
    await phone.telephone.tell(call="call-2", number=ANNA)

    digits = ANNA.removeprefix("+46")
    kept = b"".join(path.read_bytes() for path in phone.records.parent.glob("records.db*"))
    assert digits.encode() not in kept
    assert link.encode() not in kept
    logged = [record for record in caplog.records if record.name.startswith(("gateway", "records", "desks"))]
    assert logged
    told = " ".join(record.getMessage() for record in caplog.records)
    assert digits not in told
    assert link not in told


async def test_a_call_and_its_number_are_forgotten_in_time(start_phone: StartPhone) -> None:
    phone = await start_phone(keep_for=timedelta(hours=2))
    headers = await phone.opened()

    await phone.overflow.purge(datetime.now(UTC) + timedelta(hours=2, seconds=1), timedelta(minutes=10))

    async with phone.gateway.app[ENGINE].connect() as connection:
        assert (await connection.execute(overflow_calls.select())).all() == []
        assert (await connection.execute(overflow_numbers.select())).all() == []
    assert (await phone.gateway.get("/api/v1/call", headers=headers)).status == 404


async def test_an_erased_conversation_takes_its_call_along(phone: Phone) -> None:
    headers = await phone.opened()

    assert (await phone.gateway.delete("/api/v1/conversation", headers=headers)).status == 204

    async with phone.gateway.app[ENGINE].connect() as connection:
        assert (await connection.execute(overflow_calls.select())).all() == []
    assert (await phone.gateway.get("/api/v1/call", headers=headers)).status == 404


async def test_a_stop_outlives_everything_else(phone: Phone) -> None:
    await phone.text("STOPP")

    await phone.overflow.purge(datetime.now(UTC) + timedelta(days=1000), timedelta(minutes=10))

    assert (await phone.telephone.tell(number=ANNA))["result"] == "stopped"


async def test_delivery_reports_are_kept(phone: Phone) -> None:
    await phone.invited()
    (sms,) = phone.elks.sent
    conversation = await conversation_of(phone)
    assert await phone.overflow.states(conversation) == {("invitation", 1): "sent"}

    assert await phone.elks.report(sms, "delivered") == 204

    assert await phone.overflow.states(conversation) == {("invitation", 1): "delivered"}


async def test_reports_of_others_are_refused(phone: Phone) -> None:
    await phone.invited()
    (sms,) = phone.elks.sent
    for auth in ({}, {"Authorization": "Basic AAAA"}, {"Authorization": "Bearer x"}):
        form = {"id": sms.id, "status": "failed"}
        assert (await phone.gateway.post("/sms/report", data=form, headers=auth)).status == 401

    assert list((await phone.overflow.states(await conversation_of(phone))).values()) == ["sent"]


async def conversation_of(phone: Phone) -> str:
    async with phone.gateway.app[ENGINE].connect() as connection:
        return str((await connection.execute(overflow_calls.select())).one().conversation)
