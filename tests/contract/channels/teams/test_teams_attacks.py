"""Whoever is not Teams is refused, and our token goes nowhere else.

Rasa's own connector took a wrong issuer and no expiry, and sent the bot's token to any serviceUrl.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import text
from yarl import URL

from gateway.channels.teams import KIND
from gateway.core import events
from gateway.errors import SettingsError
from gateway.keys import CONVERSATIONS, ENGINE
from tests.contract.channels.teams.conftest import StartTeams
from tests.contract.channels.teams.microsoft import OTHER_TENANT, TENANT, Microsoft, private_key
from tests.fake_rasa import FakeRasa
from tests.unit.gateway.conftest import StartGateway

Teams = TestClient[Any, Any]
TEN_MINUTES = 10 * 60


def _public(name: str) -> bytes:
    return private_key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _confused(microsoft: Microsoft) -> str:
    """HS256 with the public key as its secret; PyJWT refuses to make one, so it is made by hand."""

    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    claims = jwt.decode(microsoft.token(), options={"verify_signature": False})
    signed = part(json.dumps({"alg": "HS256", "kid": "first"}).encode()) + b"." + part(json.dumps(claims).encode())
    return (signed + b"." + part(hmac.new(_public("first"), signed, hashlib.sha256).digest())).decode()


def _moved(seconds: int, claim: str) -> Callable[[Microsoft], str]:
    def made(microsoft: Microsoft) -> str:
        claims: dict[str, Any] = {claim: int(time.time()) + seconds}
        return microsoft.token(**claims)

    return made


FORGED: dict[str, Callable[[Microsoft], str]] = {
    "no token": lambda _: "",
    "no JWT": lambda _: "abc.def",
    "wrong issuer": lambda m: m.token(iss="https://attacker.example"),
    "issuer of another tenant's users": lambda m: m.token(iss=f"https://sts.windows.net/{OTHER_TENANT}/"),
    "no issuer": lambda m: m.token(without="iss"),
    "another bot's audience": lambda m: m.token(aud=OTHER_TENANT),
    "several audiences": lambda m: m.token(aud=[m.settings()["TEAMS_APP_ID"], OTHER_TENANT]),
    "no audience": lambda m: m.token(without="aud"),
    "no expiry": lambda m: m.token(without="exp"),
    "expired": _moved(-TEN_MINUTES, "exp"),
    "not valid yet": _moved(TEN_MINUTES, "nbf"),
    "no start": lambda m: m.token(without="nbf"),
    "no serviceUrl": lambda m: m.token(without="serviceurl"),
    "signed by somebody else": lambda m: m.token(key=private_key("attacker")),
    "signed by an unpublished key": lambda m: m.token("attacker"),
    "not signed": lambda m: m.token(algorithm="none", key=""),
    "signed with the public key as a secret": _confused,
    "another algorithm": lambda m: m.token(algorithm="PS256"),
}


@pytest.mark.parametrize("attack", FORGED)
async def test_a_forged_token_is_refused(teams: Teams, microsoft: Microsoft, rasa: FakeRasa, attack: str) -> None:
    status, _ = await microsoft.tell(microsoft.message("Hej"), FORGED[attack](microsoft))
    assert status == 401
    await _nothing_happened(teams, microsoft, rasa)


async def test_nothing_is_read_of_somebody_without_a_valid_token(teams: Teams, microsoft: Microsoft) -> None:
    assert (await teams.post("/teams/messages", data=b"{" * 100)).status == 401
    assert microsoft.described == 0
    forged = {"Authorization": f"Bearer {microsoft.token(key=private_key('attacker'))}"}
    assert (await teams.post("/teams/messages", data=b"{" * 300_000, headers=forged)).status == 401


async def test_clocks_may_differ_by_five_minutes(teams: Teams, microsoft: Microsoft) -> None:
    for claim, seconds in (("exp", -240), ("nbf", 240)):
        status, _ = await microsoft.tell(microsoft.message("Hej"), _moved(seconds, claim)(microsoft))
        assert status == 200


async def test_the_tokens_service_url_must_be_the_activitys(teams: Teams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    elsewhere = microsoft.message("Hej", serviceUrl=microsoft.service + "other/")
    assert (await microsoft.tell(elsewhere))[0] == 403
    stolen = microsoft.token(serviceurl=str(microsoft.url / "other/"))
    assert (await microsoft.tell(microsoft.message("Hej"), stolen))[0] == 403
    await _nothing_happened(teams, microsoft, rasa)


@pytest.mark.parametrize(
    "lure",
    [
        "{attacker}",
        "{attacker}emea/",
        "http://{host}@{attacker_host}/emea/",
        "http://{host}.attacker.example/emea/",
        "http://{host}\\@{attacker_host}/emea/",
        "{own}../",
        "{own_root}emea-attacker/",
        "https://{host}/emea/",
        "//{attacker_host}/emea/",
        "not an address",
        "",
    ],
)
async def test_no_token_goes_to_a_service_that_is_not_listed(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa, lure: str
) -> None:
    asked: list[str] = []

    async def take(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Authorization", ""))
        return web.json_response({"id": "1"})

    attacker = web.Application()
    attacker.router.add_route("*", "/{anything:.*}", take)
    async with TestServer(attacker) as server:
        service = lure.format(
            attacker=server.make_url("/"),
            attacker_host=server.make_url("/").authority,
            host=microsoft.url.authority,
            own=microsoft.service,
            own_root=microsoft.url,
        )
        activity = microsoft.message("Hej", serviceUrl=service)
        status, _ = await microsoft.tell(activity, microsoft.token(serviceurl=service))
        assert status == 403
        await _nothing_happened(teams, microsoft, rasa)
    assert asked == []


async def test_a_stored_address_that_is_no_longer_listed_gets_no_token(
    start_teams: StartTeams, microsoft: Microsoft
) -> None:
    teams = await start_teams()
    await microsoft.ask("Hej")
    before = len(microsoft.requests)
    await teams.close()
    teams = await start_teams(microsoft.settings(TEAMS_SERVICE_URLS="https://smba.trafficmanager.net/"))
    async with teams.app[ENGINE].connect() as connection:
        name = str((await connection.execute(text("select conversation from conversations"))).scalar_one())
    await teams.app[CONVERSATIONS].append(name, events.notice("ticket", "Nytt."))
    await _given_up(teams)
    assert len(microsoft.requests) == before


async def test_a_redirect_is_not_followed_with_our_token(teams: Teams, microsoft: Microsoft) -> None:
    microsoft.answers = [web.Response(status=307, headers={"Location": str(microsoft.url / "elsewhere")})]
    await microsoft.tell(microsoft.message("Hej"))
    await microsoft.said(1)  # as plain text, since the card was not taken
    assert {path.rpartition("/")[2] for path, _ in microsoft.requests} == {"activities"}


@pytest.mark.parametrize("endorsed", [[], ["webchat", "directline"]])
async def test_the_key_must_vouch_for_teams(
    start_teams: StartTeams, microsoft: Microsoft, rasa: FakeRasa, endorsed: list[str]
) -> None:
    microsoft.endorsements = {"first": endorsed}
    teams = await start_teams()
    assert (await microsoft.tell(microsoft.message("Hej")))[0] == 403
    await _nothing_happened(teams, microsoft, rasa)


@pytest.mark.parametrize("channel", ["webchat", "emulator", "directline", ""])
async def test_only_teams_is_taken(teams: Teams, microsoft: Microsoft, rasa: FakeRasa, channel: str) -> None:
    assert (await microsoft.tell(microsoft.message("Hej", channelId=channel)))[0] == 403
    await _nothing_happened(teams, microsoft, rasa)


@pytest.mark.parametrize(("conversation", "data"), [(OTHER_TENANT, OTHER_TENANT), (TENANT, OTHER_TENANT), (None, None)])
async def test_a_single_tenant_bot_serves_its_own_tenant_only(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa, conversation: str | None, data: str | None
) -> None:
    activity = microsoft.message("Hej")
    activity["conversation"]["tenantId"] = conversation
    activity["channelData"] = {"tenant": {"id": data}}
    assert (await microsoft.tell(activity))[0] == 403
    await _nothing_happened(teams, microsoft, rasa)


async def test_a_single_tenant_bot_serves_other_tenants_that_are_listed(
    start_teams: StartTeams, microsoft: Microsoft
) -> None:
    await start_teams(microsoft.settings(TEAMS_TENANTS=OTHER_TENANT))
    guest = microsoft.message("Hej")
    guest["conversation"]["tenantId"] = guest["channelData"]["tenant"]["id"] = OTHER_TENANT
    assert (await microsoft.tell(guest))[0] == 200
    await microsoft.said(1)
    assert microsoft.given[0]["tenant"] == TENANT


async def test_a_multi_tenant_bot_serves_everybody_unless_tenants_are_listed(
    start_teams: StartTeams, microsoft: Microsoft
) -> None:
    stranger = microsoft.message("Hej")
    stranger["conversation"]["tenantId"] = stranger["channelData"]["tenant"]["id"] = OTHER_TENANT
    teams = await start_teams(microsoft.settings(TEAMS_TENANT=""))
    assert (await microsoft.tell(stranger))[0] == 200
    await teams.close()
    await start_teams(microsoft.settings(TEAMS_TENANT="", TEAMS_TENANTS=TENANT))
    assert (await microsoft.tell(stranger))[0] == 403


async def test_keys_are_rotated_without_a_pause(
    teams: Teams, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await microsoft.tell(microsoft.message("Hej")))[0] == 200
    microsoft.rotate()
    assert (await microsoft.tell(microsoft.message("Hej"), microsoft.token("second")))[0] == 401  # looked a moment ago
    assert microsoft.described == 1
    monkeypatch.setattr("gateway.channels.teams.keys.LOOKED_AGAIN", 0.0)
    assert (await microsoft.tell(microsoft.message("Hej"), microsoft.token("second")))[0] == 200
    assert (await microsoft.tell(microsoft.message("Hej")))[0] == 401  # the old key is gone
    assert (await microsoft.tell(microsoft.message("Hej"), microsoft.token("second")))[0] == 200


async def test_made_up_key_ids_do_not_make_us_ask_microsoft(teams: Teams, microsoft: Microsoft) -> None:
    await microsoft.tell(microsoft.message("Hej"))
    attacks = [microsoft.token(f"made-up-{number}", key=private_key("attacker")) for number in range(20)]
    answers = await asyncio.gather(*(microsoft.tell(microsoft.message("Hej"), attack) for attack in attacks))
    assert {status for status, _ in answers} == {401}
    assert microsoft.described == 1


async def test_starts_without_network_and_works_when_it_comes(
    start_teams: StartTeams, microsoft: Microsoft, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.channels.teams.keys.AFTER_FAILURE", 0.0)
    microsoft.identity_down = True
    await start_teams()
    assert microsoft.described == 0
    message = microsoft.message("Hej")
    assert (await microsoft.tell(message))[0] == 503
    assert rasa.asked == []
    microsoft.identity_down = False
    assert (await microsoft.tell(message))[0] == 200
    assert (await microsoft.said(1))[0].shown == "Hej!"


async def test_first_requests_at_once_fetch_the_keys_and_our_token_once(teams: Teams, microsoft: Microsoft) -> None:
    await asyncio.gather(*(microsoft.tell(microsoft.message("Hej", f"a:{number}")) for number in range(20)))
    await microsoft.said(20)
    assert (microsoft.described, len(microsoft.given)) == (1, 1)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 50_000, b'"x"', b"\xff"])
async def test_what_is_no_activity_is_refused(teams: Teams, microsoft: Microsoft, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {microsoft.token()}"}
    assert (await teams.post("/teams/messages", data=body, headers=headers)).status == 400


async def test_an_activity_of_wrong_types_breaks_nothing(teams: Teams, microsoft: Microsoft) -> None:
    odd: list[Any] = [None, 7, [], {}, "x", [None], [7], {"id": 7}]
    names = ("text", "value", "entities", "attachments", "from", "membersAdded", "name", "replyToId", "textFormat")
    for kind in ("message", "messageUpdate", "conversationUpdate", "invoke", "event", "messageReaction"):
        for value in odd:
            status, _ = await microsoft.tell(microsoft.activity(kind, **dict.fromkeys(names, value)))
            assert status in (200, 501), (kind, value)
    for missing in ("id", "recipient", "conversation", "channelData"):
        activity = microsoft.message("Hej")
        del activity[missing]
        status, _ = await microsoft.tell(activity)
        assert status == (200 if missing == "channelData" else 400), missing


async def test_an_activity_that_is_too_large_is_refused(teams: Teams, microsoft: Microsoft) -> None:
    assert (await microsoft.tell(microsoft.message("x" * 300_000)))[0] == 413


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TEAMS_APP_ID", "my bot"),
        ("TEAMS_TENANT", "contoso.example"),
        ("TEAMS_TENANTS", "everybody"),
        ("TEAMS_SERVICE_URLS", "http://smba.trafficmanager.net/"),
        ("TEAMS_OPENID_URL", "login"),
        ("TEAMS_LOGIN_URL", "http://login.example"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(setting: str, value: str) -> None:
    with pytest.raises(SettingsError, match=setting):
        KIND.plug(Microsoft(url=URL("http://127.0.0.1:1")).settings(**{setting: value}))


async def test_a_region_that_is_not_ours_is_named(start_gateway: StartGateway, microsoft: Microsoft) -> None:
    plug = KIND.plug(microsoft.settings(TEAMS_TENANTS=f"{TENANT}=Atlantis"))
    with pytest.raises(SettingsError, match=r"TEAMS_TENANTS.*Atlantis"):
        await start_gateway(plugs=(plug,))


async def _given_up(teams: Teams) -> None:
    """Nothing is left to deliver."""
    async with asyncio.timeout(10), teams.app[ENGINE].connect() as connection:
        while True:
            left = await connection.execute(text("select count(*) from conversations where last > delivered"))
            if left.scalar_one() == 0:
                return
            await connection.rollback()
            await asyncio.sleep(0.02)


async def _nothing_happened(teams: Teams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    async with teams.app[ENGINE].connect() as connection:
        assert (await connection.execute(text("select count(*) from conversations"))).scalar() == 0
    assert (rasa.asked, microsoft.requests, microsoft.given) == ([], [], [])
