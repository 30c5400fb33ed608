"""`python -m bench.answers [FACTS.jsonl ...]`: puts the held-out questions to the running system, over Rasa's REST.

A fact counts as right when one turn's texts hold every string that its case demands, white space and case apart.
Each plain question is asked twice: with the region as a portal sets it, and without, with one click where the bot
asks back. Files of facts in the form of `facts_dev.jsonl` may be added. The system is found at RASA_URL.
"""

# ruff: noqa: T201 - its figures are for the terminal

import asyncio
import json
import os
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from knowledge.content import read_content
from tests.builders import foreign_values

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "nlu" / "cases"
REPORT = ROOT / "reports" / "answers-wrong.jsonl"
_AT_ONCE = 3
_JUSTIFIED = {
    "direct": ("answered", "clarifying"),
    "route": ("answered", "clarifying", "referred"),
    "handoff": ("referred", "declined", "clarifying"),
    "clarify": ("clarifying", "referred"),
    "out_of_scope": ("declined", "referred"),
}
"""The outcomes that are right for what `questions_dev.jsonl` calls `answer_type`."""


@dataclass(frozen=True)
class Case:
    """One question and what counts as right."""

    kind: str
    question: str
    region: str | None
    strings: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    portal: bool = True
    """Whether the region comes with the message, as a portal sets it."""


@dataclass(frozen=True)
class Result:
    """What came back."""

    case: Case
    right: bool
    outcome: str
    leaks: tuple[str, ...]
    """What it told that only other regions have."""
    said: str


def facts(files: list[Path]) -> Iterator[Case]:
    """The cases about facts: plain, by one click, and hasty."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "answer_type" in row:
                right = _JUSTIFIED[row["answer_type"]]
                yield Case(file.stem, row["text"], row["region"], outcomes=right, portal=row["region"] is not None)
                continue
            strings = tuple(row["answer_must_contain"])
            yield Case(file.stem, row["question_sv"], row["region"], strings)
            yield Case(f"{file.stem}, one click", row["question_sv"], row["region"], strings, portal=False)
    for file in sorted(CASES.glob("facts-*.yml")):
        for row in yaml.safe_load(file.read_text(encoding="utf-8")):
            strings = tuple(row["answer_must_contain"])
            yield Case("facts, plain", row["question"], row["region"], strings)
            yield Case("facts, plain, one click", row["question"], row["region"], strings, portal=False)
            for hasty in row.get("also") or []:
                yield Case("facts, hasty", hasty, row["region"], strings)


def questions() -> Iterator[Case]:
    """The cases about the kind of outcome."""
    for row in yaml.safe_load((CASES / "questions.yml").read_text(encoding="utf-8")):
        expected = row["expected"]
        yield Case(
            "questions, kind of outcome",
            row["text"],
            row.get("region"),
            outcomes=tuple([expected] if isinstance(expected, str) else expected),
        )


async def put(case: Case, session: aiohttp.ClientSession, url: str, foreign: dict[str, set[str]]) -> Result:
    """Ask one question in a conversation of its own. `foreign`: by region, what only others have."""
    sender = uuid.uuid4().hex
    messages = await _say(session, url, sender, case.question, case.region if case.portal else None)
    known = case.portal
    if not case.portal and _outcome(messages) == "clarifying":
        payloads = [button["payload"] for message in messages for button in message.get("buttons", [])]
        chosen = [payload for payload in payloads if f'"{case.region}"' in payload]
        if chosen:
            known = True
            messages = await _say(session, url, sender, chosen[0], None)
    text = _even(" ".join(message.get("text", "") for message in messages))
    outcome = _outcome(messages)
    right = outcome in case.outcomes if case.outcomes else all(_even(string) in text for string in case.strings)
    others = foreign.get(case.region or "", set()) if known else set()
    leaks = tuple(value for value in others if _even(value) in text)
    return Result(case, right, outcome, leaks, text)


async def _say(
    session: aiohttp.ClientSession, url: str, sender: str, text: str, region: str | None
) -> list[dict[str, Any]]:
    body = {"sender": sender, "message": text, "metadata": {"region": region} if region else {}}
    async with session.post(f"{url}/webhooks/rest/webhook", json=body) as response:
        messages: list[dict[str, Any]] = await response.json()
        return messages


def _outcome(messages: list[dict[str, Any]]) -> str:
    found = [message["custom"].get("outcome", "") for message in messages if "custom" in message]
    return found[-1] if found else "silence"


def _even(text: str) -> str:
    return " ".join(text.split()).lower()


async def main() -> None:
    """Ask everything, and print a line for each kind of case."""
    url = os.environ.get("RASA_URL", "http://127.0.0.1:5005")
    content = read_content()
    foreign = {code: foreign_values(content, code) for code in content.regions}
    cases = [*facts([Path(name) for name in sys.argv[1:]]), *questions()]
    waiting = asyncio.Semaphore(_AT_ONCE)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:

        async def one(case: Case) -> Result:
            async with waiting:
                return await put(case, session, url, foreign)

        results = await asyncio.gather(*map(one, cases))
    for kind in dict.fromkeys(case.kind for case in cases):
        of_kind = [result for result in results if result.case.kind == kind]
        share = sum(result.right for result in of_kind) / len(of_kind)
        outcomes = ", ".join(
            f"{name} {count}" for name, count in Counter(result.outcome for result in of_kind).most_common()
        )
        print(f"{kind:<28} {share:6.1%} of {len(of_kind):>4}   {outcomes}")
    told = [result for result in results if result.case.region]
    leaked = [result for result in told if result.leaks]
    print(f"{'leaks between regions':<28} {len(leaked):>6} of {len(told):>4}")
    for result in leaked:
        print(f"  {result.case.region}: {result.case.question} -> {', '.join(result.leaks)}")
    REPORT.parent.mkdir(exist_ok=True)
    with REPORT.open("w", encoding="utf-8") as file:
        for result in results:
            if not result.right:
                row = {"kind": result.case.kind, "region": result.case.region, "question": result.case.question}
                wanted = {"wanted": result.case.strings or result.case.outcomes, "outcome": result.outcome}
                file.write(json.dumps({**row, **wanted, "said": result.said}, ensure_ascii=False) + "\n")
    print(f"What was not right: {REPORT}")


if __name__ == "__main__":
    asyncio.run(main())
