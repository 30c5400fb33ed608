"""Answers what users have written: each conversation's messages in order and one at a time, and each once."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from gateway.core import events
from gateway.core.bot import Answer, Bot, Question
from gateway.core.hub import Hub
from gateway.core.live_desk import LiveDesk
from gateway.errors import RasaSlow, RasaUnavailable, TooBusy
from gateway.failures import Failures
from gateway.logs import correlation, place_of
from gateway.metrics import Metrics
from gateway.replies import Message
from records.errors import RecordsUnavailable
from records.event_log import Conversation, Event, EventLog, NewEvent, Waiting, Work

log = logging.getLogger(__name__)

MESSAGE, HANDOVER = "message", "handover"
"""The kinds of work."""
STILL_TYPING = 4.0
"""Seconds between two signs that an answer is being worked on."""
RETRY = 1.0
"""Seconds between two attempts to write to a log that cannot be used."""
DESK_ATTEMPTS = 3
"""Until the user is told that a message did not reach the desk."""


class Turns:
    """All work that waits or is being done."""

    def __init__(
        self,
        event_log: EventLog,
        hub: Hub,
        publish: Callable[[str, Sequence[Event]], None],
        bot: Bot,
        failures: Failures,
        metrics: Metrics,
        patience: float,
        live_desk: LiveDesk | None = None,
    ) -> None:
        """`publish` takes what has been logged; `patience` is in seconds: then a user gets the contacts meanwhile."""
        self._log = event_log
        self._hub = hub
        self._publish = publish
        self._bot = bot
        self._failures = failures
        self._metrics = metrics
        self._patience = patience
        self.live_desk = live_desk
        self._waiting: dict[str, deque[Waiting]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    async def resume(self) -> None:
        """Do what was left when the gateway stopped. Raises RecordsUnavailable."""
        for waiting in await self._log.waiting():
            self.add(waiting)

    def add(self, waiting: Waiting, state: Conversation | None = None) -> None:
        """To be done after everything that waits in the same conversation.

        `state` is the conversation's as it is now, if it is known; that spares a look into the log.
        """
        queue = self._waiting.setdefault(waiting.conversation, deque())
        if any(each.epoch == waiting.epoch and each.number == waiting.number for each in queue):
            return
        queue.append(waiting)
        if waiting.conversation not in self._running:
            self._running[waiting.conversation] = asyncio.create_task(self._run(waiting.conversation, state))

    async def stop(self) -> None:
        """Let go of everything; what is not finished is done after the next start."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, conversation: str, state: Conversation | None) -> None:
        queue = self._waiting[conversation]
        try:
            while queue:
                await self._do(queue[0], state)
                queue.popleft()
                state = None
        finally:
            del self._waiting[conversation], self._running[conversation]

    async def _do(self, waiting: Waiting, state: Conversation | None) -> None:
        correlation.set(str(waiting.content.get("correlation", "")))
        try:
            state = state or await self._persist(waiting, lambda: self._log.read(waiting.conversation))
            if state is None or state.epoch != waiting.epoch:
                return  # erased in the meantime
            if waiting.work == HANDOVER:
                await self._hand_over(state, waiting)
            elif state.status == events.BOT:
                await self._ask(state, waiting)
            else:
                await self._tell_desk(state, waiting)
        except Exception as error:
            log.error("a turn failed: %s", type(error).__name__, extra={"place": place_of(error)})
            self._metrics.turn("internal")
            region = waiting.content.get("region")
            await self._finish(waiting, [self._reply(waiting, self._failures.broken(region))])

    # ---- the bot

    async def _ask(self, state: Conversation, waiting: Waiting) -> None:
        region = waiting.content.get("region") or state.region_in_question
        question = Question(
            conversation=state.conversation,
            message=waiting.content["message"],
            channel=state.channel,
            region=waiting.content.get("region") or state.region,
            language=waiting.content.get("language") or state.language,
            correlation=correlation.get(),
        )
        began = asyncio.get_running_loop().time()
        asking = asyncio.create_task(self._bot.ask(question))
        try:
            told = await self._wait_for(asking, waiting, region)
            answer = asking.result()
        except TooBusy:
            self._metrics.turn("busy")
            await self._no_answer(waiting, self._failures.busy(region), told=False)
        except RasaUnavailable as error:
            log.error("no turn from Rasa: %s", error)
            self._metrics.turn("slow" if isinstance(error, RasaSlow) else "broken")
            tell = self._failures.slow if isinstance(error, RasaSlow) else self._failures.broken
            await self._no_answer(waiting, tell(region), told=told)
        else:
            self._metrics.turn("late" if told else "answered", asyncio.get_running_loop().time() - began)
            await self._answer(waiting, answer)
        finally:
            asking.cancel()

    async def _wait_for(self, asking: "asyncio.Task[Answer]", waiting: Waiting, region: str | None) -> bool:
        """Until there is an answer or none will come. True if the user was told that it takes long."""
        told = waiting.told
        loop = asyncio.get_running_loop()
        patience = loop.time() + self._patience
        while True:
            self._hub.publish(waiting.conversation, [events.typing("bot")])
            left = patience - loop.time()
            done, _ = await asyncio.wait([asking], timeout=STILL_TYPING if told else min(STILL_TYPING, max(0.0, left)))
            if done:
                return told
            if not told and loop.time() >= patience:
                self._bot.breaker.failed()
                slow = self._reply(waiting, self._failures.late(region))
                told = True
                await self._append(waiting, [slow], told=waiting)

    async def _answer(self, waiting: Waiting, answer: Answer) -> None:
        replies = [self._reply(waiting, message) for message in answer.messages]
        about = self._failures.known(answer.region)
        work = None if answer.handover is None else Work(HANDOVER, {**waiting.content, "handover": answer.handover})
        following = await self._finish(waiting, replies, about=about, work=work)
        if following is not None:
            self._waiting[waiting.conversation].insert(1, following)  # before what was written meanwhile

    async def _no_answer(self, waiting: Waiting, message: Message, *, told: bool) -> None:
        """The contacts, unless they have been given while the answer was waited for."""
        await self._finish(waiting, [self._reply(waiting, self._failures.never_came() if told else message)])

    # ---- the people behind it

    async def _hand_over(self, state: Conversation, waiting: Waiting) -> None:
        try:
            if self.live_desk is None:
                raise LookupError("there is no live desk")
            await self.live_desk.start(state, waiting.content["handover"])
        except Exception as error:
            log.error("a hand-off failed: %s", type(error).__name__, extra={"place": place_of(error)})
            await self._finish(waiting, [self._reply(waiting, self._failures.no_agent(state.region_in_question))])
        else:
            await self._finish(waiting, [])

    async def _tell_desk(self, state: Conversation, waiting: Waiting) -> None:
        text, key = waiting.content["text"], waiting.content["key"]
        for attempt in range(1, DESK_ATTEMPTS + 1):
            try:
                if self.live_desk is None:
                    raise LookupError("there is no live desk")
                await self.live_desk.user_says(state, text, key)
            except Exception as error:
                log.error(
                    "a message did not reach the desk: %s", type(error).__name__, extra={"place": place_of(error)}
                )
                if attempt < DESK_ATTEMPTS:
                    await asyncio.sleep(RETRY)
            else:
                await self._finish(waiting, [])
                return
        await self._finish(waiting, [self._failures.desk_unreachable(state.region_in_question)])

    # ---- the log

    def _reply(self, waiting: Waiting, message: Message) -> NewEvent:
        return events.bot_message(message, waiting.content["key"])

    async def _finish(
        self, waiting: Waiting, new: Sequence[NewEvent], *, about: str | None = None, work: Work | None = None
    ) -> Waiting | None:
        """The work is done; with its last events, so that it is done once. Returns the work that follows from it."""
        _, following = await self._append(waiting, new, done=waiting, about=about, work=work)
        return following

    async def _append(
        self,
        waiting: Waiting,
        new: Sequence[NewEvent],
        *,
        done: Waiting | None = None,
        told: Waiting | None = None,
        about: str | None = None,
        work: Work | None = None,
    ) -> tuple[list[Event], Waiting | None]:
        """Log and publish."""
        logged, following = await self._persist(
            waiting,
            lambda: self._log.append(
                waiting.conversation, new, epoch=waiting.epoch, done=done, told=told, about=about, work=work
            ),
        )
        self._publish(waiting.conversation, logged)
        return logged, following

    async def _persist[T](self, waiting: Waiting, use_log: Callable[[], Awaitable[T]]) -> T:
        """Until the log can be used, however long that takes; those who look are told meanwhile."""
        warned = False
        while True:
            try:
                return await use_log()
            except RecordsUnavailable as error:
                log.error("the event log cannot be used: %s", error)
            if not warned:
                warned = True
                unsaved = self._failures.unsaved(waiting.content.get("region"))
                self._hub.publish(waiting.conversation, [{"kind": unsaved.kind, **unsaved.content}])
            await asyncio.sleep(RETRY)
