"""Messages over HTTP: what reaches Rasa, and what comes back."""

import asyncio
from typing import Any

import pytest
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

    (answer,) = await visitor.say("Vem ringer jag?")

    assert (answer["kind"], answer["text"]) == ("bot_message", "Ring ServiceDesk.\n\n- 023-44 000")
    assert (answer["buttons"], answer["custom"]) == ([], ANSWERED)


async def test_rasa_gets_a_sender_of_ours_and_nothing_else_of_the_client(visitor: Visitor, rasa: FakeRasa) -> None:
    await visitor.say("Hej", sender="someone else", input_channel="slack", metadata={"x": 1}, stream=True)

    (asked,) = rasa.asked
    assert set(asked) == {"sender", "message", "metadata"}
    assert asked["sender"].startswith("web-")
    assert asked["sender"] not in visitor.token
    assert (asked["message"], set(asked["metadata"])) == ("Hej", {"channel", "correlation"})
    assert asked["metadata"]["channel"] == "web"


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
        (7, {}),
    ],
)
async def test_only_our_regions_are_passed_on(
    visitor: Visitor, rasa: FakeRasa, region: object, metadata: object
) -> None:
    await visitor.say("Hej", region=region)

    told = rasa.asked[0]["metadata"]
    assert {name: told[name] for name in told.keys() & {"region"}} == metadata


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

    (answer,) = await visitor.say(text)

    assert rasa.asked[0]["message"] == text
    assert answer["text"] == text


async def test_a_button_sends_its_payload_as_rasa_wrote_it(visitor: Visitor, rasa: FakeRasa) -> None:
    payload = '/inform{"region": "Dalarna"}'
    rasa.otherwise = bot_message("Vilken region?", [{"title": "Dalarna", "payload": payload}])
    (button,) = (await visitor.say("Hej"))[0]["buttons"]
    assert button["title"] == "Dalarna"
    assert payload not in button["token"]

    await visitor.press(button["token"])

    assert rasa.asked[1]["message"] == payload
    assert [event["text"] for event in await visitor.log() if event["kind"] == "user_message"] == ["Hej", "Dalarna"]


async def test_a_made_up_button_is_refused(visitor: Visitor, rasa: FakeRasa) -> None:
    problem = await visitor.refused({"button": "/restart"})

    assert (problem["status"], problem["code"], rasa.asked) == (422, "button", [])
    assert "gäller inte längre" in problem["detail"]


async def test_a_button_of_another_conversation_is_refused(gateway: TestClient[Any, Any], rasa: FakeRasa) -> None:
    rasa.otherwise = bot_message("Välj", [{"title": "Ja", "payload": "/affirm"}])
    one, other = await visit(gateway), await visit(gateway)
    button = (await one.say("Hej"))[0]["buttons"][0]["token"]

    assert (await other.refused({"button": button}))["code"] == "button"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_without_a_valid_token_nothing_is_sent(gateway: TestClient[Any, Any], rasa: FakeRasa, token: str) -> None:
    problem = await Visitor(gateway, token).refused({"text": "Hej"})

    assert (problem["status"], problem["code"], rasa.asked) == (401, "session", [])


async def test_a_tampered_token_is_refused(visitor: Visitor) -> None:
    visitor.token = visitor.token[:-5] + "AAAAA"

    assert (await visitor.refused({"text": "Hej"}))["status"] == 401


async def test_no_authorization_header_is_refused(gateway: TestClient[Any, Any]) -> None:
    response = await gateway.post("/api/v1/messages", json={"text": "Hej"})

    assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("text", ["", "  ", "/", "\n\n", "\u200b"])
async def test_an_empty_message_gets_a_friendly_sentence(visitor: Visitor, rasa: FakeRasa, text: str) -> None:
    problem = await visitor.refused({"text": text})

    assert (problem["code"], rasa.asked) == ("empty", [])
    assert problem["title"].startswith("Jag såg ingen fråga")
    assert "010-00 00 001" in problem["detail"]


async def test_no_message_at_all_is_an_empty_one(visitor: Visitor) -> None:
    assert (await visitor.refused({}))["code"] == "empty"


