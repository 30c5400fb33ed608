"""The hand-off itself: from the queue to an agent and back to the bot.

Whatever happens (the user writes, an agent does something, time passes) is dealt with one at a time for each
conversation, and can be dealt with again: the row of the hand-off and the conversation's status say how far it came.
"""

import asyncio
import hashlib
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from desks.contact_way import ContactWay, read_contact_way
from desks.errors import DeskError, DesksError
from desks.live.desk import Agent, AgentDesk
from desks.model import Impact, Kind, NewTicket, Receipt, Urgency
from desks.service import DeskService
from gateway.core import events
from gateway.core.conversations import Conversations
from gateway.errors import RedactionFailed
from gateway.failures import Failures
from gateway.handoff.mail import Mail
from gateway.handoff.opening import facts_of, opening, since_handover, summary_of, transcript
from gateway.handoff.texts import HandoffTexts
from gateway.logs import place_of
from records.event_log import Conversation, NewEvent
from records.handoffs import ACCEPTED, ENDED, NOTE, QUEUED, TEXT, Handoff, Handoffs

log = logging.getLogger(__name__)

GOODBYE = 3.0
"""Seconds that a desk is waited for when a conversation is erased."""


class NotYetOpen(Exception):
    """Something happens at a place that may belong to a hand-off which is just being opened: to be told again."""


@dataclass(frozen=True)
class Patience:
    """How long is waited for what."""

    accept: timedelta = timedelta(minutes=5)
    """Until a hand-off that nobody takes is given up."""
    silent: timedelta = timedelta(minutes=5)
    """Until an agent who does not answer is taken to be away."""
    say_every: timedelta = timedelta(seconds=25)
    """Between two words to a user who waits."""


