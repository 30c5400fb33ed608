"""The calls to the action server.

Stock, at every call: checks the JSON schema of the answer against the schema of schemas and then the answer against
each kind of event there is (22 ms); turns the whole domain into JSON; sends every event of the conversation; opens a
connection and closes it; waits up to 300 seconds. Here

* an event in an answer is checked against the schema of its own kind, in plain comparisons (`plain_schema`); whatever
  does not pass goes to stock's check, so that nothing is refused or let through that stock would not;
* the domain is named by its digest, and sent when the action server asks for it: rasa-sdk's own protocol
  since 3.7;
* the events of the last turns are sent; slots and the latest message are whole in any case;
* connections are kept (`kept_connections`), and an answer is waited for as long as a user waits.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import rasa
from jsonschema import validators
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from nlu.server.kept_connections import KeptConnections
from nlu.server.plain_schema import check
from nlu.server.rasa_version import require_known

TURNS_SENT = 5
"""Of how many of the last user messages the events are sent."""
SECONDS = 10.0
"""To wait for an action."""
_IDLE_SECONDS = 15.0
"""After which an idle connection is closed: sooner than the action server would."""
_DOMAIN_WANTED = 449
_ERRORS = 400
"""The first status that is one."""


class ActionServer(EndpointConfig):
    """The action endpoint, with connections that are kept and a domain that is sent once."""

    def __init__(self, url: str) -> None:
        """Opens nothing yet."""
        super().__init__(url)
        # Another scheme, or a password in the address, is left to stock's way.
        plain = url.startswith("http://") and "@" not in url
        self._connections = KeptConnections(url, _IDLE_SECONDS) if plain else None
        self.domain = Domain.empty()

    @property
    def domain(self) -> Domain:
        """The domain of the model in use."""
        return self._domain

    @domain.setter
    def domain(self, domain: Domain) -> None:
        self._domain = domain
        self._domain_json: dict[str, Any] = domain.as_dict()
        self.digest = hashlib.sha256(json.dumps(self._domain_json, sort_keys=True).encode()).hexdigest()
        """Names the domain to the action server."""

    async def request(self, *args: Any, json: dict[str, Any] | None = None, **more: Any) -> Any:
        """See `EndpointConfig.request`; asked for the domain, the server is called again with it."""
        try:
            return await self._request(*args, json=json, **more)
        except ClientResponseError as error:
            if error.status != _DOMAIN_WANTED or json is None:
                raise
        return await self._request(*args, json={**json, "domain": self._domain_json}, **more)

    async def _request(self, *args: Any, json: dict[str, Any] | None, **more: Any) -> Any:
        if self._connections is None or json is None or more.get("compress"):
            more["timeout"] = aiohttp.ClientTimeout(total=SECONDS)
            return await super().request(*args, json=json, **more)
        answer = await self._connections.post(_dumps(json), SECONDS)
        if answer.status >= _ERRORS:
            raise ClientResponseError(answer.status, "", answer.body)
        return _loads(answer.body)

    async def close(self) -> None:
        """Close the connections."""
        if self._connections is not None:
            self._connections.close()


def _dumps(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _loads(body: bytes) -> Any:
    """None for what is no JSON, as stock has it: the check of the answer refuses it."""
    try:
        return json.loads(body)
    except ValueError:
        return None


class ResponseCheck:
    """Whether an action server's answer is one, by the schema of each event's own kind."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Compile stock's schema of an answer (`RemoteAction.action_response_format_spec`)."""
        events = schema["properties"]["events"]
        validator = validators.validator_for(schema)
        common = {key: value for key, value in events["items"].items() if key != "oneOf"}
        rest = {**schema, "properties": {**schema["properties"], "events": {"type": "array"}}}
        self._common, self._rest = check(common, validator), check(rest, validator)
        kinds: dict[str, list[Any]] = {}
        for kind in events["items"]["oneOf"]:
            kinds.setdefault(kind["properties"]["event"]["const"], []).append(kind)
        self._kinds = {name: check(found[0], validator) for name, found in kinds.items() if len(found) == 1}

    def passes(self, answer: Any) -> bool:
        """True only for what stock lets pass; False is no verdict."""
        return self._rest(answer) and all(self._is_event(event) for event in answer.get("events", []))

    def _is_event(self, event: Any) -> bool:
        if not self._common(event):
            return False
        kind = self._kinds.get(event["event"])
        return kind is not None and kind(event)


def call(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """What is sent for an action: as stock's, but for the domain and the events of turns long ago."""
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = [event.as_dict() for event in recent(tracker)]
    return {
        "next_action": action.name(),
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": rasa.__version__,
        "domain_digest": action.action_endpoint.digest,
    }


def recent(tracker: DialogueStateTracker) -> list[Event]:
    """The events of the last `TURNS_SENT` turns; what came before the first of them belongs to it."""
    found: list[Event] = []
    turns = 0
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            turns += 1
            if turns > TURNS_SENT:
                break
        found.append(event)
    found.reverse()
    return found


def apply() -> None:
    """Let all remote actions of this process, those of forms and slots too, call like this. Raises WrongRasaVersion."""
    require_known()
    response = ResponseCheck(RemoteAction.action_response_format_spec())
    stock_call, stock_validate = RemoteAction._action_call_format, RemoteAction._validate_action_result

    def action_call(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        made = call if isinstance(action.action_endpoint, ActionServer) else stock_call
        return dict(made(action, tracker, domain))

    def validate(action: RemoteAction, result: Any) -> bool:
        return response.passes(result) or bool(stock_validate(action, result))

    RemoteAction._action_call_format = action_call
    RemoteAction._validate_action_result = validate
