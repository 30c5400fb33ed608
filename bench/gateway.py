"""`python -m bench.gateway`: what the gateway adds to a turn, and what it carries with 500 open conversations.

1. The gateway's own share: turns over an event stream with a fake Rasa, each beside a direct call of that Rasa.
2. Load: 500 conversations, each with an open stream, put questions to the real Rasa at RASA_URL, at a rate that rises
   until the 95th percentile from question to answer is above a second. Rasa's REST channel called directly with as many
   senders gets the same questions at the same rates, each rate right after the gateway's.

The gateway is a process of its own, on SQLite, or on PostgreSQL if TEST_POSTGRES_URL is set. The client takes its part
of the processor.
"""

# ruff: noqa: T201 - its figures are for the terminal

import asyncio
import contextlib
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import yaml
from aiohttp import web

from scripts import ports
from tests.fake_rasa import FakeRasa, bot_message

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "nlu" / "cases" / "questions.yml"
CONVERSATIONS = 500
TURNS = 400
"""Of the gateway's own share."""
RATES = (5, 10, 20, 40, 60, 80, 100, 130, 160)
"""Messages a second."""
STEP = 6.0
"""Seconds for each rate."""
LIMIT = 1.0
"""Seconds that the 95th percentile may be."""
LOST = 10.0
"""Seconds after which an answer counts as lost."""
_CLOCK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Gateway:
    """A gateway in a process of its own."""

    url: str
    process: "subprocess.Popen[bytes]"

    @property
    def cpu(self) -> float:
        """Seconds of the processor so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _CLOCK

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE / 1e6


@contextlib.asynccontextmanager
async def gateway(http: aiohttp.ClientSession, rasa: str, folder: Path) -> AsyncIterator[Gateway]:
    """Start one and wait until it is ready."""
    free = ports.free({"GATEWAY_PORT": 0, "GATEWAY_INSIDE_PORT": 0})
    environment = {
        **os.environ,
        **{name: str(port) for name, port in free.items()},
        "RASA_URL": rasa,
        "RECORDS_DB_URL": os.environ.get("TEST_POSTGRES_URL") or f"sqlite:///{folder / 'records.db'}",
        "GATEWAY_SESSION_RATE": "1000000/minute",
        "GATEWAY_ADDRESS_RATE": "1000000/minute",
    }
    with (folder / "gateway.log").open("wb") as log:
        words = [sys.executable, "-m", "gateway"]
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=log)  # noqa: ASYNC220, S603
    url = f"http://127.0.0.1:{free['GATEWAY_PORT']}"
    try:
        async with asyncio.timeout(30):
            while not await _ready(http, url):  # noqa: ASYNC110 - it looks from outside
                await asyncio.sleep(0.1)
        yield Gateway(url, process)
    finally:
        process.terminate()
        process.wait()


async def _ready(http: aiohttp.ClientSession, url: str) -> bool:
    with contextlib.suppress(aiohttp.ClientError):
        async with http.get(f"{url}/readyz") as response:
            return response.status == 200
    return False


@dataclass
class Talk:
    """One conversation with an open stream."""

    http: aiohttp.ClientSession
    url: str
    token: str = ""
    _answers: "dict[str, asyncio.Future[None]]" = field(default_factory=dict)
    _reading: "asyncio.Task[None] | None" = None

    async def open(self) -> None:
        """Begin, and wait for the stream's first event."""
        async with self.http.post(f"{self.url}/api/v1/conversations", json={"region": "VGR"}) as response:
            self.token = (await response.json())["token"]
        opened = asyncio.get_running_loop().create_future()
        self._answers["hello"] = opened
        self._reading = asyncio.create_task(self._read())
        await opened

    async def ask(self, text: str) -> None:
        """Until the answer has come."""
        key = secrets.token_hex(8)
        answer = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        async with self.http.post(f"{self.url}/api/v1/messages", json={"text": text}, headers=headers) as response:
            response.raise_for_status()
        await answer

    async def close(self) -> None:
        """Close the stream."""
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "text/event-stream"}
        async with self.http.get(f"{self.url}/api/v1/events", headers=headers) as response:
            kind = ""
            async for line in response.content:
                if line.startswith(b"event: "):
                    kind = line[7:].strip().decode()
                elif line.startswith(b"data: ") and kind == "hello":
                    self._answers.pop("hello").set_result(None)
                elif line.startswith(b"data: ") and kind == "bot_message":
                    waiting = self._answers.pop(json.loads(line[6:])["in_reply_to"], None)
                    if waiting and not waiting.done():
                        waiting.set_result(None)


async def ask_rasa(http: aiohttp.ClientSession, url: str, sender: str, text: str) -> None:
    """A direct call of Rasa's REST channel."""
    body = {"sender": sender, "message": text, "metadata": {"region": "VGR"}}
    async with http.post(f"{url}/webhooks/rest/webhook", json=body) as response:
        await response.read()