async def test_ten_thousand_characters_get_a_friendly_sentence(visitor: Visitor, rasa: FakeRasa) -> None:
    problem = await visitor.refused({"text": "å" * 10_000, "region": "Uppsala"})

    assert (problem["code"], rasa.asked) == ("too_long", [])
    assert "10\u00a0000 tecken" in problem["title"] and "4\u00a0000" in problem["title"]
    assert "018-000 00 03" in problem["detail"] and "010-00 00 001" not in problem["detail"]
    assert [desk["region"] for desk in problem["desks"]] == ["Uppsala"]


async def test_a_request_above_the_cap_is_not_read(visitor: Visitor, rasa: FakeRasa) -> None:
    problem = await visitor.refused({"text": "x" * 70_000})

    assert (problem["status"], problem["code"], rasa.asked) == (413, "too_large", [])
    assert "för långt" in problem["title"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 50_000, b'{"text": 7}', b'{"button": []}'])
async def test_what_is_no_message_is_refused_in_swedish(visitor: Visitor, rasa: FakeRasa, body: bytes) -> None:
    headers = {**visitor.headers, "Content-Type": "application/json"}
    response = await visitor.http.post("/api/v1/messages", data=body, headers=headers)
    problem = await response.json()

    assert (response.status, problem["code"], rasa.asked) == (400, "bad_request", [])
    assert response.content_type == "application/problem+json"
    assert problem["title"]


async def test_a_form_from_another_site_is_refused(visitor: Visitor, rasa: FakeRasa) -> None:
    headers = {**visitor.headers, "Content-Type": "text/plain"}
    response = await visitor.http.post("/api/v1/messages", data=b'{"text": "Hej"}', headers=headers)

    assert (response.status, rasa.asked) == (400, [])


# ---- never silent


def assert_failed_with_all_contacts(answer: list[dict[str, Any]]) -> None:
    (message,) = answer
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


async def test_a_slow_answer_becomes_contacts_in_time_and_follows_when_it_comes(
    start_gateway: StartGateway, rasa: FakeRasa
) -> None:
    rasa.delay = 1
    visitor = await visit(await start_gateway(patience=0.2))
    began = asyncio.get_running_loop().time()
    key = (await (await visitor.post({"text": "Hej"})).json())["key"]

    meanwhile = await visitor.until_answered(key)
    seconds = asyncio.get_running_loop().time() - began
    (late,) = await visitor.until_answered(key)

    assert seconds < 0.9
    assert_failed_with_all_contacts(meanwhile)
    assert meanwhile[0]["text"].startswith("Det tar längre tid än vanligt")
    assert (late["text"], late["in_reply_to"]) == ("Hej!", key)


async def test_an_answer_that_never_comes_is_told(start_gateway: StartGateway, rasa: FakeRasa) -> None:
    rasa.delay = 30
    visitor = await visit(await start_gateway(patience=0.1, rasa_timeout=0.4))
    key = (await (await visitor.post({"text": "Hej"})).json())["key"]

    assert_failed_with_all_contacts(await visitor.until_answered(key))
    (end,) = await visitor.until_answered(key)

    assert end["text"].startswith("Det kom inget svar")


async def test_the_next_users_do_not_wait_for_a_bot_that_is_down(start_gateway: StartGateway, rasa: FakeRasa) -> None:
    rasa.delay = 30
    gateway = await start_gateway(patience=0.3, rasa_timeout=0.35)
    first = [await visit(gateway) for _ in range(3)]
    await asyncio.gather(*(each.say("Hej") for each in first))
    visitor = await visit(gateway)
    began = asyncio.get_running_loop().time()

    assert_failed_with_all_contacts(await visitor.say("Hej"))

    assert asyncio.get_running_loop().time() - began < 0.25
    assert len(rasa.asked) == 3