class Handovers:
    """See the module. For the gateway's core it is the LiveDesk, for the desks the AgentEvents."""

    def __init__(
        self,
        conversations: Conversations,
        desks: Mapping[str, AgentDesk],
        handoffs: Handoffs,
        mail: Mail,
        tickets: DeskService,
        texts: HandoffTexts,
        failures: Failures,
        now: Callable[[], datetime],
        patience: Patience,
    ) -> None:
        self._conversations = conversations
        self._desks = desks
        self._handoffs = handoffs
        self._mail = mail
        self._tickets = tickets
        self._texts = texts
        self._failures = failures
        self._now = now
        self._patience = patience
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # ---- from the core

    async def start(self, conversation: Conversation, handover: Mapping[str, Any]) -> None:
        """See LiveDesk. Raises LookupError for a region without a live desk."""
        region = str(handover.get("region") or conversation.region_in_question)
        desk = self._desks[region]
        async with self._lock(conversation.conversation):
            handoff = await self._handoffs.of_conversation(conversation.conversation)
            if handoff is None:
                log_so_far = await self._conversations.all_events(conversation.conversation)
                said = transcript(self._texts.desk, handover, log_so_far)
                handoff = await self._handoffs.add(
                    self._now(),
                    conversation=conversation.conversation,
                    region=region,
                    desk=desk.kind,
                    title=self._texts.desk.title.format(region=region),
                    summary=summary_of(handover),
                    facts=facts_of(handover),
                    contact=str(handover.get("contact") or "") or None,
                    transcript=said,
                    opening=opening(self._texts.desk, handover, said),
                )
                for event in since_handover(log_so_far):
                    await self._forward(handoff, event.content["text"], event.key or event.id)
            await self._show_queued(handoff, self._texts.user.queued)
        self._mail.wake()

    async def user_says(self, conversation: Conversation, text: str, key: str) -> None:
        """See LiveDesk."""
        async with self._lock(conversation.conversation):
            handoff = await self._handoffs.of_conversation(conversation.conversation)
            if handoff is None:  # it ended while the message was on its way
                await self._conversations.set_status(conversation.conversation, events.BOT)
                raise LookupError("the hand-off has ended")
            if " ".join(text.casefold().split()).rstrip(".!") in self._texts.leave_words:
                await self._user_leaves(handoff)
            else:
                await self._forward(handoff, text, key)
                if handoff.state == ACCEPTED and handoff.asked is None:
                    now = self._now()
                    await self._handoffs.change(handoff, asked=now, told=now, told_times=0)
        self._mail.wake()

    async def erased(self, conversation: str) -> None:
        """The conversation is erased: the desk is told if it answers, and the hand-off is forgotten."""
        handoff = await self._handoffs.of_conversation(conversation)
        if handoff is not None and handoff.place is not None and handoff.region in self._desks:
            try:
                async with asyncio.timeout(GOODBYE):
                    text, key = self._texts.desk.user_erased, f"{handoff.reference}-erased"
                    await self._desks[handoff.region].post(handoff.place, text, key)
            except (DeskError, TimeoutError) as error:
                log.warning("%s was not told that a conversation is erased: %s", handoff.region, error)
        await self._handoffs.erase(conversation)

    # ---- from the desks

    async def accepted(self, place: str, agent: Agent, event: str) -> None:
        """See AgentEvents."""
        if handoff := await self._news(place, event):
            async with self._lock(handoff.conversation):
                handoff = await self._fresh(handoff)
                if handoff.state != ENDED:
                    await self._take(handoff, agent)
            await self._dealt_with(event)

    async def said(self, place: str, agent: Agent, text: str, event: str) -> None:
        """See AgentEvents."""
        if handoff := await self._news(place, event):
            async with self._lock(handoff.conversation):
                handoff = await self._fresh(handoff)
                if handoff.state == ENDED:
                    await self._tell(handoff, self._texts.desk.too_late, _key("late", event))
                else:
                    await self._take(handoff, agent)
                    await self._show_agent(handoff, agent, text, event)
            await self._dealt_with(event)

    async def left(self, place: str, agent: Agent, event: str) -> None:
        """See AgentEvents."""
        if handoff := await self._news(place, event):
            async with self._lock(handoff.conversation):
                handoff = await self._fresh(handoff)
                if handoff.state == ACCEPTED and handoff.agent == agent.id:
                    to_desk = self._texts.desk.agent_left.format(name=handoff.agent_name)
                    await self._tell(handoff, to_desk, _key("left", event))
                    await self._back_to_queue(handoff, self._texts.user.agent_left)
            await self._dealt_with(event)

    async def finished(self, place: str, agent: Agent, event: str) -> None:
        """See AgentEvents."""
        if handoff := await self._news(place, event):
            async with self._lock(handoff.conversation):
                handoff = await self._fresh(handoff)
                if handoff.state != ENDED:
                    text = self._texts.user.finished.format(name=agent.name)
                    await self._end(handoff, self._texts.desk.finished, events.notice("agent_finished", text))
            await self._dealt_with(event)

    # ---- from the clock

    async def look_after(self) -> None:
        """Say what is to be said to those who wait, and give up what has lasted too long."""
        going_on = await self._handoffs.going_on()
        for done in await asyncio.gather(*map(self._look_after, going_on), return_exceptions=True):
            if isinstance(done, Exception):
                log.error("someone who waits: %s", type(done).__name__, extra={"place": place_of(done)})

    async def _look_after(self, handoff: Handoff) -> None:
        async with self._lock(handoff.conversation):
            handoff = await self._fresh(handoff)
            state = await self._conversations.state(handoff.conversation)
            if handoff.state == ENDED:
                return
            if state is None or state.status == events.BOT:
                await self._end(handoff, self._texts.desk.finished)  # a stop came in between
            elif handoff.state == QUEUED:
                await self._while_queued(handoff)
            elif handoff.asked is not None:
                await self._while_unanswered(handoff, handoff.asked)

    async def _while_queued(self, handoff: Handoff) -> None:
        now = self._now()
        if now - handoff.queued >= self._patience.accept:
            await self._nobody(handoff)
        elif now - handoff.told >= self._patience.say_every:
            await self._wait_a_little(handoff, self._texts.user.waiting, "queue", await self._place_in_queue(handoff))

    async def _while_unanswered(self, handoff: Handoff, asked: datetime) -> None:
        now = self._now()
        if now - asked >= self._patience.silent:
            await self._tell(handoff, self._texts.desk.agent_silent, _key("silent", asked.isoformat()))
            await self._back_to_queue(handoff, self._texts.user.agent_silent)
        elif now - handoff.told >= self._patience.say_every:
            name = {"name": handoff.agent_name}
            await self._wait_a_little(handoff, self._texts.user.no_reply_yet, "no_reply_yet", name)

    async def _wait_a_little(
        self, handoff: Handoff, sentences: list[str], code: str, values: Mapping[str, Any]
    ) -> None:
        sentence = sentences[handoff.told_times % len(sentences)].format(**values)
        await self._conversations.append(handoff.conversation, events.notice(code, sentence, **values))
        await self._handoffs.change(handoff, told=self._now(), told_times=handoff.told_times + 1)

    # ---- what becomes of a hand-off; the caller has the conversation's lock

    async def _take(self, handoff: Handoff, agent: Agent) -> None:
        """The first agent has it; colleagues may help."""
        now = self._now()
        if handoff.state == QUEUED:
            first = handoff.accepted or now
            await self._handoffs.change(
                handoff, state=ACCEPTED, agent=agent.id, agent_name=agent.name, accepted=first, told=now, told_times=0
            )
            await self._tell(handoff, self._texts.desk.accepted.format(name=agent.name), _key("taken", now.isoformat()))
        if await self._status(handoff) != events.AGENT:
            text = self._texts.user.accepted.format(name=handoff.agent_name)
            notice = events.notice("agent_joined", text, agent={"name": handoff.agent_name})
            await self._set_status(handoff, events.AGENT, notice)

    async def _show_agent(self, handoff: Handoff, agent: Agent, text: str, event: str) -> None:
        try:
            await self._conversations.agent_says(handoff.conversation, text, agent.name)
        except RedactionFailed:
            await self._tell(handoff, self._texts.desk.not_shown, _key("hidden", event))
        else:
            await self._handoffs.change(handoff, asked=None, told=self._now(), told_times=0)

    async def _back_to_queue(self, handoff: Handoff, sentence: str) -> None:
        now, name = self._now(), handoff.agent_name
        await self._handoffs.change(
            handoff, state=QUEUED, agent=None, agent_name=None, asked=None, queued=now, told=now, told_times=0
        )
        await self._show_queued(handoff, sentence, name=name)

    async def _show_queued(self, handoff: Handoff, sentence: str, **values: Any) -> None:
        if await self._status(handoff) == events.QUEUED:
            return
        place = await self._place_in_queue(handoff)
        text = sentence.format(**place, **values)
        if (usual := await self._handoffs.usual_wait(handoff.region)) is not None:
            minutes = max(1, math.ceil(usual * place["position"] / timedelta(minutes=1)))
            place["wait_minutes"] = minutes
            text = f"{text} {self._texts.user.usual_wait.format(minutes=minutes)}"
        await self._set_status(handoff, events.QUEUED, events.notice("queue", text, **place))

    async def _user_leaves(self, handoff: Handoff) -> None:
        if handoff.state == ACCEPTED:
            text = self._texts.user.left_agent.format(name=handoff.agent_name)
        else:
            text = self._texts.user.left_queue
        await self._end(handoff, self._texts.desk.user_left, events.notice("handoff_left", text))

    async def _nobody(self, handoff: Handoff) -> None:
        """An apology, a ticket with everything in it, and the contacts."""
        receipt = await self._ticket(handoff)
        told = self._texts.user
        if receipt is None:
            text, ticket = f"{told.nobody} {told.no_ticket}", None
        elif receipt.number is None:
            text = f"{told.nobody} {told.ticket_waiting.format(reference=receipt.reference, code=receipt.code)}"
            ticket = receipt.custom()
        else:
            text = f"{told.nobody} {told.ticket_number.format(number=receipt.number, code=receipt.code)}"
            ticket = receipt.custom()
        more = {} if ticket is None else {"ticket": ticket}
        contacts = events.bot_message(self._failures.no_agent(handoff.region))
        await self._end(handoff, self._texts.desk.nobody, events.notice("nobody", text, **more), contacts)

    async def _ticket(self, handoff: Handoff) -> Receipt | None:
        contact = read_contact_way(handoff.contact or "")
        told = [handoff.summary, handoff.transcript, *await self._handoffs.user_messages(handoff)]
        new = NewTicket(
            conversation=handoff.conversation,
            key=f"handoff-{handoff.reference}",
            region=handoff.region,
            kind=Kind.incident,
            summary=handoff.summary,
            description="\n".join(filter(None, told)),
            impact=Impact.one,
            urgency=Urgency.hindered,
            contact=contact if isinstance(contact, ContactWay) else None,
            facts=handoff.facts,
        )
        try:
            return await self._tickets.submit(new)
        except (DesksError, KeyError) as error:
            log.error("no ticket for a hand-off that nobody took: %s", type(error).__name__)
            return None

    async def _end(self, handoff: Handoff, to_desk: str, *to_user: NewEvent) -> None:
        await self._set_status(handoff, events.BOT, *to_user)
        await self._tell(handoff, to_desk, "end")
        await self._handoffs.change(handoff, state=ENDED, ended=self._now(), asked=None)
        self._mail.wake()

    # ---- small things

    async def _news(self, place: str, event: str) -> Handoff | None:
        """The hand-off that an event is about; None for one that has been dealt with or is about nothing of ours."""
        if await self._handoffs.seen(event):
            return None
        handoff = await self._handoffs.at_place(place)
        if handoff is None and any(each.place is None for each in await self._handoffs.going_on()):
            raise NotYetOpen
        return handoff

    async def _dealt_with(self, event: str) -> None:
        await self._handoffs.saw(event, self._now())
        self._mail.wake()

    async def _fresh(self, handoff: Handoff) -> Handoff:
        """As it is now that the lock is ours."""
        return await self._handoffs.get(handoff.id) or handoff

    async def _forward(self, handoff: Handoff, text: str, key: str) -> None:
        await self._handoffs.tell(handoff, TEXT, f"{self._texts.desk.user}: {text}", _key("user", key), self._now())

    async def _tell(self, handoff: Handoff, text: str, key: str) -> None:
        await self._handoffs.tell(handoff, NOTE, text, key, self._now())

    async def _status(self, handoff: Handoff) -> str | None:
        state = await self._conversations.state(handoff.conversation)
        return None if state is None else state.status

    async def _set_status(self, handoff: Handoff, status: str, *told: NewEvent) -> None:
        """Who answers from now on, and what is said of it, in one transaction."""
        news = [*told, events.status(status)] if status == events.BOT else [events.status(status), *told]
        await self._conversations.append(handoff.conversation, *news, status=status)

    async def _place_in_queue(self, handoff: Handoff) -> dict[str, int]:
        return {"position": await self._handoffs.position(handoff)}

    def _lock(self, conversation: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation, asyncio.Lock())


def _key(what: str, name: str) -> str:
    """A message's key, one for each event whatever its name looks like."""
    return f"{what}-{hashlib.sha256(name.encode()).hexdigest()[:32]}"
