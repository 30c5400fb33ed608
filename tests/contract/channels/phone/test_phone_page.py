"""The link and what the page behind it can do: opened once, called back, a place kept, and errors in words."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from gateway.keys import ENGINE
from records.overflow import overflow_calls
from tests.contract.channels.phone.conftest import ANNA, Phone, StartPhone, eventually
from tests.contract.channels.phone.test_phone_overflow import conversation_of
from tests.fake_rasa import FakeRasa


async def call(phone: Phone, headers: dict[str, str]) -> dict[str, Any]:
    response = await phone.gateway.get("/api/v1/call", headers=headers)
    assert response.status == 200
    told: dict[str, Any] = await response.json()
    return told


async def book(phone: Phone, headers: dict[str, str], **wanted: Any) -> tuple[int, dict[str, Any]]:
    response = await phone.gateway.post("/api/v1/call/callback", json=wanted, headers=headers)
    return response.status, await response.json()


async def log_of(phone: Phone, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await (await phone.gateway.get("/api/v1/events", headers=headers)).json()
    events: list[dict[str, Any]] = answer["events"]
    return events


# ---- the link


async def test_looking_at_the_link_uses_nothing_up(phone: Phone) -> None:
    link = await phone.invited()
    for method in ("GET", "HEAD", "GET"):
        response = await phone.gateway.request(method, f"/s/{link}", headers={"User-Agent": "a preview"})
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex"

    assert (await phone.claim(link))[0] == 200


async def test_the_link_opens_a_conversation_in_the_callers_region(phone: Phone, rasa: FakeRasa) -> None:
    status, begun = await phone.claim(await phone.invited(region="Dalarna"))

    assert status == 200
    assert begun["region"] == "Dalarna"
    assert begun["max_length"] > 0
    headers = {"Authorization": f"Bearer {begun['token']}"}
    response = await phone.gateway.post("/api/v1/messages", json={"text": "Hej"}, headers=headers)
    assert response.status == 202

    async def answered() -> bool:
        return "Hej!" in [event.get("text") for event in await log_of(phone, headers)]

    await eventually(answered)
    assert rasa.asked[0]["metadata"]["region"] == "Dalarna"


async def test_the_link_is_opened_once(phone: Phone) -> None:
    link = await phone.invited()
    statuses = [status for status, _ in await asyncio.gather(*(phone.claim(link) for _ in range(6)))]

    assert sorted(statuses) == [200, 410, 410, 410, 410, 410]
    status, problem = await phone.claim(link)
    assert (status, problem["code"]) == (410, "link_used")
    assert "en annan telefon" in problem["title"]


async def test_the_phone_that_opened_it_may_open_it_again(phone: Phone) -> None:
    link = await phone.invited()
    _, begun = await phone.claim(link)

    status, again = await phone.claim(link, begun["token"])

    assert status == 200
    assert await log_of(phone, {"Authorization": f"Bearer {again['token']}"}) == []
    assert (await phone.claim(link, again["token"]))[0] == 200
    other = await (await phone.gateway.post("/api/v1/conversations", json={})).json()
    assert (await phone.claim(link, other["token"]))[0] == 410
    assert (await phone.claim(link, "nonsense"))[0] == 410


async def test_a_link_runs_out(phone: Phone) -> None:
    link = await phone.invited()
    async with phone.gateway.app[ENGINE].begin() as connection:
        await connection.execute(update(overflow_calls).values(link_until=datetime.now(UTC)))

    status, problem = await phone.claim(link)

    assert (status, problem["code"]) == (410, "link")
    assert problem["desks"]


@pytest.mark.parametrize("link", ["", "x", "x" * 12, "../../etc/passwd"])
async def test_no_link_is_guessed(phone: Phone, link: str) -> None:
    await phone.invited()

    assert (await phone.claim(link))[0] == 410


@pytest.mark.parametrize("body", [{}, {"link": None}, {"link": 7}, {"link": "x" * 65}, {"link": ["x"]}])
async def test_what_is_no_link_is_refused(phone: Phone, body: dict[str, Any]) -> None:
    assert (await phone.gateway.post("/api/v1/call/claim", json=body)).status == 400


async def test_another_sites_page_cannot_open_it(phone: Phone) -> None:
    link = await phone.invited()
    headers = {"Origin": "https://elsewhere.example"}

    response = await phone.gateway.post("/api/v1/call/claim", json={"link": link}, headers=headers)

    assert response.status == 403
    assert (await phone.claim(link))[0] == 200


async def test_the_right_to_one_call_is_none_to_another(phone: Phone) -> None:
    mine = await phone.opened(queue="Min kö")
    link = await phone.invited("+46701740606", call="call-2", queue="Annans kö")

    response = await phone.gateway.get("/api/v1/call", params={"link": link}, headers=mine)

    assert response.status == 404
    assert (await phone.gateway.get("/api/v1/call")).status == 401
    plain = await (await phone.gateway.post("/api/v1/conversations", json={})).json()
    headers = {"Authorization": f"Bearer {plain['token']}"}
    assert (await phone.gateway.get("/api/v1/call", headers=headers)).status == 404


# ---- how it stands


@pytest.mark.parametrize(
    ("told", "queue"),
    [
        ({"queue": "IT-stöd", "position": 7, "wait_seconds": 700}, "Du är nummer 7 i kön till IT-stöd. Telefonväxeln"),
        ({"queue": "IT-stöd"}, "Du väntar i kön till IT-stöd."),
        ({"position": 7}, "Du är nummer 7 i telefonkön."),
        ({}, "Du väntar i telefonkön."),
    ],
)
async def test_the_page_greets_with_what_the_telephone_system_said(
    phone: Phone, told: dict[str, Any], queue: str
) -> None:
    assert (await call(phone, await phone.opened(**told)))["queue"].startswith(queue)


async def test_an_old_place_is_told_with_its_time(phone: Phone) -> None:
    headers = await phone.opened(queue="IT-stöd", position=7, wait_seconds=700)
    then = datetime(2026, 11, 20, 8, 14, tzinfo=UTC)
    async with phone.gateway.app[ENGINE].begin() as connection:
        await connection.execute(update(overflow_calls).values(told=then))

    assert (await call(phone, headers))["queue"] == "Du var nummer 7 i kön till IT-stöd kl. 09:14."


@pytest.mark.parametrize(
    ("told", "back"),
    [
        ({"called": "+46104737100"}, {"href": "tel:+46-10-473-71-00", "text": "Ring 010-473 71 00"}),
        ({"region": "VGR"}, {"href": "tel:+46-10-000-00-01", "text": "Ring 010-00 00 001"}),
        ({}, None),
        ({"called": "växeln"}, None),
    ],
)
async def test_the_way_back_to_the_queue(phone: Phone, told: dict[str, Any], back: dict[str, str] | None) -> None:
    assert (await call(phone, await phone.opened(**told)))["back"] == back


# ---- being called back


async def test_a_wish_to_be_called_back_becomes_a_ticket(phone: Phone) -> None:
    headers = await phone.opened(region="VGR", queue="VGR IT-support")
    offered = (await call(phone, headers))["callback"]
    assert offered["number"] == "numret du ringde från, som slutar på 05"
    (region,) = offered["regions"]
    assert region["times"][0]["text"] == "Så snart det går"
    assert len(region["times"]) == 3

    status, told = await book(phone, headers, time=region["times"][1]["value"], about="Kan inte logga in i NPÖ")

    assert status == 200
    assert region["times"][1]["text"] in told["callback"]["booked"]
    (notice,) = await log_of(phone, headers)
    assert notice["text"] == told["callback"]["booked"]
    assert notice["ticket"]["desk"] == "database"
    ticket = await phone.service.tickets.by_reference(notice["ticket"]["reference"])
    assert ticket is not None
    assert (ticket.contact_kind, ticket.contact_value, ticket.kind) == ("phone", ANNA, "request")
    assert f"Önskad tid: {region['times'][1]['text']}" in ticket.body
    assert "Ringde till: VGR IT-support" in ticket.body
    assert "Kan inte logga in i NPÖ" in ticket.body
    assert ticket.number in told["callback"]["booked"]


async def test_one_ticket_however_often_the_button_is_pressed(phone: Phone) -> None:
    headers = await phone.opened(region="VGR")

    answers = await asyncio.gather(*(book(phone, headers, time="soon") for _ in range(4)))

    assert {status for status, _ in answers} == {200}
    assert len(await log_of(phone, headers)) == 1
    assert len(await phone.service.tickets.of_conversation(await conversation_of(phone))) == 1
    assert (await book(phone, headers, time="soon"))[1]["callback"]["booked"]


async def test_another_number_may_be_given(phone: Phone) -> None:
    headers = await phone.opened(region="VGR")

    await book(phone, headers, time="soon", number="031-786 32 00")

    (notice,) = await log_of(phone, headers)
    ticket = await phone.service.tickets.by_reference(notice["ticket"]["reference"])
    assert ticket is not None
    assert ticket.contact_value == "+46317863200"


@pytest.mark.parametrize("number", ["", "123", "hej", "anna@example.se"])
async def test_a_hidden_number_must_be_given_and_be_one(phone: Phone, number: str) -> None:
    answer = await phone.telephone.tell(region="VGR")
    code = {"code": answer["code"]}
    begun = await (await phone.gateway.post("/api/v1/conversations/continue", json=code)).json()
    headers = {"Authorization": f"Bearer {begun['token']}"}
    assert (await call(phone, headers))["callback"]["number"] is None

    status, problem = await book(phone, headers, time="soon", number=number)

    assert (status, problem["code"]) == (422, "contact")
    assert await log_of(phone, headers) == []


async def test_the_region_is_chosen_when_the_telephone_system_did_not_say(phone: Phone) -> None:
    headers = await phone.opened()
    regions = (await call(phone, headers))["callback"]["regions"]
    assert [region["code"] for region in regions] == ["VGR", "Dalarna", "Uppsala"]
    assert (await book(phone, headers, time="soon"))[0] == 400

    assert (await book(phone, headers, time="soon", region="Uppsala"))[0] == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"time": "2026-11-23T03:00:00+01:00"},
        {"time": 7},
        {"time": "soon", "about": 7},
        {"time": "soon", "number": 7},
    ],
)
async def test_a_time_that_is_not_offered_is_refused(phone: Phone, wanted: dict[str, Any]) -> None:
    headers = await phone.opened(region="VGR")

    assert (await book(phone, headers, **wanted))[0] == 400
    assert await log_of(phone, headers) == []


async def test_what_tells_of_a_patient_does_not_reach_the_ticket(phone: Phone) -> None:
    headers = await phone.opened(region="VGR")

    status, problem = await book(phone, headers, time="soon", about="Patienten Anna Andersson född 1912-12-12 ringer")

    assert (status, problem["code"]) == (422, "patient")
    status, _ = await book(phone, headers, time="soon", about="Mitt personnummer är 19121212-1212")
    assert status == 200
    (notice,) = await log_of(phone, headers)
    ticket = await phone.service.tickets.by_reference(notice["ticket"]["reference"])
    assert ticket is not None
    assert "1212" not in ticket.body


# ---- the place in the queue


async def test_the_place_is_kept_by_the_telephone_system(phone: Phone) -> None:
    headers = await phone.opened()
    assert (await call(phone, headers))["place"] == {"possible": True, "kept": None}

    told = [await (await phone.gateway.post("/api/v1/call/place", headers=headers)).json() for _ in range(2)]

    assert all("har kvar" not in each["place"]["kept"] and each["place"]["kept"] for each in told)
    (kept,) = phone.telephone.kept
    assert (kept["action"], kept["call"]) == ("keep_place", "call-1")
    assert [event["code"] for event in await log_of(phone, headers)] == ["place"]


async def test_it_is_told_when_the_telephone_system_does_not_keep_it(phone: Phone) -> None:
    headers = await phone.opened()
    phone.telephone.status = 500

    response = await phone.gateway.post("/api/v1/call/place", headers=headers)

    assert response.status == 503
    assert "Telefonväxeln svarar inte" in (await response.json())["title"]
    phone.telephone.status = 204
    assert (await phone.gateway.post("/api/v1/call/place", headers=headers)).status == 200
    assert len({kept["id"] for kept in phone.telephone.kept}) == 1  # by which the telephone system knows it again


async def test_keeping_the_place_is_not_offered_where_nobody_can_keep_it(start_phone: StartPhone) -> None:
    phone = await start_phone(queue=False)
    headers = await phone.opened()

    assert (await call(phone, headers))["place"]["possible"] is False
    assert (await phone.gateway.post("/api/v1/call/place", headers=headers)).status == 404


async def test_the_conversation_goes_on_in_the_portal_by_its_code(phone: Phone, rasa: FakeRasa) -> None:
    headers = await phone.opened(region="VGR")
    await phone.gateway.post("/api/v1/messages", json={"text": "Hej från mobilen"}, headers=headers)

    made = await (await phone.gateway.post("/api/v1/conversation/code", headers=headers)).json()
    code = {"code": made["code"]}
    begun = await (await phone.gateway.post("/api/v1/conversations/continue", json=code)).json()

    portal = {"Authorization": f"Bearer {begun['token']}"}
    assert (await log_of(phone, portal))[0]["text"] == "Hej från mobilen"


# ---- a vendor's own words: Twilio's <Enqueue>


async def test_a_caller_in_twilios_queue(start_phone: StartPhone) -> None:
    phone = await start_phone(system="twilio")
    fields = {"CallSid": "CA1", "From": ANNA, "To": "+46104737100", "QueuePosition": "4", "QueueTime": "12"}
    address = "/overflow?queue=IT-st%C3%B6d&region=VGR"

    first = await tell_twilio(phone, address, fields)
    again = await tell_twilio(phone, address, {**fields, "QueuePosition": "3"})

    assert first.count("<Say") == 1
    assert 'language="sv-SE"' in first
    assert "sms" in first
    assert "<Say" not in again
    assert "<Pause" in again
    (sms,) = phone.elks.sent
    assert "nummer 4 i kön till IT-stöd" in sms.text


async def test_twilios_signature_is_looked_at(start_phone: StartPhone) -> None:
    phone = await start_phone(system="twilio")
    for signature in ("", "x", "å"):
        response = await phone.gateway.post(
            "/overflow", data={"CallSid": "CA1", "From": ANNA}, headers={"X-Twilio-Signature": signature}
        )
        assert response.status == 403

    response = await phone.gateway.post("/overflow", data=json.dumps({}), headers={"Content-Type": "application/json"})
    assert response.status == 415
    assert phone.elks.sent == []


async def tell_twilio(phone: Phone, address: str, fields: dict[str, str]) -> str:
    import base64
    import hashlib
    import hmac

    from tests.contract.channels.phone.telephone import SECRET

    said = f"https://chatt.example.se{address}" + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    mark = base64.b64encode(hmac.new(SECRET.encode(), said.encode(), hashlib.sha1).digest()).decode()
    response = await phone.gateway.post(address, data=fields, headers={"X-Twilio-Signature": mark})
    assert response.status == 200
    assert response.content_type == "text/xml"
    return await response.text()