async def test_a_high_load_is_told_with_the_number(start_gateway: StartGateway, rasa: FakeRasa) -> None:
    rasa.delay = 0.5
    gateway = await start_gateway(rasa_turns=1, rasa_queue=1)
    visitors = [await visit(gateway) for _ in range(4)]

    answers = await asyncio.gather(*(each.say("Hej") for each in visitors))

    texts = sorted(answer[0]["text"].splitlines()[0] for answer in answers)
    assert texts[:2] == ["Hej!", "Hej!"]
    assert all("hög belastning" in text for text in texts[2:])
    assert all("010-00 00 001" in answer[0]["text"] for answer in answers if answer[0]["text"] != "Hej!")


async def test_no_rasa_at_all_becomes_contacts(start_gateway: StartGateway, unused_tcp_port: int) -> None:
    visitor = await visit(await start_gateway(URL(f"http://127.0.0.1:{unused_tcp_port}")))

    assert_failed_with_all_contacts(await visitor.say("Hej"))


async def test_the_conversation_goes_on_when_rasa_is_back(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.status = 500
    await visitor.say("Hej")
    rasa.status = 200

    assert (await visitor.say("Hej"))[0]["text"] == "Hej!"
    assert rasa.asked[0]["sender"] == rasa.asked[1]["sender"]


async def test_the_region_that_the_portal_began_with_counts_until_a_message_says_another(
    gateway: TestClient[Any, Any], rasa: FakeRasa
) -> None:
    visitor = await visit(gateway, region="Uppsala", language="en")
    await visitor.say("ett")
    await visitor.say("två", region="VGR")
    await visitor.say("tre")

    told = [(asked["metadata"]["region"], asked["metadata"]["language"]) for asked in rasa.asked]
    assert told == [("Uppsala", "en"), ("VGR", "en"), ("Uppsala", "en")]


async def test_a_known_region_gets_its_own_contact(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.body = b"[]"

    (message,) = await visitor.say("Hej", region="Dalarna")

    assert "023-00 002" in message["text"] and "010-00 00 001" not in message["text"]
    assert (message["custom"]["region"], message["custom"]["open"]) == ("Dalarna", False)
    assert message["custom"]["next_open"] == "2026-11-23T07:30:00+01:00"


async def test_the_region_that_the_bot_found_out_is_remembered(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.otherwise = bot_message("Svar", custom=ANSWERED)
    await visitor.say("Hur gör man i Falun?")
    rasa.body = b"[]"

    (message,) = await visitor.say("Och sen?")

    assert message["custom"]["region"] == "Dalarna"


async def test_the_log_tells_the_cause_and_not_the_question(
    visitor: Visitor, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    rasa.status = 503
    with caplog.at_level("DEBUG", "gateway"):
        await visitor.say("Jag heter Tolvan Tolvansson")

    assert "status 503" in caplog.text
    assert "Tolvan" not in caplog.text
    assert visitor.token not in caplog.text


async def test_not_a_number_does_not_break_the_reply(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.body = b'[{"text": "Hej"}, {"custom": {"score": NaN}}]'

    assert (await visitor.say("Hej"))[0]["custom"] == {"score": None}


async def test_slow_turns_do_not_hold_up_others(start_gateway: StartGateway, rasa: FakeRasa) -> None:
    rasa.delay = 0.3
    gateway = await start_gateway()
    visitors = [await visit(gateway) for _ in range(20)]
    began = asyncio.get_running_loop().time()

    answers = await asyncio.wait_for(asyncio.gather(*(each.say("Hej") for each in visitors)), 10)

    assert all(answer[0]["text"] == "Hej!" for answer in answers)
    assert asyncio.get_running_loop().time() - began < 3


async def test_an_error_of_ours_is_a_sentence_too(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said = "Tolvan Tolvansson"

    def broken(*_: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr("gateway.core.bot.join", broken)

    assert_failed_with_all_contacts(await visitor.say("Hej"))

    assert "RuntimeError" in caplog.text and "Tolvan" not in caplog.text


async def test_an_error_of_ours_in_a_request_is_a_problem(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said = "Tolvan Tolvansson"

    def broken(*_: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr("gateway.core.conversations.clean", broken)
    problem = await visitor.refused({"text": "Hej"})

    assert (problem["status"], problem["code"]) == (500, "internal")
    assert "010-00 00 001" in problem["detail"]
    assert "RuntimeError" in caplog.text and "Tolvan" not in caplog.text
