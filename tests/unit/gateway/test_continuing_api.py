"""A conversation is continued on another device by a code: once, for a short time, and not by guessing."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from gateway.api.continuing import GUESSES
from gateway.core.continuing import Continuing
from gateway.errors import CodeInvalid, SessionInvalid
from gateway.keys import CONTINUING, ENGINE
from gateway.tokens import Tokens
from records.continuations import Continuations, continuations
from tests.unit.gateway.conftest import SECRET, StartGateway, Visitor, visit

CONTINUE = "/api/v1/conversations/continue"


async def code_of(visitor: Visitor) -> str:
    response = await visitor.http.post("/api/v1/conversation/code", headers=visitor.headers)
    assert response.status == 201
    answer = await response.json()
    assert re.fullmatch(r"\d{3} \d{3} \d{2} \d{2}", answer["code"])
    return str(answer["code"])


async def test_another_device_sees_the_conversation_and_goes_on_in_it(visitor: Visitor) -> None:
    await visitor.say("Hej på er")
    code = await code_of(visitor)

    response = await visitor.http.post(CONTINUE, json={"code": f" {code.replace(' ', '-')} "})

    assert response.status == 200
    begun = await response.json()
    assert begun["status"] == "bot"
    other = Visitor(visitor.http, begun["token"])
    assert other.token != visitor.token
    assert [event["text"] for event in await other.log()][:1] == ["Hej på er"]
    await other.say("Och hej igen")
    assert "Och hej igen" in [event.get("text") for event in await visitor.log()]


async def test_a_code_works_once_also_when_two_take_it_at_the_same_moment(visitor: Visitor) -> None:
    code = await code_of(visitor)

    responses = await asyncio.gather(*(visitor.http.post(CONTINUE, json={"code": code}) for _ in range(5)))

    assert sorted(response.status for response in responses) == [200, 404, 404, 404, 404]
    refused = next(response for response in responses if response.status == 404)
    assert (await refused.json())["title"].startswith("Koden gäller inte.")


async def test_a_new_code_takes_the_place_of_the_one_before(visitor: Visitor) -> None:
    first = await code_of(visitor)
    await code_of(visitor)

    assert (await visitor.http.post(CONTINUE, json={"code": first})).status == 404


async def test_a_code_runs_out(visitor: Visitor) -> None:
    code = await code_of(visitor)
    app = visitor.http.app
    async with app[ENGINE].begin() as connection:
        await connection.execute(update(continuations).values(expires=datetime.now(UTC)))

    assert (await visitor.http.post(CONTINUE, json={"code": code})).status == 404


async def test_an_erased_conversation_has_no_code(visitor: Visitor) -> None:
    await visitor.say("Hej")
    code = await code_of(visitor)
    assert (await visitor.http.delete("/api/v1/conversation", headers=visitor.headers)).status == 204

    assert (await visitor.http.post(CONTINUE, json={"code": code})).status == 404


async def test_guessing_ends_after_a_few_attempts(visitor: Visitor) -> None:
    statuses = [
        (await visitor.http.post(CONTINUE, json={"code": f"{number:010}"})).status
        for number in range(GUESSES.amount + 2)
    ]

    assert statuses[: GUESSES.amount] == [404] * GUESSES.amount
    assert statuses[-1] == 429
    code = await code_of(visitor)
    assert (await visitor.http.post(CONTINUE, json={"code": code})).status == 429


async def test_the_code_itself_is_kept_nowhere(visitor: Visitor) -> None:
    code = (await code_of(visitor)).replace(" ", "")
    async with visitor.http.app[ENGINE].connect() as connection:
        rows = (await connection.execute(continuations.select())).all()

    assert len(rows) == 1
    assert code not in repr(rows)


async def test_continuing_does_not_lengthen_a_conversation(start_gateway: StartGateway) -> None:
    gateway = await start_gateway(session_hours=0.1)
    visitor = await visit(gateway)
    first = gateway.app[CONTINUING]._tokens.resume(visitor.token)

    begun = await (await gateway.post(CONTINUE, json={"code": await code_of(visitor)})).json()

    assert abs(datetime.fromisoformat(begun["expires_at"]) - first.expires_at) < timedelta(seconds=2)


@pytest.mark.parametrize("body", [{}, {"code": 1234567890}, {"code": None}])
async def test_what_is_no_code_is_refused(visitor: Visitor, body: dict[str, object]) -> None:
    assert (await visitor.http.post(CONTINUE, json=body)).status == 400


async def test_a_code_made_with_the_old_secret_is_taken_after_a_new_one_came(visitor: Visitor) -> None:
    store = Continuations(visitor.http.app[ENGINE])
    old = Tokens([SECRET], 1)
    code = await Continuing(store, old, [SECRET]).code(old.start())
    new = "another secret of the test, which is newer"

    taken = await Continuing(store, Tokens([new, SECRET], 1), [new, SECRET]).take(code.shown)

    assert taken.conversation.startswith("web-")
    with pytest.raises(CodeInvalid):
        await Continuing(store, Tokens([new], 1), [new]).take(code.shown)


def test_a_granted_token_is_good_for_its_conversation_until_its_time() -> None:
    tokens = Tokens([SECRET], 1)
    granted = tokens.grant("web-1", datetime.now(UTC) + timedelta(minutes=1))

    assert tokens.resume(granted.token) == granted
    for wrong in (granted.token[:-1], tokens.grant("web-1", datetime.now(UTC) - timedelta(seconds=2)).token):
        with pytest.raises(SessionInvalid):
            tokens.resume(wrong)
