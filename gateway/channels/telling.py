"""An event as a channel has to show it: text in blocks, links, notices, open or closed, sources, choices, thumbs.

Every channel without a page of its own renders this, so that all of them say the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.core.events import AGENT_MESSAGE, BOT_MESSAGE
from gateway.replies import Button
from gateway.texts import Texts
from records.event_log import Event

_ITEM = re.compile(r"(?:[-–•]|(\d{1,3})[.)])\s+(.*)")
_LINK = re.compile(r"\[(?P<label>[^\]\n]+)\]\((?P<target>https?://[^\s)]+)\)|(?P<url>https?://[^\s<>\"”»]+)")
_FRESH = timedelta(minutes=5)
_NOT_JUDGED = ("smalltalk", "clarifying", "failed")


@dataclass(frozen=True)
class Run:
    """A stretch of a line: words, or a link when `url` is set."""

    text: str
    url: str | None = None


Line = tuple[Run, ...]


@dataclass(frozen=True)
class Block:
    """A paragraph of lines, or a list with a line for each item."""

    kind: str
    """ "paragraph", "bullets" or "steps"."""
    lines: tuple[Line, ...]
    start: int = 1
    """The number of the first step."""


@dataclass(frozen=True)
class Told:
    """What there is to show of one event."""

    id: str
    speaker: str | None
    """The person who wrote it; None for the bot."""
    passing: bool
    """Whether it is a notice that nobody said."""
    text: str
    blocks: tuple[Block, ...]
    facts: tuple[str, ...]
    """Values that may not be cut apart: telephone numbers, addresses, hours."""
    notices: tuple[str, ...]
    open: bool | None
    badge: str | None
    """ "Öppet nu", "Stängt nu, öppnar ..."."""
    sources: tuple[str, ...]
    buttons: tuple[Button, ...]
    judged: bool
    """Whether the user is asked what the answer was worth."""


def tell(event: Event, texts: Texts) -> Told | None:
    """What there is to show of the event; None for one without text, such as a change of status."""
    text = event.content.get("text")
    if not isinstance(text, str) or not text.strip():
        return None
    custom = event.content.get("custom") or {}
    outcome = custom.get("outcome")
    agent = event.content.get("agent") or {}
    return Told(
        id=event.id,
        speaker=agent.get("name") if event.kind == AGENT_MESSAGE else None,
        passing=event.kind not in (AGENT_MESSAGE, BOT_MESSAGE),
        text=text.strip(),
        blocks=tuple(blocks(text)),
        facts=tuple(str(fact["value"]) for fact in _mappings(custom.get("facts")) if fact.get("value")),
        notices=tuple(notice for notice in custom.get("notices") or () if isinstance(notice, str) and notice.strip()),
        open=custom.get("open") if isinstance(custom.get("open"), bool) else None,
        badge=_badge(custom, event.at, texts),
        sources=tuple(dict.fromkeys(_source(source, texts) for source in _mappings(custom.get("sources")))),
        buttons=tuple(
            Button(str(button["title"]), str(button["token"])) for button in _mappings(event.content.get("buttons"))
        ),
        judged=event.kind == BOT_MESSAGE and isinstance(outcome, str) and outcome not in _NOT_JUDGED,
    )


def blocks(text: str) -> Iterator[Block]:
    """The paragraphs and lists of a bot's text: "- " begins an item, "1. " a step, an empty line ends a paragraph."""
    kind, start, lines = "", 1, list[Line]()
    ended = True
    for raw in text.split("\n"):
        line = raw.strip()
        item = _ITEM.fullmatch(line)
        this = "paragraph" if item is None else "steps" if item[1] else "bullets"
        follows = this == kind and not (this == "paragraph" and ended)
        if item and item[1] and follows and int(item[1]) != start + len(lines):
            follows = False
        if not line:
            ended = True
            continue
        if item is None and lines and kind != "paragraph" and not ended:
            lines[-1] = (*lines[-1], Run("\n"), *runs(line))  # the item goes on
        elif follows:
            lines.append(runs(item[2] if item else line))
        else:
            if lines:
                yield Block(kind, tuple(lines), start)
            kind, start = this, int(item[1]) if item and item[1] else 1
            lines = [runs(item[2] if item else line)]
        ended = False
    if lines:
        yield Block(kind, tuple(lines), start)


def runs(line: str) -> Line:
    """The line's words and links: "[label](address)" and bare addresses."""
    found: list[Run] = []
    end = 0
    for match in _LINK.finditer(line):
        label, url = match["label"], match["target"]
        if url is None:
            url = match["url"].rstrip(".,;:!?'’" if "(" in match["url"] else ".,;:!?'’)")
            label = url
        if match.start() > end:
            found.append(Run(line[end : match.start()]))
        found.append(Run(label, url))
        end = match.end() if match["target"] else match.start() + len(url)
    if end < len(line):
        found.append(Run(line[end:]))
    return tuple(found)


def pieces(text: str, longest: int, keep: Iterable[str] = ()) -> list[str]:
    """The text in pieces of at most that many characters.

    Cut at the best place (between paragraphs, lines, sentences or words), and never within one of the `keep` values or
    an address, unless that alone is longer than a piece.
    """
    left, found = text.strip(), list[str]()
    whole = [re.escape(value) for value in sorted(set(keep), key=len, reverse=True) if value]
    pattern = re.compile("|".join([*whole, r"https?://\S+", r"\S+@\S+"]))
    while len(left) > longest:
        kept = [(match.start(), match.end()) for match in pattern.finditer(left) if match.start() <= longest]
        cut = next(
            (
                place
                for mark in (r"\n\s*\n", r"\n", r"(?<=[.!?])\s", r"\s")
                for place in _places(left, mark, longest)
                if not any(start < place < end for start, end in kept) and place >= longest // 4
            ),
            None,
        )
        if cut is None:
            cut = next((start for start, end in kept if 0 < start <= longest < end), longest)
        found.append(left[:cut].rstrip())
        left = left[cut:].lstrip()
    return [*found, left] if left else found


def _places(text: str, mark: str, longest: int) -> list[int]:
    """Where the mark begins, the latest first."""
    return [match.start() for match in re.finditer(mark, text[: longest + 2]) if match.start() <= longest][::-1]


def _badge(custom: Mapping[str, Any], told: datetime, texts: Texts) -> str | None:
    answers, open_ = texts.answers, custom.get("open")
    if not isinstance(open_, bool):
        return None
    at = _moment(custom.get("at")) or told
    if abs(at - told) < _FRESH:
        state = answers.open_now if open_ else answers.closed_now
    else:
        state = (answers.open_at if open_ else answers.closed_at).format(moment=texts.moment(at))
    opens = None if open_ else _moment(custom.get("next_open"))
    return state if opens is None else answers.opens.format(state=state, moment=texts.moment(opens))


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None


def _source(source: Mapping[str, Any], texts: Texts) -> str:
    names = {name: str(source.get(name) or "") for name in ("title", "section", "dated")}
    return re.sub(r"(, )+$|(?<=, ), ", "", texts.answers.source.format(**names))


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
