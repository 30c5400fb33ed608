"""Block Kit: what a message is made of, within Slack's limits.

https://docs.slack.dev/reference/block-kit/blocks (50 blocks, 3,000 characters a text, 25 elements an actions block),
.../block-elements (75 characters a button, 100 options of 75 characters a select). Words stand in rich text, where no
character means anything but itself; a message of blocks beyond some 13,000 characters is refused, which is documented
nowhere (github.com/slackapi/bolt-js/issues/2509).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from gateway.channels.telling import Block, Line, blocks

Json = dict[str, Any]

LONGEST = 2900
"""Characters of one text; some of the 3,000 are left for what is put around it."""
IN_A_ROW = 5
"""Buttons that stand side by side and are still taken in."""
MOST_BUTTONS = 10
"""More choices than that are a menu."""
MOST_OPTIONS = 50
"""Of one menu; Slack takes 100, but then the message may be too long."""
LABEL = 75


def words(text: str) -> Json:
    """Text without markup."""
    return {"type": "plain_text", "text": text, "emoji": True}


def context(text: str, block_id: str | None = None) -> Json:
    """A line in small print."""
    return {"type": "context", "elements": [words(text[:LONGEST])], **_named(block_id)}


def paragraphs(text: str, heading: str | None = None) -> Json:
    """A text with its lists and links, under a heading in bold."""
    elements: list[Json] = []
    if heading:
        elements.append(_section([{"type": "text", "text": f"{heading}\n", "style": {"bold": True}}]))
    found = list(blocks(text))
    for number, block in enumerate(found):
        before = found[number - 1] if number else None
        after = found[number + 1] if number + 1 < len(found) else None
        elements.append(_element(block, before, after))
    return {"type": "rich_text", "elements": elements}


def quote(text: str, heading: str) -> Json:
    """Somebody's words."""
    quoted = {"type": "rich_text_quote", "elements": [{"type": "text", "text": text[:LONGEST]}]}
    return {"type": "rich_text", "elements": [_section([{"type": "text", "text": heading}]), quoted]}


def button(title: str, action: str, value: str, **more: Any) -> Json:
    """A button; what does not fit on it is cut."""
    return {"type": "button", "action_id": action, "text": words(_short(title)), "value": value, **more}


def actions(elements: Sequence[Json], block_id: str) -> Json:
    """Buttons or a menu in one row."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def rows(buttons: Sequence[Json], block_id: str) -> list[Json]:
    """Buttons in as many rows as they need."""
    cut = range(0, len(buttons), IN_A_ROW)
    return [actions(buttons[start : start + IN_A_ROW], f"{block_id}.{start}") for start in cut]


def menu(options: Sequence[tuple[str, str]], placeholder: str, action: str) -> Json:
    """One of many, as pairs of title and value."""
    told = [{"text": words(_short(title)), "value": value} for title, value in options]
    return {"type": "static_select", "action_id": action, "placeholder": words(placeholder), "options": told}


def packed(value: Json) -> str:
    """A button's value."""
    return json.dumps(value, separators=(",", ":"))


def _element(block: Block, before: Block | None, after: Block | None) -> Json:
    """Slack sets no space between its elements, so that the paragraphs carry their own line breaks."""
    if block.kind != "paragraph":
        listed = {"type": "rich_text_list", "style": "ordered" if block.kind == "steps" else "bullet"}
        offset = {"offset": block.start - 1} if block.kind == "steps" and block.start > 1 else {}
        return {**listed, "elements": [_section(_runs(line)) for line in block.lines], **offset}
    told: list[Json] = []
    if before is not None and before.kind != "paragraph":
        told.append({"type": "text", "text": "\n"})
    for number, line in enumerate(block.lines):
        told += [{"type": "text", "text": "\n"}] if number else []
        told += _runs(line)
    if after is not None:
        told.append({"type": "text", "text": "\n\n" if after.kind == "paragraph" else "\n"})
    return _section(told)


def _runs(line: Line) -> list[Json]:
    return [
        {"type": "text", "text": run.text} if run.url is None else {"type": "link", "url": run.url, "text": run.text}
        for run in line
        if run.text
    ]


def _section(elements: Iterable[Json]) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def _named(block_id: str | None) -> Json:
    return {} if block_id is None else {"block_id": block_id}


def _short(title: str) -> str:
    return title if len(title) <= LABEL else f"{title[: LABEL - 1]}…"
