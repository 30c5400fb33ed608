"""What users can do with their conversation: judge an answer, take the conversation home, have it erased."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from gateway.core.redacting import Safe
from gateway.errors import RedactionFailed
from gateway.keys import CONVERSATIONS, FEEDBACK, TOKENS
from gateway.tokens import Tokens
from tests.fake_rasa import FakeRasa, bot_message
from tests.unit.gateway.conftest import StartGateway, Visitor, visit

ANSWERED = {
    "outcome": "answered",
    "topic": "vgr/losenord/hjalp",
    "version": "2026.11.1",
    "region": "VGR",
    "sources": [{"document": "d.txt", "title": "Bilaga 2", "section": "5 Supportvägar", "dated": "2023-10-23"}],
}


@pytest.fixture(autouse=True)
def answering(rasa: FakeRasa) -> None:
    rasa.otherwise = bot_message("Ring 010-47 37 100.", custom=ANSWERED)


def conversation(visitor: Visitor) -> str:
    tokens: Tokens = visitor.http.app[TOKENS]
    return tokens.resume(visitor.token).conversation


async def judge(visitor: Visitor, **body: object) -> int:
    return (await visitor.http.post("/api/v1/feedback", json=body, headers=visitor.headers)).status


# ---- feedback


async def test_a_judgement_is_kept_with_its_topic_and_release(visitor: Visitor) -> None:
    (answer,) = await visitor.say("Hej")

    comment = "Numret 19121212-1212 fungerade inte"
    assert await judge(visitor, event=answer["id"], helpful=False, reason="wrong", comment=comment, solved=False) == 204

    (kept,) = await visitor.http.app[FEEDBACK].of(conversation(visitor))
    assert (kept.topic, kept.version, kept.region, kept.outcome) == (
        "vgr/losenord/hjalp", "2026.11.1", "VGR", "answered",
    )  # fmt: skip
    assert (kept.helpful, kept.solved, kept.reason, kept.channel) == (False, False, "wrong", "web")
    assert kept.comment is not None and "1212" not in kept.comment and "fungerade inte" in kept.comment


async def test_the_latest_judgement_counts(visitor: Visitor) -> None:
    (answer,) = await visitor.say("Hej")
    await judge(visitor, event=answer["id"], helpful=False, comment="Nej")
    await judge(visitor, event=answer["id"], helpful=True, solved=True)

    (kept,) = await visitor.http.app[FEEDBACK].of(conversation(visitor))
    assert (kept.helpful, kept.solved, kept.comment) == (True, True, None)


@pytest.mark.parametrize("event", ["", "x", "000000000000-2", "-2", None])
async def test_only_answers_of_the_conversation_are_judged(visitor: Visitor, event: object) -> None:
    await visitor.say("Hej")

    assert await judge(visitor, event=event, helpful=True) == 404


async def test_the_users_own_message_is_not_judged(visitor: Visitor) -> None:
    await visitor.say("Hej")

    assert await judge(visitor, event=(await visitor.log())[0]["id"], helpful=True) == 404


@pytest.mark.parametrize(
    "wrong",
    [{"helpful": None}, {"helpful": "yes"}, {"solved": 1}, {"reason": "Fel!"}, {"reason": 7}, {"comment": ["x"]}],
)
async def test_a_senseless_judgement_is_refused(visitor: Visitor, wrong: dict[str, object]) -> None:
    (answer,) = await visitor.say("Hej")

    assert await judge(visitor, **{"event": answer["id"], "helpful": True, **wrong}) == 400
    assert await visitor.http.app[FEEDBACK].of(conversation(visitor)) == []


async def test_a_comment_about_a_patient_is_refused(start_gateway: StartGateway) -> None:
    def patient(told: str) -> Safe:
        return Safe(told, (), "patient" in told)

    visitor = await visit(await start_gateway(redact=patient))
    (answer,) = await visitor.say("Hej")

    assert await judge(visitor, event=answer["id"], helpful=True, comment="Min patient Tolvan") == 422
    assert await visitor.http.app[FEEDBACK].of(conversation(visitor)) == []


# ---- transcript


async def test_the_conversation_can_be_taken_home_as_text(visitor: Visitor) -> None:
    await visitor.say("Jag har glömt mitt lösenord")
    response = await visitor.http.get("/api/v1/transcript", headers=visitor.headers)
    told = await response.text()

    assert response.content_type == "text/plain"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="supportlotsen-')
    assert "Du:\nJag har glömt mitt lösenord" in told
    assert "Supportlotsen (bot):\nRing 010-47 37 100." in told
    assert "- Bilaga 2, 5 Supportvägar, 2023-10-23" in told


async def test_the_conversation_can_be_taken_home_as_events(visitor: Visitor) -> None:
    await visitor.say("Hej")
    response = await visitor.http.get("/api/v1/transcript?format=json", headers=visitor.headers)

    assert (await response.json())["events"] == await visitor.log()


async def test_an_empty_conversation_says_so(visitor: Visitor) -> None:
    response = await visitor.http.get("/api/v1/transcript?format=txt", headers=visitor.headers)

    assert "Samtalet är tomt." in await response.text()
    assert (await visitor.http.get("/api/v1/transcript?format=pdf", headers=visitor.headers)).status == 400


# ---- erasing


async def test_an_erased_conversation_leaves_no_trace_in_the_records(visitor: Visitor, tmp_path: Path) -> None:
    (answer,) = await visitor.say("Ett mycket ovanligt ord: kvastfening")
    await judge(visitor, event=answer["id"], helpful=True, comment="kvastfening")
    before = (await visitor.events())["epoch"]

    response = await visitor.http.delete("/api/v1/conversation", headers=visitor.headers)

    assert response.status == 204
    assert await visitor.log() == []
    assert (await visitor.events())["epoch"] != before
    assert (await visitor.events(f"{before}-1"))["reset"] is True
    assert await visitor.http.app[FEEDBACK].of(conversation(visitor)) == []
    with closing(sqlite3.connect(tmp_path / "records.db")) as records:
        for table in ("conversation_events", "conversation_waiting", "feedback"):
            assert records.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


async def test_erasing_twice_is_no_error(visitor: Visitor) -> None:
    for _ in range(2):
        assert (await visitor.http.delete("/api/v1/conversation", headers=visitor.headers)).status == 204


async def test_nobody_else_can_erase(gateway: TestClient[Any, Any]) -> None:
    one, other = await visit(gateway), await visit(gateway)
    await one.say("Hej")

    await gateway.delete("/api/v1/conversation", headers=other.headers)
    assert (await gateway.delete("/api/v1/conversation")).status == 401

    assert len(await one.log()) == 2


async def test_a_conversation_that_cannot_be_erased_everywhere_stays(visitor: Visitor) -> None:
    async def broken(_: str) -> None:
        raise ConnectionError

    await visitor.say("Hej")
    visitor.http.app[CONVERSATIONS].on_erase(broken)

    response = await visitor.http.delete("/api/v1/conversation", headers=visitor.headers)

    assert (response.status, (await response.json())["code"]) == (500, "internal")
    assert len(await visitor.log()) == 2


# ---- redaction


async def test_a_personnummer_reaches_neither_rasa_nor_the_log(visitor: Visitor, rasa: FakeRasa) -> None:
    await visitor.say("Mitt nummer är 19121212-1212")

    log = await visitor.log()
    assert "1212" not in json.dumps([rasa.asked[0]["message"], [event.get("text") for event in log]])
    assert [event["kind"] for event in log] == ["user_message", "notice", "bot_message"]
    assert log[1]["code"] == "redacted"


async def test_nothing_is_processed_when_the_redactor_fails(
    start_gateway: StartGateway, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: str) -> Safe:
        raise RedactionFailed

    visitor = await visit(await start_gateway(redact=broken))
    problem = await visitor.refused({"text": "Jag heter Tolvan"})

    assert (problem["status"], problem["code"], rasa.asked) == (503, "redaction", [])
    assert "varken sparat eller skickat vidare" in problem["title"] and "010-00 00 001" in problem["detail"]
    assert await visitor.log() == []
    assert "Tolvan" not in caplog.text


async def test_a_story_about_a_patient_is_stopped_and_explained(start_gateway: StartGateway, rasa: FakeRasa) -> None:
    def patient(told: str) -> Safe:
        return Safe(told, (), True)

    visitor = await visit(await start_gateway(redact=patient))
    (notice,) = await visitor.say("Min patient Tolvan ringde", region="VGR")

    assert (notice["code"], rasa.asked) == ("patient", [])
    assert "handlar om en patient" in notice["text"] and "010-00 00 001" in notice["text"]
    assert "Tolvan" not in json.dumps(await visitor.log())
