"""What the page behind the link talks to: opening the link, how it stands in the queue, and what can be done."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web

from desks.errors import NotStored
from desks.model import Receipt
from gateway.api.conversations import begun
from gateway.api.requests import count_address, count_session, json_object, session
from gateway.channels.phone.callback import Callback
from gateway.channels.phone.invitations import LINK, SPOKEN, link_digest
from gateway.channels.phone.numbers import Numbers, dialled, ending
from gateway.channels.phone.queue_control import QueueControl
from gateway.channels.phone.settings import minutes
from gateway.channels.phone.texts import PageTexts
from gateway.core import events
from gateway.core.conversations import Conversations
from gateway.core.redacting import Redactor
from gateway.errors import (
    EmptyMessage,
    LinkInvalid,
    LinkUsed,
    LogUnavailable,
    NotFound,
    Refused,
    SessionInvalid,
    TellsOfPatient,
)
from gateway.failures import Failures
from gateway.routes import BUILT
from gateway.texts import STOCKHOLM
from gateway.tokens import Tokens
from gateway.user_text import clean
from records.errors import RecordsUnavailable
from records.overflow import Call, Overflow

PAGE = Path(__file__).parent / "page" / "index.html"
FRESH = timedelta(minutes=3)
"""For so long what the telephone system said of the queue counts as how it stands."""


@dataclass(frozen=True)
class PageApi:
    """The handlers. Under /api/, so that other sites' pages are kept out and errors are told as problems."""

    overflow: Overflow
    numbers: Numbers
    tokens: Tokens
    conversations: Conversations
    failures: Failures
    redact: Redactor
    callback: Callback
    control: QueueControl | None
    texts: PageTexts

    def add_to(self, app: web.Application) -> None:
        """The page and what it calls."""
        app.router.add_get(SPOKEN, self.page)
        app.router.add_get(f"{LINK}{{code}}", self.page)
        app.router.add_get("/phone.js", self.script)
        app.router.add_post("/api/v1/call/claim", self.claim)
        app.router.add_get("/api/v1/call", self.call)
        app.router.add_post("/api/v1/call/callback", self.book)
        app.router.add_post("/api/v1/call/place", self.keep)

    async def page(self, _: web.Request) -> web.FileResponse:
        """The page. Looking at it uses nothing up, so that previews and scanners may."""
        headers = {hdrs.CACHE_CONTROL: "no-store", "X-Robots-Tag": "noindex"}
        return web.FileResponse(PAGE, headers=headers)

    async def script(self, _: web.Request) -> web.FileResponse:
        """What the page does."""
        return web.FileResponse(BUILT / "phone.js")

    async def claim(self, request: web.Request) -> web.Response:
        """`{"link"}`: the right to the conversation, once; and again for the client that has it already."""
        await count_address(request)
        code = (await json_object(request)).get("link")
        if not isinstance(code, str) or len(code) > 64:
            raise Refused
        link = link_digest(code)
        try:
            call = await self.overflow.by_link(link)
            if call is None:
                raise LinkInvalid
            if not await self.overflow.claim(link, datetime.now(UTC)) and not self._has(request, call):
                raise LinkUsed if call.claimed else LinkInvalid
        except RecordsUnavailable as error:
            raise LogUnavailable from error
        own = self.tokens.grant(call.conversation, call.expires)
        state = await self.conversations.state(call.conversation)
        if state is None:  # erased since
            raise LinkInvalid
        return web.json_response(begun(own, state.status, state.region_in_question))

    async def call(self, request: web.Request) -> web.Response:
        """How it stands, and what can be done, for the page. `link`: the one in the page's address, if it has one."""
        call = await self._call(request)
        link = request.query.get("link")
        if link is not None and link_digest(link) != call.link:
            raise NotFound
        return web.json_response(await self._told(call, datetime.now(UTC)))

    async def book(self, request: web.Request) -> web.Response:
        """`{"time"}`: be called back. With `region` if it is not known, `number` for another one, and `about`."""
        call, wanted = await self._call(request), await json_object(request)
        if call.callback is None:
            region = await self._region(call) or self.failures.known(wanted.get("region"))
            number = wanted.get("number", self.numbers.open(call.number) or "")
            time, about = wanted.get("time"), wanted.get("about") or ""
            if not (region and isinstance(time, str) and isinstance(number, str) and isinstance(about, str)):
                raise Refused
            try:
                receipt, told = await self.callback.book(
                    call.conversation, region, time, number, self._safe(about), call.queue, datetime.now(UTC)
                )
                said = self._receipt(receipt, told)
                if await self.overflow.called_back(call.conversation, said):
                    notice = events.notice("callback", said, ticket=receipt.custom())
                    await self.conversations.append(call.conversation, notice, about=region)
            except (NotStored, RecordsUnavailable) as error:
                raise LogUnavailable from error
        return await self._now(call)

    async def keep(self, request: web.Request) -> web.Response:
        """Keep the place in the queue."""
        call = await self._call(request)
        if self.control is None:
            raise NotFound
        if call.kept is None:
            await self.control.keep(call.name, f"keep_{call.call}")
            try:
                if await self.overflow.keep_place(call.conversation, datetime.now(UTC)):
                    await self.conversations.append(call.conversation, events.notice("place", self.texts.kept))
            except RecordsUnavailable as error:
                raise LogUnavailable from error
        return await self._now(call)

    # ---- inside

    async def _call(self, request: web.Request) -> Call:
        own = session(request)
        await count_address(request)
        await count_session(request, own)
        call = await self._of(own.conversation)
        if call is None:
            raise NotFound
        return call

    async def _of(self, conversation: str) -> Call | None:
        try:
            return await self.overflow.of_conversation(conversation)
        except RecordsUnavailable as error:
            raise LogUnavailable from error

    async def _now(self, call: Call) -> web.Response:
        changed = await self._of(call.conversation)
        return web.json_response(await self._told(changed or call, datetime.now(UTC)))

    def _has(self, request: web.Request, call: Call) -> bool:
        try:
            return call.claimed is not None and session(request).conversation == call.conversation
        except SessionInvalid:
            return False

    async def _region(self, call: Call) -> str | None:
        state = await self.conversations.state(call.conversation)
        return state.region_in_question if state else None

    def _safe(self, about: str) -> str:
        try:
            safe = self.redact(clean(about))
        except EmptyMessage:
            return ""
        if safe.patient:
            raise TellsOfPatient
        return safe.text

    async def _told(self, call: Call, now: datetime) -> dict[str, Any]:
        region, number = await self._region(call), self.numbers.open(call.number)
        asked = [region] if region else [desk.region for desk in self.failures.contacts(None)]
        names = {desk.region: desk.region_name for desk in self.failures.contacts(None)}
        return {
            "queue": self._greeting(call, now),
            "region": region,
            "back": self._back(call, region),
            "place": {"possible": self.control is not None, "kept": self.texts.kept if call.kept else None},
            "callback": {
                "booked": call.callback,
                "number": self.texts.number.format(ending=ending(number)) if number else None,
                "regions": [
                    {
                        "code": code,
                        "name": names[code],
                        "times": [{"value": time.value, "text": time.text} for time in self.callback.times(code, now)],
                    }
                    for code in asked
                ],
            },
            "ticket": self.texts.ticket,
        }

    def _greeting(self, call: Call, now: datetime) -> str:
        texts, fresh = self.texts, now - call.told <= FRESH
        given = {"position": call.position, "queue": call.queue, "time": f"{call.told.astimezone(STOCKHOLM):%H:%M}"}
        if call.position is None:
            text = texts.waiting if call.queue is None else texts.queue
        elif call.queue is None:
            text = texts.position_alone_now if fresh else texts.position_alone_then
        else:
            text = texts.position_now if fresh else texts.position_then
        sentences = [text.format(**given)]
        if call.wait and fresh:
            sentences.append(texts.wait.format(minutes=minutes(call.wait)))
        return " ".join(sentences)

    def _back(self, call: Call, region: str | None) -> dict[str, str] | None:
        """A link back to the queue: the number that was called, or the documents' own; written as the documents do."""
        known = [
            way.value
            for desk in self.failures.contacts(region)
            for way in desk.ways
            if way.kind == "phone" and (region or call.called)
        ]
        number = dialled(call.called or next(iter(known), ""))
        if number is None:
            return None
        written = next((each for each in known if dialled(each) == number), number.shown)
        return {"href": number.href, "text": self.texts.ring.format(number=written)}

    def _receipt(self, receipt: Receipt, time: str) -> str:
        if receipt.number is None:
            return self.texts.booked_reference.format(reference=receipt.reference, code=receipt.code, time=time)
        return self.texts.booked_number.format(number=receipt.number, code=receipt.code, time=time)
