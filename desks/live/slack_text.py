"""Text as Slack writes it, and as people do.

https://docs.slack.dev/messaging/formatting-message-text: three characters are escaped; links, mentions and dates stand
in angle brackets; *bold*, _italic_, ~struck~, `code` and > quotes are marked with characters.
"""

import re

_CODE = re.compile(r"```(?P<lines>.*?)```|`(?P<words>[^`\n]+)`", re.DOTALL)
_STYLED = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]{0,300}?\S)\1(?![\w*_~])")
_QUOTE = re.compile(r"^[ \t]*(?:&gt;)+[ \t]?", re.MULTILINE)
_MARKUP = re.compile(r"<(?P<target>[^<>|\n]+)(?:\|(?P<label>[^<>\n]*))?>")
_EMOJI = re.compile(r"(?<![\w:])(?::[a-z+-][a-z0-9_+'-]*:)+(?![\w:])")
_BLANKS = re.compile(r"[ \t]{2,}")
_NESTED = 3
"""Kinds of style, each of which may stand within the others."""
_SHOWN_AS_IT_IS = ("mailto:", "tel:")


def escaped(text: str) -> str:
    """The three characters that Slack gives a meaning."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """The three characters back, each once: "&amp;lt;" is "&lt;"."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def plain(text: str, somebody: str = "") -> str:
    """What a person wrote, without Slack's markup.

    Mentions of people become `somebody`, since their ids say nothing to anyone else and name a person; emoji codes go,
    unless the text is nothing else.
    """
    parts, end = list[str](), 0
    for code in _CODE.finditer(text):
        parts += [_unstyled(text[end : code.start()]), (code["lines"] or code["words"] or "").strip("\n")]
        end = code.end()
    parts.append(_unstyled(text[end:]))
    read = _MARKUP.sub(lambda found: _read(found["target"], found["label"] or "", somebody), "".join(parts))
    return unescaped(_BLANKS.sub(" ", read)).strip()


def _unstyled(text: str) -> str:
    text = _QUOTE.sub("", text)
    text = _EMOJI.sub("", text) if _EMOJI.sub("", text).strip() else text
    for _ in range(_NESTED):
        text = _STYLED.sub(r"\2", text)
    return text


def _read(target: str, label: str, somebody: str) -> str:
    """A link, mention or date as people read it."""
    match target[0]:
        case "@":
            return somebody
        case "#":
            return f"#{label}" if label else ""
        case "!":
            return "" if target.startswith(("!here", "!channel", "!everyone")) else label
    for scheme in _SHOWN_AS_IT_IS:
        if target.startswith(scheme):
            return label or target.removeprefix(scheme)
    if not label or label == target:
        return target
    return label if _names(label, target) else f"{label} ({target})"


def _names(label: str, target: str) -> bool:
    """Whether the label is the address itself, as where Slack made a link of "a.se"."""
    return label.strip("/") in target
