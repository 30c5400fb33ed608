"""Microsoft's side of Teams as it is documented, for want of Microsoft: the identity provider and the Connector.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication (both tokens, the
OpenID document, keys with endorsements), .../bot-framework-rest-connector-api-reference (Send to Conversation);
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages (activities),
.../rate-limit and .../format-your-bot-messages (413). Cards are read by Microsoft's own `microsoft-teams-cards`.
"""

import asyncio
import inspect
import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
import microsoft_teams.cards
from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from pydantic import BaseModel
from yarl import URL

APP_ID, APP_SECRET = "c9e8c047-2a74-40a2-b28a-b162d5f5327c", "a secret of the test"
TENANT, OTHER_TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47", "bec8e231-67ad-484e-87f4-3e5438390a77"
BOT, ANNA, BO = f"28:{APP_ID}", "29:1XJKJMvc5GBtc2JwZq0oj8tHZmzrQgFmB39ATiQWA85gQtHieVkKilBZ9XHoq9j7", "29:1bSnHZ7Js2S"
PERSONAL = "a:17I0kl9EkpE1O9PH5TWrzrLNwnWWcfrU7QZjKR0WSfOpzbfcAg2IaydGElSo10tVr4C7Fc6Gtie"
GROUP = "19:2da4c29f6d7041eca70b638b43d45437@thread.v2"
CHANNEL = "19:693ecdb923ac4458a5c23661b505fc84@thread.tacv2"
THREAD = f"{CHANNEL};messageid=1479163258024"
LARGEST = 28 * 1024
"""Bytes in UTF-16. Today's documentation says 100 KB, older clouds and documents 28."""

Card = dict[str, Any]


