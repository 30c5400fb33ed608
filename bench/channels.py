"""`python -m bench.channels`: fifty messages a second, mixed over the page, Slack, Teams and SMS.

The gateway is a process of its own, on SQLite or on PostgreSQL if TEST_POSTGRES_URL is set; Rasa, Slack, Teams and the
SMS provider are played by our peers in this process, which takes its part of the processor. Each channel is measured by
itself at its share of the rate, and then all of them together: every message must be answered once, and no channel's
95th percentile may be above 1.5 times that of when it was alone.
"""

# ruff: noqa: T201 - its figures are for the terminal

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer
from yarl import URL

from bench import gateway
from bench.turns.figures import quantile
from tests.contract.channels.ways import Way, Ways, four_ways, until
from tests.fake_rasa import FakeRasa, bot_message

RATE = 50.0
"""Messages a second, over all channels."""
USERS = 20
"""Of each channel."""
ANSWER_SECONDS = 0.03
"""What our peer of Rasa takes for a turn."""
LOST = 30.0
"""Seconds after which an answer counts as lost."""
REGION = "VGR"


@dataclass
class Figures:
    """Of one channel in one measurement."""

    seconds: list[float] = field(default_factory=list)
    """From the message to the answer's arrival."""
    lost: int = 0
    doubled: int = 0


async def measure(ways: Ways, names: Sequence[str], seconds: float) -> dict[str, Figures]:
    """Messages at their share of the rate in the channels of those names, for so long."""
    figures: dict[str, Figures] = defaultdict(Figures)
    free = {name: asyncio.Queue[int]() for name in names}
    for queue in free.values():
        for user in range(USERS):
            queue.put_nowait(user)
    count = round(RATE / len(ways.by_name) * seconds)
    expected: dict[tuple[str, int], int] = {
        (name, user): len(ways.by_name[name].shown(user)) for name in names for user in range(USERS)
    }
    began = time.perf_counter()

    async def one(name: str, number: int, at: float) -> None:
        await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
        user = await free[name].get()
        way, key = ways.by_name[name], (name, user)
        expected[key] += 1
        asked = time.perf_counter()
        await way.ask(user, f"Hur beställer jag konto nummer {number} i KIV?")
        if await until(lambda: len(way.shown(user)) >= expected[key], LOST):
            figures[name].seconds.append(time.perf_counter() - asked)
        else:
            figures[name].lost += 1
        free[name].put_nowait(user)

    every = len(ways.by_name) / RATE
    tasks = [
        one(name, number, number * every + offset * every / len(names))
        for offset, name in enumerate(names)
        for number in range(count)
    ]
    await asyncio.gather(*tasks)
    await asyncio.sleep(1.0)  # what comes twice comes late
    for (name, user), wanted in expected.items():
        figures[name].doubled += max(0, len(ways.by_name[name].shown(user)) - wanted)
    return figures


async def greet(way: Way) -> None:
    """Every user has said something, and has been greeted where a channel greets."""
    await asyncio.gather(*(way.ask(user, "Hej") for user in range(USERS)))
    seen = -1
    while seen != (now := sum(len(way.shown(user)) for user in range(USERS))):
        seen = now
        await asyncio.sleep(1.5)


async def main() -> int:
    """Print a table; 1 if a message was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m bench.channels", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each measurement")
    seconds = parser.parse_args().seconds
    custom = {"outcome": "answered", "region": REGION, "facts": [{"kind": "phone", "value": "010-47 37 100"}]}
    rasa = FakeRasa(otherwise=bot_message("Ring 010-47 37 100.", custom=custom), delay=ANSWER_SECONDS)
    server = TestServer(rasa.app())
    await server.start_server()
    alone: dict[str, Figures] = {}
    async with four_ways(REGION) as ways, aiohttp.ClientSession() as http:
        os.environ.update(ways.environment(REGION))
        with tempfile.TemporaryDirectory() as folder:
            async with gateway.gateway(http, str(server.make_url("")), Path(folder)) as own:
                ways.find(URL(own.url))
                for name, way in ways.by_name.items():
                    print(f"{name}: everybody says hello ...", flush=True)
                    await greet(way)
                for name in ways.by_name:
                    print(f"{name} alone ...", flush=True)
                    alone |= await measure(ways, [name], seconds)
                print("all together ...", flush=True)
                before, began = own.cpu, time.perf_counter()
                together = await measure(ways, list(ways.by_name), seconds)
                used = (own.cpu - before) / (time.perf_counter() - began)
                print(
                    f"{RATE:.0f} messages a second for {seconds:.0f} s, gateway's processor {used:.0%} of a core, ",
                    end="",
                )
                print(f"{own.megabytes:.0f} MB")
    await server.close()
    print("| channel | alone p50 / p95, ms | together p50 / p95, ms | p95 ratio | answered | lost | doubled |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, mixed in together.items():
        times = [quantile(each, share) * 1000 for each in (alone[name].seconds, mixed.seconds) for share in (0.5, 0.95)]
        lost, doubled = alone[name].lost + mixed.lost, alone[name].doubled + mixed.doubled
        print(
            f"| {name} | {times[0]:.0f} / {times[1]:.0f} | {times[2]:.0f} / {times[3]:.0f} | {times[3] / times[1]:.2f} "
            f"| {len(alone[name].seconds) + len(mixed.seconds)} | {lost} | {doubled} |"
        )
    return int(any(each.lost or each.doubled for each in (*alone.values(), *together.values())))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
