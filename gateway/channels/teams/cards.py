"""An event as Adaptive Cards 1.5.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference (Teams' limits),
.../cards-actions ("Adaptive Cards with messageBack action") and
https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model (Action.Execute with a fallback).
Words stand in RichTextBlocks, whose runs are not read as Markdown: "kiv_admin" stays as it is.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from gateway.channels.telling import Block, Line, Run, Told, blocks, pieces
from gateway.texts import Texts

LARGEST = 28 * 1024
"""Bytes of an activity in UTF-16, which is how Teams counts."""
_FRAME = 4096
"""Bytes kept for what surrounds a card's elements."""
LONGEST_RUN = 2000
"""Characters of one run; a longer one is cut, so that every element fits into a card."""
MOST_ACTIONS = 6
"""Teams shows no more of one set."""
LONGEST_SUMMARY = 200
"""Characters of what a notification shows."""
JUDGE = "judge"

Element = dict[str, Any]


class Asked(Enum):
    """How far the question what an answer was worth has come."""

    HELPFUL = "helpful"
    WHY = "why"
    SOLVED = "solved"
    THANKED = "thanked"


def cards(told: Told, texts: Texts, asked: Asked = Asked.HELPFUL) -> list[Element]:
    """The event as cards that each fit into one activity; the last has the choices and the thumbs."""
    groups: list[list[Element]] = [[]]
    room = LARGEST - _FRAME
    for element in _elements(told, texts, asked):
        size = _size(element)
        if groups[-1] and size > room:
            groups.append([])
            room = LARGEST - _FRAME
        groups[-1].append(element)
        room -= size
    if len(groups) > 1:
        for number, group in enumerate(groups, 1):
            part = texts.answers.part.format(number=number, of=len(groups))
            group.insert(0, _words([Run(part)], isSubtle=True))
    return [_card(group) for group in groups]


def summary(told: Told) -> str:
    """What a notification shows of the event."""
    return pieces(told.text, LONGEST_SUMMARY, told.facts)[0]


def _card(body: list[Element]) -> Element:
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": "sv",
        "body": body,
    }


def _elements(told: Told, texts: Texts, asked: Asked) -> Iterator[Element]:
    if told.speaker:
        yield _words([Run(told.speaker)], weight="Bolder")
    if told.badge:
        yield _words([Run(told.badge)], weight="Bolder", color="Good" if told.open else "Attention")
    for block in told.blocks:
        yield from _block(block, told.facts)
    for notice in told.notices:
        heading = _words([Run(texts.answers.notice)], weight="Bolder")
        told_of = (element for block in blocks(notice) for element in _block(block, told.facts))
        yield {"type": "Container", "style": "warning", "items": [heading, *told_of]}
    if told.sources:
        yield _words([Run(texts.answers.sources)], weight="Bolder", size="Small", separator=True)
        yield from (_words([Run(source)], size="Small", spacing="None") for source in told.sources)
    choices = [_choice(button.title, button.token) for button in told.buttons]
    yield from _sets(choices)
    if told.judged:
        yield from _question(told, texts, asked)


def _block(block: Block, facts: Sequence[str]) -> Iterator[Element]:
    for number, line in enumerate(block.lines):
        mark = {"steps": f"{block.start + number}. ", "bullets": "• "}.get(block.kind, "")
        for place, row in enumerate(_rows(line)):
            begin = [Run(mark)] if mark and not place else []
            spacing = "Default" if not number and not place else "Small" if mark and not place else "None"
            for part, runs in enumerate(_fitting([*begin, *row], facts)):
                yield _words(runs, spacing=spacing if not part else "None")


def _rows(line: Line) -> Iterator[list[Run]]:
    """The line, cut at the line breaks within it."""
    row: list[Run] = []
    for run in line:
        first, *rest = run.text.split("\n") if run.url is None else [run.text]
        row.append(Run(first, run.url))
        for text in rest:
            if any(known.text for known in row):
                yield row
            row = [Run(text)]
    if any(run.text for run in row):
        yield row


def _fitting(row: Iterable[Run], facts: Sequence[str]) -> Iterator[list[Run]]:
    """The row in parts that each are an element of reasonable size."""
    part: list[Run] = []
    length = 0
    for run in row:
        for text in [run.text] if len(run.text) <= LONGEST_RUN else pieces(run.text, LONGEST_RUN, facts):
            if part and length + len(text) > LONGEST_RUN:
                yield part
                part, length = [], 0
            part.append(Run(text, run.url))
            length += len(text)
    yield part


def _words(runs: Iterable[Run], *, spacing: str = "Default", separator: bool = False, **style: Any) -> Element:
    inlines = [_run(run, style) for run in runs if run.text]
    return {
        "type": "RichTextBlock",
        "inlines": inlines,
        "spacing": spacing,
        **({"separator": True} if separator else {}),
    }


def _run(run: Run, style: dict[str, Any]) -> Element:
    shown = {"type": "TextRun", "text": run.text, **style}
    if run.url is None:
        return shown
    opens = {"type": "Action.OpenUrl", "url": run.url, "title": run.text, "tooltip": run.url}
    return {**shown, "color": "Accent", "underline": True, "selectAction": opens}


def _choice(title: str, token: str) -> Element:
    """Pressed, it stands in the chat as the user's own words, and its token comes to us as a message's value."""
    pressed = {"type": "messageBack", "displayText": title, "text": title, "value": {"button": token}}
    return {"type": "Action.Submit", "title": title, "data": {"msteams": pressed}}


def _question(told: Told, texts: Texts, asked: Asked) -> Iterator[Element]:
    words = texts.answers
    match asked:
        case Asked.HELPFUL:
            choices = ((words.helpful, {"helpful": True}), (words.unhelpful, {"helpful": False}))
            yield from _sets((_judgement(title, told.id, **said) for title, said in choices), separator=True)
        case Asked.WHY:
            yield _words([Run(words.why)], separator=True)
            reasons = words.reasons.items()
            yield from _sets(_judgement(title, told.id, helpful=False, reason=code) for code, title in reasons)
        case Asked.SOLVED:
            yield _words([Run(words.solved)], separator=True)
            yesno = ((words.yes, True), (words.no, False))
            yield from _sets(_judgement(title, told.id, helpful=True, solved=solved) for title, solved in yesno)
        case Asked.THANKED:
            yield _words([Run(words.thanks)], separator=True)


def _judgement(title: str, event: str, **said: Any) -> Element:
    data = {JUDGE: {"event": event, **said}}
    old = {"type": "Action.Submit", "title": title, "data": data}
    return {"type": "Action.Execute", "title": title, "verb": JUDGE, "data": data, "fallback": old}


def _sets(actions: Iterable[Element], *, separator: bool = False) -> Iterator[Element]:
    listed = list(actions)
    for first in range(0, len(listed), MOST_ACTIONS):
        more = {"separator": True} if separator and not first else {}
        yield {"type": "ActionSet", "actions": listed[first : first + MOST_ACTIONS], **more}


def _size(element: Element) -> int:
    return len(json.dumps(element, ensure_ascii=False).encode("utf-16-le")) + 4