@cache
def private_key(name: str) -> RSAPrivateKey:
    """One for each name."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Sent:
    """Something that the bot has written."""

    conversation: str
    activity: dict[str, Any]

    @property
    def card(self) -> Card:
        """Its only attachment."""
        (attachment,) = self.activity["attachments"]
        card: Card = attachment["content"]
        return card

    @property
    def shown(self) -> str:
        """All words that a user sees, a line for each element."""
        return "\n".join(words(self.card)) if self.activity.get("attachments") else self.activity.get("text", "")

    @property
    def actions(self) -> dict[str, Card]:
        """The buttons, by their titles."""
        sets = [each for each in everything(self.card) if each.get("type") == "ActionSet"]
        return {action["title"]: action for each in sets for action in each["actions"]}


@dataclass
class Microsoft:
    """Both services on one address."""

    bot: URL | None = None
    """The bot's messaging endpoint."""
    url: URL = field(default_factory=URL)
    endorsements: dict[str, list[str]] = field(default_factory=lambda: {"first": ["msteams", "webchat"]})
    """The published keys by their ids."""
    answers: list[web.Response | None] = field(default_factory=list)
    """What the Connector answers next, in place of taking what is sent; None takes it."""
    identity_down: bool = False
    lose_answers: int = 0
    """So many activities are taken, and then the connection is cut."""
    lasts: int = 3600
    sent: list[Sent] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Path and Authorization of all that the Connector was asked."""
    described: int = 0
    given: list[dict[str, str]] = field(default_factory=list)
    """The forms that got a token."""
    tokens: set[str] = field(default_factory=set)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1485983408511))

    def app(self) -> web.Application:
        """The services."""
        app = web.Application(client_max_size=2**20, middlewares=[self._tell_of_it])
        app.router.add_get("/v1/.well-known/openidconfiguration", self._openid)
        app.router.add_get("/v1/.well-known/keys", self._keys)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_post("/emea/v3/conversations/{conversation}/activities", self._activities)
        app.router.add_route("*", "/{anything:.*}", self._elsewhere)
        return app

    @property
    def service(self) -> str:
        """The serviceUrl of activities."""
        return str(self.url / "emea/")

    def settings(self, **more: str) -> dict[str, str]:
        """The bot's environment."""
        return {
            "TEAMS_APP_ID": APP_ID,
            "TEAMS_APP_SECRET": APP_SECRET,
            "TEAMS_TENANT": TENANT,
            "TEAMS_SERVICE_URLS": self.service,
            "TEAMS_OPENID_URL": str(self.url / "v1/.well-known/openidconfiguration"),
            "TEAMS_LOGIN_URL": str(self.url),
            **more,
        }

    # ---- what Teams sends

    def activity(self, kind: str, conversation: str = PERSONAL, sender: str = ANNA, **more: Any) -> dict[str, Any]:
        """As it is documented."""
        chat = "channel" if CHANNEL in conversation else "groupChat" if conversation == GROUP else "personal"
        return {
            "type": kind,
            "id": str(next(self._ids)),
            "timestamp": "2026-11-23T08:10:07.437Z",
            "localTimestamp": "2026-11-23T09:10:07.437+01:00",
            "serviceUrl": self.service,
            "channelId": "msteams",
            "from": {"id": sender, "name": "Anna Ek", "aadObjectId": "7faf8ab2-3d56-4244-b585-20c8a42ed2b8"},
            "conversation": {"conversationType": chat, "id": conversation, "tenantId": TENANT},
            "recipient": {"id": BOT, "name": "Supportlotsen"},
            "entities": [{"locale": "sv-SE", "country": "SE", "platform": "Windows", "type": "clientInfo"}],
            "channelData": {"tenant": {"id": TENANT}},
            "locale": "sv-SE",
            **more,
        }

    def message(self, text: str, conversation: str = PERSONAL, **more: Any) -> dict[str, Any]:
        """What Anna writes; in a channel or a group chat she has to mention the bot."""
        html = {"contentType": "text/html", "content": f"<div><div>{text}</div></div>"}
        made = self.activity("message", conversation, text=text, textFormat="plain", attachments=[html])
        if conversation != PERSONAL:
            mention = {"mentioned": {"id": BOT, "name": "Supportlotsen"}, "text": "<at>Supportlotsen</at>"}
            made["text"] = f"<at>Supportlotsen</at> {text}"
            made["entities"] = [*made["entities"], {"type": "mention", **mention}]
        return {**made, **more}

    def pressed(self, action: Card, sent: Sent, **more: Any) -> dict[str, Any]:
        """What comes of a press on a card's action."""
        about = {"replyToId": "1575667808184", "id": f"f:{next(self._ids)}", **more}
        if action["type"] == "Action.Execute":
            told = {"type": "Action.Execute", "title": action["title"], "verb": action["verb"], "data": action["data"]}
            value = {"action": told, "trigger": "manual"}
            return self.activity("invoke", sent.conversation, name="adaptiveCard/action", value=value, **about)
        back = action["data"].get("msteams")
        if back is None:
            return self.activity("message", sent.conversation, value=action["data"], **about)
        assert back["type"] == "messageBack"
        return self.activity("message", sent.conversation, text=back["text"], value=back["value"], **about)

    def token(
        self, kid: str = "first", *, without: str = "", algorithm: str = "RS256", key: Any = None, **other: Any
    ) -> str:
        """The Connector's token for the bot."""
        now = int(time.time())
        claims = {
            "iss": "https://api.botframework.com",
            "aud": APP_ID,
            "nbf": now - 60,
            "exp": now + 3600,
            "serviceurl": self.service,
            **other,
        }
        claims.pop(without, None)
        return jwt.encode(claims, private_key(kid) if key is None else key, algorithm=algorithm, headers={"kid": kid})

    async def tell(self, activity: dict[str, Any], token: str | None = None) -> tuple[int, Any]:
        """POST it to the bot: status and body."""
        assert self.bot is not None
        headers = {"Authorization": f"Bearer {self.token() if token is None else token}"}
        async with ClientSession() as http, http.post(self.bot, json=activity, headers=headers) as answer:
            body = await answer.text()
            return answer.status, json.loads(body) if answer.content_type == "application/json" else body

    async def said(self, count: int) -> list[Sent]:
        """What the bot has written once it is that much."""
        await self.until(lambda: len(self.sent) >= count)
        return self.sent

    async def until(self, holds: Callable[[], bool], seconds: float = 15) -> None:
        """Wait for something that the bot does."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(holds)

    async def ask(self, text: str, conversation: str = PERSONAL) -> Sent:
        """Anna writes; the next thing that the bot writes."""
        before = len(self.sent)
        status, _ = await self.tell(self.message(text, conversation))
        assert status == 200
        return (await self.said(before + 1))[before]

    # ---- the identity provider

    def rotate(self) -> None:
        """The first key is replaced."""
        self.endorsements = {"second": ["msteams"]}

    async def _openid(self, _: web.Request) -> web.Response:
        self.described += 1
        if self.identity_down:
            return web.Response(status=503)
        return web.json_response(
            {
                "issuer": "https://api.botframework.com",
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": str(self.url / "v1/.well-known/keys"),
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def _keys(self, _: web.Request) -> web.Response:
        keys = [
            {
                **RSAAlgorithm.to_jwk(private_key(name).public_key(), as_dict=True),
                "use": "sig",
                "kid": name,
                "x5t": name,
            }
            | ({"endorsements": endorsed} if endorsed else {})
            for name, endorsed in self.endorsements.items()
        ]
        return web.json_response({"keys": keys})

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        known = (form.get("client_id"), form.get("client_secret")) == (APP_ID, APP_SECRET)
        right = (
            form.get("grant_type") == "client_credentials"
            and form.get("scope") == "https://api.botframework.com/.default"
        )
        if self.identity_down:
            return web.json_response({"error": "temporarily_unavailable"}, status=503)
        if not known or not right:
            said = f"AADSTS7000215: Invalid client secret provided for app {form.get('client_id')}"
            return web.json_response({"error": "invalid_client", "error_description": said}, status=401)
        self.given.append({**form, "tenant": request.match_info["tenant"]})
        token = f"token-{len(self.given)}"
        self.tokens.add(token)
        return web.json_response({"token_type": "Bearer", "expires_in": self.lasts, "access_token": token})

    # ---- the Connector

    async def _activities(self, request: web.Request) -> web.Response:
        authorization = request.headers.get("Authorization", "")
        self.requests.append((request.path, authorization))
        activity = await request.json()
        if activity["type"] == "typing":
            self.typing.append(request.match_info["conversation"])
            return web.json_response({"id": str(next(self._ids))}, status=201)
        if self.answers and (answer := self.answers.pop(0)) is not None:
            return answer
        if authorization.removeprefix("Bearer ") not in self.tokens:
            return web.json_response({"error": {"code": "Unauthorized"}}, status=401)
        if len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le")) > LARGEST:
            return web.json_response({"error": {"code": "MessageSizeTooBig"}}, status=413)
        conversation = request.match_info["conversation"]
        if (
            activity["type"] != "message"
            or activity["from"] != {"id": BOT}
            or activity["conversation"]["id"] != conversation
        ):
            return web.json_response({"error": {"code": "BadArgument"}}, status=400)
        for attachment in activity.get("attachments", ()):
            assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
            check_card(attachment["content"])
        self.sent.append(Sent(conversation, activity))
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"id": str(next(self._ids))}, status=201)

    @web.middleware
    async def _tell_of_it(self, request: web.Request, handler: Any) -> web.StreamResponse:
        answer: web.StreamResponse = await handler(request)
        async with self._news:
            self._news.notify_all()
        return answer

    async def _elsewhere(self, request: web.Request) -> web.Response:
        self.requests.append((request.path, request.headers.get("Authorization", "")))
        return web.Response(status=404)


def everything(part: Any) -> Iterator[Card]:
    """Every object within a card."""
    if isinstance(part, dict):
        yield part
        for each in part.values():
            yield from everything(each)
    elif isinstance(part, list):
        for each in part:
            yield from everything(each)


def words(card: Card) -> Iterator[str]:
    """The lines of a card."""
    for part in everything(card):
        if part.get("type") == "RichTextBlock":
            yield "".join(run["text"] for run in part["inlines"])


def check_card(card: Card) -> None:
    """Raises for a card that Microsoft's own models do not know, or that Teams would cut."""
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.5")
    assert card["body"]
    for part in everything(card):
        kind = part.get("type")
        if kind is None or kind == "messageBack":
            continue
        read = _models()[kind].model_validate(part)
        assert not (set(read.model_extra or ()) - {"$schema"}), f"{kind} has no {sorted(read.model_extra or ())}"
        if kind == "ActionSet":
            assert len(part["actions"]) <= 6
        if kind == "RichTextBlock":
            assert part["inlines"]


@cache
def _models() -> dict[str, type[BaseModel]]:
    found = (
        each for _, each in inspect.getmembers(microsoft_teams.cards, inspect.isclass) if issubclass(each, BaseModel)
    )
    return {each.model_fields["type"].default: each for each in found if "type" in each.model_fields}