async def own_share(http: aiohttp.ClientSession, folder: Path) -> None:
    """Measure and print what the gateway adds to a turn."""
    runner = web.AppRunner(FakeRasa(otherwise=bot_message("Ring 010-47 37 100.", custom={"outcome": "answered"})).app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    rasa = f"http://127.0.0.1:{runner.addresses[0][1]}"
    through: list[float] = []
    direct: list[float] = []
    async with gateway(http, rasa, folder) as own:
        talks = [Talk(http, own.url) for _ in range(20)]
        for talk in talks:
            await talk.open()
        for _ in range(2):  # the first round warms up
            through, direct = [], []
            before = own.cpu
            for number in range(TURNS):
                talk = talks[number % len(talks)]
                through.append(await seconds_of(talk.ask("Hur beställer jag ett konto?")))
                direct.append(await seconds_of(ask_rasa(http, rasa, "direct", "Hur beställer jag ett konto?")))
            used = own.cpu - before
        for talk in talks:
            await talk.close()
    await runner.cleanup()
    share = statistics.median(through) - statistics.median(direct)
    print(f"\nOwn share of a turn, {TURNS} turns with a fake Rasa")
    print(f"  through the gateway  p50 {_ms(through, 0.5)}  p95 {_ms(through, 0.95)} ms")
    print(f"  the fake Rasa alone  p50 {_ms(direct, 0.5)}  p95 {_ms(direct, 0.95)} ms")
    print(f"  share                p50 {share * 1000:.1f} ms; processor {used / TURNS * 1000:.1f} ms a turn")


async def load(http: aiohttp.ClientSession, rasa: str, folder: Path) -> None:
    """Measure and print how much the gateway and Rasa alone carry."""
    rows = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    questions = [row["text"] for row in rows if row.get("region") in (None, "VGR") and len(row["text"]) < 200]
    async with gateway(http, rasa, folder) as own:
        alone = own.megabytes
        talks = [Talk(http, own.url) for _ in range(CONVERSATIONS)]
        for talk in talks:
            await talk.open()
        opened = own.megabytes
        print(
            f"\nLoad: {CONVERSATIONS} conversations, gateway's memory {alone:.0f} MB, with open streams {opened:.0f} MB"
        )
        print("  messages/s     gateway p50   p95 ms  lost       Rasa alone p50   p95 ms  lost")
        for number in range(40):  # until Rasa is warm
            await ask_rasa(http, rasa, f"warm-{number}", questions[number % len(questions)])
        best = {"gateway": 0, "Rasa alone": 0}
        for rate in RATES:
            told = [f"  {rate:>10}"]
            going = False
            for name in best:
                if best[name] < max((each for each in RATES if each < rate), default=0):
                    told.append(f"{'-':>21}{'-':>9}{'-':>6}")
                    continue

                def ask(number: int, name: str = name) -> Awaitable[None]:
                    text = random.choice(questions)  # noqa: S311 - no secret
                    if name == "gateway":
                        return talks[number % len(talks)].ask(text)
                    return ask_rasa(http, rasa, f"bench-{number % len(talks)}", text)

                seconds, lost = await _at_rate(rate, ask)
                told.append(f"{_ms(seconds, 0.5):>21}{_ms(seconds, 0.95):>9}{lost:>6}")
                if not lost and _quantile(seconds, 0.95) < LIMIT:
                    best[name], going = rate, True
            print("".join(told), flush=True)
            if not going:
                break
        print(f"  memory after it {own.megabytes:.0f} MB")
        for talk in talks:
            await talk.close()
    print(f"  at p95 < {LIMIT:g} s: gateway {best['gateway']}, Rasa alone {best['Rasa alone']} messages/s")


async def _at_rate(rate: int, ask: Callable[[int], Awaitable[None]]) -> tuple[list[float], int]:
    """Seconds of each answer, and how many never came. Asks go out at their time, whatever has been answered."""
    began = time.perf_counter()
    asked: list[asyncio.Task[float]] = []
    for number in range(int(rate * STEP)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        asked.append(asyncio.create_task(seconds_of(ask(number))))
    done, late = await asyncio.wait(asked, timeout=LOST)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    failed = [task for task in done if task.exception() is not None]
    return [task.result() for task in done if task.exception() is None], len(late) + len(failed)


async def seconds_of(work: Awaitable[None]) -> float:
    """How long something takes, on the clock."""
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else LOST


def _ms(values: Sequence[float], share: float) -> str:
    return f"{_quantile(values, share) * 1000:.1f}"


async def main() -> None:
    """Both measurements; the second only if there is a Rasa."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, read_bufsize=2**20) as http:
        with tempfile.TemporaryDirectory() as folder:
            await own_share(http, Path(folder))
        if rasa := os.environ.get("RASA_URL"):
            with tempfile.TemporaryDirectory() as folder:
                await load(http, rasa, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
