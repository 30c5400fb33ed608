"""Turns one after another, turns of many conversations at once, and more turns than can be done."""

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

from bench.turns.systems import Answer, System

CANDIDATES = {
    "answer": ("hej", "hejsan", "tack", "tack så mycket", "hej då", "god morgon", "är du en robot?", "vad kan du?"),
    "action": (
        "Vad är Sjunet?",
        "Hur beställer jag ett konto?",
        "Jag har glömt mitt lösenord",
        "Vilket nummer ringer jag?",
        "När har ni öppet?",
        "Hur spärrar en patient sin journal?",
        "Jag kan inte logga in",
    ),
}
"""Messages of each kind; those are used that both systems take for that kind."""
WARM_UP = 10


@dataclass
class Costs:
    """Of a number of turns of one kind."""

    seconds: list[float] = field(default_factory=list)
    """Of each turn, as its user waited."""
    server: float = 0.0
    """Seconds of the processor, for each turn on average."""
    actions: float = 0.0


@dataclass
class Flood:
    """What came of turns that were wanted at the same time."""

    seconds: list[float]
    """Of the turns that were done."""
    busy: int
    """How many were turned away."""
    silent: int
    """How many got no answer at all."""
    elapsed: float

    @property
    def per_second(self) -> float:
        """Turns done."""
        return len(self.seconds) / self.elapsed


async def understood(system: System, kind: str) -> set[str]:
    """The candidates that a system takes for their kind."""
    return {text for text in CANDIDATES[kind] if (await system.say(uuid.uuid4().hex, text)).kind == kind}


async def one_after_another(system: System, texts: Sequence[str], turns: int, sender: str | None = None) -> Costs:
    """Turns of new conversations, or of one."""
    costs = Costs()
    before = system.processor()
    for _, text in zip(range(turns), cycle(texts), strict=False):
        costs.seconds.append((await system.say(sender or uuid.uuid4().hex, text)).seconds)
    after = system.processor()
    costs.server, costs.actions = ((late - early) / turns for early, late in zip(before, after, strict=True))
    return costs


async def at_once(system: System, texts: Sequence[str], conversations: int, seconds: float) -> Flood:
    """Conversations that each say the next thing as soon as they have an answer."""
    answers: list[Answer] = []
    began = time.perf_counter()

    async def talk(number: int) -> None:
        sender, said = uuid.uuid4().hex, cycle([*texts[number % len(texts) :], *texts[: number % len(texts)]])
        while time.perf_counter() - began < seconds:
            answer = await system.say(sender, next(said))
            answers.append(answer)
            if answer.kind in ("busy", "silence"):
                await asyncio.sleep(0.2)

    await asyncio.gather(*(talk(number) for number in range(conversations)))
    return _flood(answers, time.perf_counter() - began)


async def too_many(system: System, texts: Sequence[str], rate: float, seconds: float) -> Flood:
    """So many new conversations a second, whatever has been answered."""
    asked: list[asyncio.Task[Answer]] = []
    began = time.perf_counter()
    for number, text in zip(range(int(rate * seconds)), cycle(texts), strict=False):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        asked.append(asyncio.create_task(system.say(uuid.uuid4().hex, text)))
    answers = await asyncio.gather(*asked)
    return _flood(answers, time.perf_counter() - began)


def _flood(answers: Sequence[Answer], elapsed: float) -> Flood:
    done = [answer.seconds for answer in answers if answer.kind in ("answer", "action")]
    busy, silent = (sum(answer.kind == kind for answer in answers) for kind in ("busy", "silence"))
    return Flood(done, busy, silent, elapsed)
