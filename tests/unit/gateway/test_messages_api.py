"""Messages over HTTP: what reaches Rasa, and what comes back."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientTimeout
from aiohttp.test_utils import TestClient
from yarl import URL

from tests.fake_rasa import FakeRasa, bot_message
from tests.unit.gateway.conftest import StartGateway, Visitor, visit

ANSWERED = {
    "outcome": "answered",
    "region": "Dalarna",
    "sources": [{"title": "Bilaga 4", "section": "15.1", "dated": "2023-11-20"}],
    "notices": ["Två öppettider står i dokumenten."],
}


async def test_an_answer_comes_back_with_everything_in_its_custom_object(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.answers["Vem ringer jag?"] = bot_message("Ring ServiceDesk.\n\n- 023-44 000", custom=ANSWERED)

    assert await visitor.say("Vem ringer jag?") == {
        "messages": [{"text": "Ring ServiceDesk.\n\n- 023-44 000", "buttons": [], "custom": ANSWERED}]
    }


async def test_rasa_gets_a_sender_of_ours_and_nothing_else_of_the_client(visitor: Visitor, rasa: FakeRasa) -> None:
    await visitor.say("Hej", sender="someone else", input_channel="slack", metadata={"x": 1}, stream=True)

    (asked,) = rasa.asked
    assert set(asked) == {"sender", "message", "metadata"}
    assert asked["sender"].startswith("web-")
    assert asked["sender"] not in visitor.token
    assert (asked["message"], asked["metadata"]) == ("Hej", {})


async def test_the_same_conversation_is_the_same_sender_and_another_is_not(
    gateway: TestClient[Any, Any], rasa: FakeRasa
) -> None:
    one, other = await visit(gateway), await visit(gateway)
    await one.say("a")
    await one.say("b")
    await other.say("c")

    first, second, third = (asked["sender"] for asked in rasa.asked)
    assert first == second != third


@pytest.mark.parametrize(
    ("region", "metadata"),
    [
        ("VGR", {"region": "VGR"}),
        ("Dalarna", {"region": "Dalarna"}),
        ("Uppsala", {"region": "Uppsala"}),
        ("Stockholm", {}),
        ("vgr", {}),
        ("", {}),
        (None, {}),
        (["VGR"], {}),
        ({"region": "VGR"}, {}),
    ],
)
async def test_only_our_regions_are_passed_on(
    visitor: Visitor, rasa: FakeRasa, region: object, metadata: object
) -> None:
    await visitor.say("Hej", region=region)

    assert rasa.asked[0]["metadata"] == metadata


@pytest.mark.parametrize(
    "typed", ["/restart", " //restart", '/inform{"region": "VGR"}', "\u200b/restart", "\x00/restart"]
)
async def test_a_typed_command_is_only_words(visitor: Visitor, rasa: FakeRasa, typed: str) -> None:
    await visitor.say(typed)

    assert not rasa.asked[0]["message"].strip().startswith("/")


@pytest.mark.parametrize(
    "text", ["👩🏽‍⚕️ 🇸🇪 😀", "<script>alert('x')</script>", "åäö é", "'; DROP TABLE events; --", "{{7*7}}"]
)
async def test_odd_text_goes_both_ways_unchanged(visitor: Visitor, rasa: FakeRasa, text: str) -> None:
    rasa.otherwise = bot_message(text)

    answer = await visitor.say(text)

    assert rasa.asked[0]["message"] == text
    assert answer["messages"][0]["text"] == text


async def test_a_button_sends_its_payload_as_rasa_wrote_it(visitor: Visitor, rasa: FakeRasa) -> None:
    payload = '/inform{"region": "Dalarna"}'
    rasa.otherwise = bot_message("Vilken region?", [{"title": "Dalarna", "payload": payload}])
    (button,) = (await visitor.say("Hej"))["messages"][0]["buttons"]
    assert button["title"] == "Dalarna"
    assert payload not in button["payload"]

    await visitor.press(button["payload"])

    assert rasa.asked[1]["message"] == payload


async def test_a_made_up_button_is_refused(visitor: Visitor, rasa: FakeRasa) -> None:
    response = await visitor.post({"button": "/restart"})
    answer = await response.json()

    assert (response.status, answer["error"], rasa.asked) == (422, "button", [])
    assert "gäller inte längre" in answer["messages"][0]["text"]


async def test_a_button_of_another_conversation_is_refused(gateway: TestClient[Any, Any], rasa: FakeRasa) -> None:
    rasa.otherwise = bot_message("Välj", [{"title": "Ja", "payload": "/affirm"}])
    one, other = await visit(gateway), await visit(gateway)
    button = (await one.say("Hej"))["messages"][0]["buttons"][0]["payload"]

    assert (await other.press(button))["error"] == "button"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_without_a_valid_token_nothing_is_sent(visitor: Visitor, rasa: FakeRasa, token: str) -> None:
    response = await visitor.post({"text": "Hej"}, token)

    assert (response.status, (await response.json())["error"], rasa.asked) == (401, "session", [])


async def test_a_tampered_token_is_refused(visitor: Visitor) -> None:
    response = await visitor.post({"text": "Hej"}, visitor.token[:-5] + "AAAAA")

    assert response.status == 401


async def test_no_authorization_header_is_refused(gateway: TestClient[Any, Any]) -> None:
    assert (await gateway.post("/api/messages", json={"text": "Hej"})).status == 401


@pytest.mark.parametrize("text", ["", "  ", "/", "\n\n", "\u200b"])
async def test_an_empty_message_gets_a_friendly_sentence(visitor: Visitor, rasa: FakeRasa, text: str) -> None:
    answer = await visitor.say(text)

    assert (answer["error"], rasa.asked) == ("empty", [])
    assert answer["messages"][0]["text"].startswith("Jag såg ingen fråga")
    assert "010-00 00 001" in answer["messages"][0]["text"]


async def test_no_message_at_all_is_an_empty_one(visitor: Visitor) -> None:
    assert (await (await visitor.post({})).json())["error"] == "empty"


async def test_ten_thousand_characters_get_a_friendly_sentence(visitor: Visitor, rasa: FakeRasa) -> None:
    answer = await visitor.say("å" * 10_000, region="Uppsala")

    assert (answer["error"], rasa.asked) == ("too_long", [])
    text = answer["messages"][0]["text"]
    assert "10\u00a0000 tecken" in text and "2\u00a0000" in text
    assert "018-000 00 03" in text and "010-00 00 001" not in text


async def test_a_request_above_the_cap_is_not_read(visitor: Visitor, rasa: FakeRasa) -> None:
    response = await visitor.post({"text": "x" * 70_000})
    answer = await response.json()

    assert (response.status, answer["error"], rasa.asked) == (413, "too_large", [])
    assert "för långt" in answer["messages"][0]["text"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 50_000, b'{"text": 7}', b'{"button": []}'])
async def test_what_is_no_message_is_refused_in_swedish(visitor: Visitor, rasa: FakeRasa, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {visitor.token}", "Content-Type": "application/json"}
    response = await visitor.http.post("/api/messages", data=body, headers=headers)
    answer = await response.json()

    assert (response.status, answer["error"], rasa.asked) == (400, "bad_request", [])
    assert answer["messages"][0]["text"]


async def test_a_form_from_another_site_is_refused(visitor: Visitor, rasa: FakeRasa) -> None:
    headers = {"Authorization": f"Bearer {visitor.token}", "Content-Type": "text/plain"}
    response = await visitor.http.post("/api/messages", data=b'{"text": "Hej"}', headers=headers)

    assert (response.status, rasa.asked) == (400, [])


# ---- never silent


def assert_failed_with_all_contacts(answer: dict[str, Any]) -> None:
    (message,) = answer["messages"]
    assert message["custom"]["outcome"] == "failed"
    for phone in ("010-00 00 001", "023-00 002", "018-000 00 03"):
        assert phone in message["text"]
    assert "vardagar 07:30-16:00. Öppet nu." in message["text"]
    assert "vardagar 08:00-15:00. Stängt nu, öppnar måndag 23 november kl. 07:30. Beredskap nu:" in message["text"]
    assert {"kind": "phone", "value": "010-00 00 001"} in message["custom"]["facts"]
    assert {"kind": "hours", "value": "vardagar 07:30-16:00"} in message["custom"]["facts"]
    assert message["custom"]["sources"]
    assert "Traceback" not in message["text"]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"",
        b"{",
        b"<html>502</html>",
        b"{}",
        b"null",
        b'["text"]',
        b"\xff\xfe",
        b"[" * 100_000,
        b'[{"custom": {"outcome": "answered"}}]',
        b'[{"text": ""}]',
        b'[{"text": "' + b"x" * 1_100_000 + b'"}]',
    ],
)
async def test_an_answer_that_is_none_becomes_contacts(visitor: Visitor, rasa: FakeRasa, body: bytes) -> None:
    rasa.body = body

    assert_failed_with_all_contacts(await visitor.say("Hej"))


@pytest.mark.parametrize("status", [204, 302, 400, 401, 404, 409, 500, 502, 503])
async def test_an_http_error_becomes_contacts(visitor: Visitor, rasa: FakeRasa, status: int) -> None:
    rasa.status = status

    assert_failed_with_all_contacts(await visitor.say("Hej"))


async def test_a_slow_answer_becomes_contacts_in_time(start_gateway: StartGateway, rasa: FakeRasa) -> None:
    rasa.delay = 5
    visitor = await visit(await start_gateway(patience=0.2))
    began = asyncio.get_running_loop().time()

    answer = await visitor.say("Hej")

    assert asyncio.get_running_loop().time() - began < 2
    assert_failed_with_all_contacts(answer)
    assert answer["messages"][0]["text"].startswith("Det tog för lång tid")


async def test_no_rasa_at_all_becomes_contacts(start_gateway: StartGateway, unused_tcp_port: int) -> None:
    visitor = await visit(await start_gateway(URL(f"http://127.0.0.1:{unused_tcp_port}")))

    assert_failed_with_all_contacts(await visitor.say("Hej"))


async def test_the_conversation_goes_on_when_rasa_is_back(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.status = 500
    await visitor.say("Hej")
    rasa.status = 200

    assert (await visitor.say("Hej"))["messages"][0]["text"] == "Hej!"
    assert rasa.asked[0]["sender"] == rasa.asked[1]["sender"]


async def test_a_known_region_gets_its_own_contact(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.body = b"[]"

    (message,) = (await visitor.say("Hej", region="Dalarna"))["messages"]

    assert "023-00 002" in message["text"] and "010-00 00 001" not in message["text"]
    assert (message["custom"]["region"], message["custom"]["open"]) == ("Dalarna", False)
    assert message["custom"]["next_open"] == "2026-11-23T07:30:00+01:00"


async def test_the_region_that_the_bot_found_out_is_remembered(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.otherwise = bot_message("Svar", custom=ANSWERED)
    await visitor.say("Hur gör man i Falun?")
    rasa.body = b"[]"

    (message,) = (await visitor.say("Och sen?"))["messages"]

    assert message["custom"]["region"] == "Dalarna"


async def test_the_log_tells_the_cause_and_not_the_question(
    visitor: Visitor, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    rasa.status = 503
    with caplog.at_level("DEBUG"):
        await visitor.say("Patienten Tolvan Tolvansson")

    assert "status 503" in caplog.text
    assert "Tolvan" not in caplog.text
    assert visitor.token not in caplog.text


async def test_not_a_number_does_not_break_the_reply(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.body = b'[{"text": "Hej"}, {"custom": {"score": NaN}}]'

    assert (await visitor.say("Hej"))["messages"][0]["custom"] == {"score": None}


async def test_slow_turns_do_not_hold_up_others(start_gateway: StartGateway, rasa: FakeRasa) -> None:
    rasa.delay = 0.3
    gateway = await start_gateway()
    visitors = [await visit(gateway) for _ in range(20)]
    began = asyncio.get_running_loop().time()

    answers = await asyncio.wait_for(asyncio.gather(*(each.say("Hej") for each in visitors)), 10)

    assert all(answer["messages"][0]["text"] == "Hej!" for answer in answers)
    assert asyncio.get_running_loop().time() - began < 3


async def test_an_error_of_ours_is_a_sentence_too(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said = "Tolvan Tolvansson"

    def broken(*_: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr("gateway.turns.join", broken)
    response = await visitor.http.post(
        "/api/messages",
        json={"text": "Hej"},
        headers={"Authorization": f"Bearer {visitor.token}"},
        timeout=ClientTimeout(total=5),
    )
    answer = await response.json()

    assert (response.status, answer["error"]) == (500, "internal")
    assert answer["messages"][0]["custom"]["outcome"] == "failed"
    assert "010-00 00 001" in answer["messages"][0]["text"]
    assert "RuntimeError" in caplog.text and "Tolvan" not in caplog.text
