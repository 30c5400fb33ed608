"""What users type, before it reaches Rasa."""

import pytest

from gateway.errors import EmptyMessage, MessageTooLong
from gateway.user_text import LONGEST, clean


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("  Hej \n", "Hej"),
        ("rad ett\r\nrad två\rrad tre", "rad ett\nrad två\nrad tre"),
        ("/restart", "restart"),
        (" / /restart", "restart"),
        ("//session_start", "session_start"),
        ("\u00a0/restart", "restart"),
        ("\x00/restart", "restart"),
        ("\x1f /restart", "restart"),
        ('/inform{"region": "VGR"}', 'inform{"region": "VGR"}'),
        ("och/eller 24/7", "och/eller 24/7"),
        ("a\u030a", "å"),
        ("👩🏽‍⚕️", "👩🏽‍⚕️"),
        ("\ud83d\ude00", "😀"),
        ("halv \ud83d", "halv \ufffd"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("?", "?"),
    ],
)
def test_text_is_cleaned(typed: str, sent: str) -> None:
    assert clean(typed) == sent


@pytest.mark.parametrize("typed", ["", " \n\t", "/", "/ / /", "\x00\x07", "\u200b\u200d", "\u00a0", "\ufeff"])
def test_nothing_to_read_is_empty(typed: str) -> None:
    with pytest.raises(EmptyMessage):
        clean(typed)


def test_the_longest_message_passes() -> None:
    assert clean(" " + "å" * LONGEST + " ") == "å" * LONGEST
    assert clean("😀" * LONGEST) == "😀" * LONGEST


def test_one_more_is_too_long() -> None:
    with pytest.raises(MessageTooLong) as refused:
        clean("å" * (LONGEST + 1))

    assert refused.value.values == {"length": LONGEST + 1, "limit": LONGEST}


@pytest.mark.parametrize(
    "typed", ["/restart", "\u2028/restart", "\x85/back", "\ufeff/restart", "\u200b/restart", "\u3000/x"]
)
def test_nothing_typed_is_a_command_to_rasa(typed: str) -> None:
    assert not clean(typed).strip().startswith("/")
