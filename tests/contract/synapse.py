"""A real Matrix homeserver, Synapse from PyPI, with our application service registered; and agents who use it."""

import asyncio
import os
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from aiohttp import ClientError, ClientSession, web
from yarl import URL

from desks.live.settings import LiveSettings
from tests.contract.server import Server, environment_of, free_port

SERVER_NAME = "test.example"
USER = f"@supportlotsen:{SERVER_NAME}"
AS_TOKEN, HS_TOKEN = "as-token-of-the-test", "hs-token-of-the-test"
_UNLIMITED = {"per_second": 10_000, "burst_count": 10_000}
_LIMITS = ("rc_message", "rc_registration")
CLIENT = "_matrix/client/v3"


@dataclass
class Homeserver:
    """Synapse, and what stands between it and the gateway of the test that runs."""

    server: Server
    url: URL
    forwarder: "Forwarder"


class Forwarder(threading.Thread):
    """Passes the homeserver's calls on to the gateway of the test; a fixed address, which a registration needs.

    Between tests it takes everything, so that the homeserver does not begin to wait longer and longer.
    """

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.target: URL | None = None
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._runner: web.AppRunner

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_forever()

    def begin(self) -> None:
        """Start, and wait until it listens."""
        self.start()
        self._ready.wait(10)

    def end(self) -> None:
        """Stop."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self._ready.set()

    async def _pass(self, request: web.Request) -> web.Response:
        if self.target is None:
            return web.json_response({})
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        try:
            async with (
                ClientSession() as session,
                session.request(
                    request.method, self.target.join(request.rel_url), headers=headers, data=await request.read()
                ) as answer,
            ):
                return web.Response(status=answer.status, body=await answer.read(), content_type="application/json")
        except ClientError:
            return web.Response(status=502)


def homeserver(folder: Path) -> Homeserver:
    """A homeserver with an empty SQLite database, not started yet."""
    python = str(environment_of("synapse"))
    port, ours = free_port(), free_port()
    (folder / "registration.yaml").write_text(
        yaml.safe_dump(
            {
                "id": "supportlotsen",
                "url": f"http://127.0.0.1:{ours}/live/dalarna",
                "as_token": AS_TOKEN,
                "hs_token": HS_TOKEN,
                "sender_localpart": "supportlotsen",
                "rate_limited": False,
                "namespaces": {
                    "users": [{"exclusive": True, "regex": f"@supportlotsen:{SERVER_NAME}"}],
                    "aliases": [{"exclusive": True, "regex": "#supportlotsen_.*"}],
                    "rooms": [],
                },
            }
        )
    )
    config = folder / "homeserver.yaml"
    limits: dict[str, Any] = dict.fromkeys(_LIMITS, _UNLIMITED)
    limits["rc_login"] = {"address": _UNLIMITED, "account": _UNLIMITED, "failed_attempts": _UNLIMITED}
    limits["rc_joins"] = {"local": _UNLIMITED, "remote": _UNLIMITED}
    limits["rc_invites"] = {"per_room": _UNLIMITED, "per_user": _UNLIMITED, "per_issuer": _UNLIMITED}
    config.write_text(
        yaml.safe_dump(
            {
                "server_name": SERVER_NAME,
                "listeners": [
                    {
                        "port": port,
                        "type": "http",
                        "tls": False,
                        "bind_addresses": ["127.0.0.1"],
                        "resources": [{"names": ["client"]}],
                    }
                ],
                "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
                "media_store_path": str(folder / "media"),
                "signing_key_path": str(folder / "signing.key"),
                "pid_file": str(folder / "pid"),
                "trusted_key_servers": [],
                "report_stats": False,
                "macaroon_secret_key": "a secret of the test",
                "form_secret": "another secret of the test",
                "enable_registration": True,
                "enable_registration_without_verification": True,
                "bcrypt_rounds": 4,
                "app_service_config_files": [str(folder / "registration.yaml")],
                **limits,
            }
        )
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    synapse = [python, "-m", "synapse.app.homeserver", "--config-path", str(config)]
    # Made here, since the homeserver takes seconds of its own for it. One line: algorithm, name, 32 bytes.
    key = b64encode(os.urandom(32)).decode().rstrip("=")
    (folder / "signing.key").write_text(f"ed25519 a_test {key}\n")
    url = URL(f"http://127.0.0.1:{port}")
    server = Server(synapse, environment, f"{url}/_matrix/client/versions", folder / "log")
    return Homeserver(server, url, Forwarder(ours))


def live_settings(url: URL, lobby: str) -> LiveSettings:
    """Our side's settings for it."""
    return LiveSettings(
        kind="matrix", url=url, user=USER, secret=AS_TOKEN, callback_secret=HS_TOKEN, room=lobby, timeout=10
    )


@dataclass
class MatrixAgents:
    """Agents in Matrix, with their lobby room. Speaks the client API as Element does."""

    url: URL
    lobby: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)

    async def arrive(self, *names: str, prefix: str) -> None:
        """Register the agents, and let the first make the lobby for all of them and for our user."""
        for name in names:
            asked = {
                "username": f"{prefix}{name}".lower(),
                "password": "a password of the test",
                "auth": {"type": "m.login.dummy"},
            }
            made = await self._call("POST", f"{CLIENT}/register", None, asked)
            self._tokens[name] = made["access_token"]
            await self._call(
                "PUT", f"{CLIENT}/profile/{quote(made['user_id'])}/displayname", name, {"displayname": name}
            )
        first, *others = names
        invited = [f"@{prefix}{name}:{SERVER_NAME}".lower() for name in others]
        asked = {"preset": "private_chat", "name": "Lobby", "invite": [*invited, USER]}
        self.lobby = (await self._call("POST", f"{CLIENT}/createRoom", first, asked))["room_id"]
        for name in others:
            await self._call("POST", f"{CLIENT}/join/{quote(self.lobby)}", name, {})

    async def take(self, name: str, place: str) -> None:
        """Join a conversation's room."""
        await self._call("POST", f"{CLIENT}/join/{quote(place)}", name, {})

    async def say(self, name: str, place: str, text: str) -> None:
        """Write in it."""
        path = f"{CLIENT}/rooms/{quote(place)}/send/m.room.message/{os.urandom(8).hex()}"
        await self._call("PUT", path, name, {"msgtype": "m.text", "body": text})

    async def leave(self, name: str, place: str) -> None:
        """Leave it."""
        await self._call("POST", f"{CLIENT}/rooms/{quote(place)}/leave", name, {})

    async def read(self, name: str, place: str) -> list[str]:
        """What our side has written in it, in order."""
        found = await self._call("GET", f"{CLIENT}/rooms/{quote(place)}/messages?dir=b&limit=100", name)
        told = [each for each in reversed(found["chunk"]) if each["type"] == "m.room.message"]
        return [each["content"]["body"] for each in told if each["sender"] == USER]

    async def _call(self, method: str, path: str, name: str | None, body: Any = None) -> Any:
        headers = {} if name is None else {"Authorization": f"Bearer {self._tokens[name]}"}
        async with ClientSession() as session:
            address = URL(f"{self.url}{path}" if str(self.url).endswith("/") else f"{self.url}/{path}", encoded=True)
            async with session.request(method, address, json=body, headers=headers) as answer:
                told = await answer.json()
                assert answer.status == 200, told
                return told
