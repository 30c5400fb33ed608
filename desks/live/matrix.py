"""A live desk in Matrix, as an application service.

https://spec.matrix.org/latest/application-service-api/ and /client-server-api/. Agents sit in a lobby room. Each
conversation gets a room of its own, to which they are invited; whoever joins takes it. Our `hs_token` is checked on
everything that the homeserver sends; what it sends twice has the same event ids. A message carries its key in its
content, so that one whose answer was lost is found again, also after the homeserver has forgotten transaction ids.
"""

import hmac
import json
import logging
from typing import Any
from urllib.parse import quote

from aiohttp import web

from desks.errors import NotFound, Rejected, Unavailable
from desks.http import DeskHttp, part_of, text_of
from desks.live.desk import FINISH_COMMAND, Agent, AgentEvents, Opening, Route, body_of
from desks.live.settings import LiveSettings

CLIENT = "_matrix/client/v3"
KEY = "se.supportlotsen.key"
ALIAS = "supportlotsen_"
"""Begins the aliases of our rooms; the registration reserves them."""
_LATEST = "50"
"""Events among which a message whose answer was lost is looked for."""

_log = logging.getLogger(__name__)


class Matrix:
    """See AgentDesk. The place is the room's id."""

    kind = "matrix"

    def __init__(self, settings: LiveSettings) -> None:
        token = {"Authorization": f"Bearer {settings.secret}"}
        self._http = DeskHttp(settings.url, token, settings.timeout)
        self._user = settings.user
        self._server = settings.user.partition(":")[2]
        self._hs_token = settings.callback_secret
        self._lobby = settings.room
        self._lobby_id = settings.room
        """As the events name it; known for sure after the first hand-off."""
        self._names: dict[str, str] = {}
        self._events: AgentEvents | None = None

    async def open(self, opening: Opening, *, again: bool = False) -> str:
        """See AgentDesk. An alias cannot be given twice, so that a second attempt finds the first one's room."""
        lobby = await self._joined_lobby()
        members = part_of(await self._http.get(f"{CLIENT}/rooms/{quote(lobby)}/joined_members"), "joined")
        alias = f"{ALIAS}{opening.reference}"
        room = await self._room(alias) if again else None
        if room is None:
            asked = {
                "room_alias_name": alias,
                "name": opening.title,
                "preset": "private_chat",
                "creation_content": {"m.federate": False},
                "invite": [user for user in members if user != self._user],
            }
            room = text_of(part_of(await self._http.send("POST", f"{CLIENT}/createRoom", asked), "room_id"))
        await self.post(room, opening.text, f"{opening.reference}-open", again=again)
        link = f"https://matrix.to/#/{quote(f'#{alias}:{self._server}')}"
        await self.post(lobby, f"{opening.title}\n{link}", f"{opening.reference}-lobby", again=again)
        return room

    async def post(self, place: str, text: str, key: str, *, again: bool = False) -> None:
        """See AgentDesk."""
        if again and await self._has(place, key):
            return
        path = f"{CLIENT}/rooms/{quote(place)}/send/m.room.message/{quote(key, safe='')}"
        await self._http.send("PUT", path, {"msgtype": "m.text", "body": text, KEY: key}, safe=True)

    def routes(self) -> list[Route]:
        """See AgentDesk: the application service API. The registration's `url` ends where these begin."""
        return [
            Route("PUT", "/_matrix/app/v1/transactions/{transaction}", self._transaction),
            Route("GET", "/_matrix/app/v1/users/{user}", self._unknown),
            Route("GET", "/_matrix/app/v1/rooms/{alias}", self._unknown),
            Route("POST", "/_matrix/app/v1/ping", self._ping),
        ]

    async def listen(self, events: AgentEvents) -> None:
        """See AgentDesk; the homeserver calls."""
        self._events = events

    async def aclose(self) -> None:
        """See AgentDesk."""
        await self._http.aclose()

    # ---- what the homeserver sends

    async def _transaction(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        try:
            told = part_of(json.loads(await body_of(request)), "events")
        except (ValueError, Rejected):
            return _error(400, "M_NOT_JSON")
        if self._events is None:
            return _error(503, "M_UNKNOWN")
        for event in told:
            await self._tell(self._events, event)
        return web.json_response({})

    async def _ping(self, request: web.Request) -> web.Response:
        return self._refusal(request) or web.json_response({})

    async def _unknown(self, request: web.Request) -> web.Response:
        """Whether we make a user or room on demand: never."""
        return self._refusal(request) or _error(404, "M_NOT_FOUND")

    def _refusal(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not given:
            return _error(401, "M_UNAUTHORIZED")
        right = hmac.compare_digest(given.encode(), self._hs_token.encode())
        return None if right else _error(403, "M_FORBIDDEN")

    async def _tell(self, events: AgentEvents, event: dict[str, Any]) -> None:
        """An event of a kind that we do not know is nobody's business here."""
        kind, sender, room = event.get("type"), text_of(event.get("sender")), text_of(event.get("room_id"))
        content, name = event.get("content") or {}, text_of(event.get("event_id"))
        if room == self._lobby_id:
            return
        if kind == "m.room.member" and event.get("state_key") != self._user:
            user = text_of(event.get("state_key"))
            if content.get("membership") == "join":
                self._names[user] = text_of(content.get("displayname")) or _localpart(user)
                await events.accepted(room, Agent(user, self._names[user]), name)
            elif content.get("membership") in ("leave", "ban"):
                await events.left(room, Agent(user, self._names.get(user, _localpart(user))), name)
        elif kind == "m.room.message" and sender != self._user and isinstance(content.get("body"), str):
            if content.get("msgtype") == "m.notice":
                return
            agent = Agent(sender, await self._name(room, sender))
            if content["body"].strip().casefold() == FINISH_COMMAND:
                await events.finished(room, agent, name)
            else:
                await events.said(room, agent, content["body"], name)

    # ---- what we ask the homeserver

    async def _joined_lobby(self) -> str:
        found = await self._http.send("POST", f"{CLIENT}/join/{quote(self._lobby, safe='')}", {}, safe=True)
        self._lobby_id = text_of(part_of(found, "room_id"))
        return self._lobby_id

    async def _room(self, alias: str) -> str | None:
        try:
            found = await self._http.get(f"{CLIENT}/directory/room/{quote(f'#{alias}:{self._server}', safe='')}")
        except NotFound:
            return None
        return text_of(part_of(found, "room_id"))

    async def _has(self, place: str, key: str) -> bool:
        params = {"dir": "b", "limit": _LATEST}
        found = await self._http.get(f"{CLIENT}/rooms/{quote(place)}/messages", params)
        return any((each.get("content") or {}).get(KEY) == key for each in part_of(found, "chunk"))

    async def _name(self, room: str, user: str) -> str:
        if user not in self._names:
            path = f"{CLIENT}/rooms/{quote(room)}/state/m.room.member/{quote(user)}"
            try:
                found = await self._http.get(path)
            except (NotFound, Rejected, Unavailable):
                return _localpart(user)
            self._names[user] = text_of(part_of(found).get("displayname")) or _localpart(user)
        return self._names[user]


def _localpart(user: str) -> str:
    return user.partition(":")[0].removeprefix("@")


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"errcode": code, "error": code}, status=status)
