"""The bot's messaging endpoint: what Teams tells us.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
(conversationUpdate, messageUpdate) and
https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model ("Response format").
"""

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web

from gateway.channels.teams.callers import Callers
from gateway.channels.teams.cards import Asked, cards
from gateway.channels.teams.channel import TeamsChannel
from gateway.channels.teams.connector import Address, Connector
from gateway.channels.teams.errors import CallerRefused, Unavailable
from gateway.channels.teams.incoming import Activity, Judged
from gateway.channels.teams.settings import TeamsSettings
from gateway.channels.teams.texts import TeamsTexts
from gateway.channels.telling import tell
from gateway.core import events
from gateway.core.conversations import Conversations
from gateway.core.judging import judge
from gateway.core.messages import Incoming
from gateway.errors import EventUnknown, LogUnavailable, Refused
from gateway.keys import FEEDBACK, RATES, REDACTOR, SETTINGS
from gateway.texts import Texts
from records.event_log import Event

log = logging.getLogger(__name__)

PATH = "/teams/messages"
LARGEST = 256 * 1024
"""Bytes: Teams sends the longest message twice, as text and as HTML."""
READING = 10.0
"""Seconds in which an activity must have been sent."""
TYPING = {"type": "typing"}
_REMEMBERED = 10_000


class Endpoint:
    """Takes activities; Teams expects the answer's status within 15 seconds, and the words by the Connector."""

    def __init__(
        self,
        app: web.Application,
        conversations: Conversations,
        settings: TeamsSettings,
        callers: Callers,
        connector: Connector,
        channel: TeamsChannel,
        texts: Texts,
        own_texts: TeamsTexts,
    ) -> None:
        self._app = app
        self._conversations = conversations
        self._settings = settings
        self._callers = callers
        self._connector = connector
        self._channel = channel
        self._texts = texts
        self._own_texts = own_texts
        self._greeting = asyncio.Lock()
        self._edits: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def receive(self, request: web.Request) -> web.Response:
        """POST /teams/messages."""
        try:
            caller = await self._callers.identify(request.headers.get("Authorization", ""))
            activity = await _activity(request)
            self._callers.check(caller, activity)
        except CallerRefused as refused:
            log.warning("a request was refused: %s", refused)
            return web.Response(status=refused.status)
        except Unavailable as error:
            log.error("no caller can be checked: %s", error)
            return web.Response(status=503)
        return await self._take(activity)

    async def stop(self) -> None:
        """End what is still being said."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, activity: Activity) -> web.Response:
        address = Address(activity.service, activity.conversation, activity.bot)
        if not (activity.id and activity.conversation and activity.bot):
            return web.Response(status=400)
        if activity.kind == "invoke":
            return await self._invoked(activity)
        try:
            if activity.kind == "message":
                await self._message(activity, address)
            elif activity.is_edit:
                await self._edited(activity)
            elif activity.adds_us:
                await self._added(activity, address)
        except Refused as refusal:
            if activity.kind != "message":  # nobody waits for an answer
                return web.Response(status=refusal.status)
            self._begin(partial(self._explain, address, refusal))
        return web.Response()

    async def _message(self, activity: Activity, address: Address) -> None:
        conversation = await self._conversation(activity)
        await self._app[RATES].count("session", conversation, self._app[SETTINGS].session_rate)
        if activity.judged is not None:
            await self._judge(conversation, activity.judged)
            self._begin(partial(self._say, address, self._texts.answers.thanks))
            return
        if activity.button is None and not activity.text and activity.has_files:
            self._begin(partial(self._say, address, self._own_texts.files))
            return
        region = self._region(activity)
        if region is not None:
            await self._conversations.open(conversation, self._channel.name, region=region)
        message = Incoming(activity.key, None if activity.button else activity.text, activity.button)
        receipt = await self._conversations.receive(conversation, message, self._channel.name, address=address.write())
        if not receipt.resent and not activity.in_channel:  # Teams shows it in chats only
            state = await self._conversations.state(conversation)
            if state is not None and state.status == events.BOT:
                self._begin(partial(self._connector.send, address, TYPING, attempts=1))

    async def _edited(self, activity: Activity) -> None:
        """Nothing is done with the new words: in a form they would be taken for the answer to another question."""
        seen = (activity.conversation, activity.id, activity.moment)
        conversation = await self._conversation(activity)
        if seen in self._edits or await self._conversations.state(conversation) is None:
            return
        await self._conversations.append(conversation, events.notice("edited", self._own_texts.edited))
        self._edits[seen] = None
        while len(self._edits) > _REMEMBERED:
            self._edits.popitem(last=False)

    async def _added(self, activity: Activity, address: Address) -> None:
        """Greet, unless that has been done before."""
        conversation = await self._conversation(activity)
        async with self._greeting:
            state = await self._conversations.open(
                conversation, self._channel.name, region=self._region(activity), address=address.write()
            )
            if not state.last:
                await self._conversations.append(conversation, events.notice("greeting", self._own_texts.greeting))

    async def _invoked(self, activity: Activity) -> web.Response:
        if not activity.is_card_action or activity.judged is None:
            return web.Response(status=501)
        try:
            conversation = await self._conversation(activity)
            await self._app[RATES].count("session", conversation, self._app[SETTINGS].session_rate)
            await self._judge(conversation, activity.judged)
            event = await self._conversations.event(conversation, activity.judged.event)
            card = None if event is None else self._card(event, activity.judged)
            if card is None:
                raise EventUnknown
        except Refused as refusal:
            return _invoke_response("activity.message", self._conversations.explain(refusal).text)
        return _invoke_response("card.adaptive", card)

    def _card(self, event: Event, judged: Judged) -> dict[str, Any] | None:
        """The answer's last card, with what is asked next in place of what was pressed."""
        told = tell(event, self._texts)
        if judged.reason is not None or judged.solved is not None:
            asked = Asked.THANKED
        else:
            asked = Asked.SOLVED if judged.helpful else Asked.WHY
        return None if told is None else cards(told, self._texts, asked)[-1]

    async def _judge(self, conversation: str, judged: Judged) -> None:
        await judge(
            self._conversations,
            self._app[FEEDBACK],
            self._app[REDACTOR],
            conversation,
            judged.event,
            helpful=judged.helpful,
            reason=judged.reason,
            solved=judged.solved,
        )

    async def _conversation(self, activity: Activity) -> str:
        identity = f"{activity.tenant or ''}:{activity.conversation}"
        return await self._conversations.outside(self._channel.name, identity)

    def _region(self, activity: Activity) -> str | None:
        return self._settings.tenants.get(activity.tenant or "")

    # ---- what is said without standing in the log

    async def _explain(self, address: Address, refusal: Refused) -> None:
        message = self._conversations.explain(refusal)
        if isinstance(refusal, LogUnavailable):
            log.error("a message could not be taken, its writer is told")
        await self._show(address, events.bot_message(message).content)

    async def _say(self, address: Address, text: str) -> None:
        await self._show(address, events.notice("said", text).content)

    async def _show(self, address: Address, content: Mapping[str, Any]) -> None:
        name = f"said-{datetime.now(UTC).timestamp()}"
        told = tell(Event("", name, 0, datetime.now(UTC), events.NOTICE, content), self._texts)
        if told is not None:
            await self._channel.show(address, told)

    def _begin(self, say: Callable[[], Awaitable[None]]) -> None:
        async def tried() -> None:
            try:
                await say()
            except Exception as error:
                log.warning("something could not be said: %s", type(error).__name__)

        task = asyncio.create_task(tried())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _activity(request: web.Request) -> Activity:
    """The body. Raises the answer of one that cannot be read."""
    body = bytearray()
    try:
        async with asyncio.timeout(READING):
            async for part in request.content.iter_any():
                body += part
                if len(body) > LARGEST:
                    raise web.HTTPRequestEntityTooLarge(LARGEST, len(body))
        raw = json.loads(bytes(body))
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest from error
    if not isinstance(raw, dict):
        raise web.HTTPBadRequest
    return Activity(raw)


def _invoke_response(kind: str, value: Any) -> web.Response:
    return web.json_response({"statusCode": 200, "type": f"application/vnd.microsoft.{kind}", "value": value})
