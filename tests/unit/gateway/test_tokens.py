"""Conversations and buttons: only what was given out is taken back."""

import pytest

from gateway.errors import ButtonInvalid, SessionInvalid
from gateway.tokens import Pressed, Tokens

SECRET = "a test's own secret of enough length"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens([SECRET], hours=1)


def test_a_conversation_is_continued_under_the_same_id(tokens: Tokens) -> None:
    session = tokens.start()

    assert tokens.resume(session.token) == session
    assert Tokens([SECRET], hours=1).resume(session.token).conversation == session.conversation


def test_every_conversation_has_its_own_id(tokens: Tokens) -> None:
    assert len({tokens.start().conversation for _ in range(100)}) == 100


def test_the_id_cannot_be_read_from_the_token(tokens: Tokens) -> None:
    session = tokens.start()

    assert session.conversation.removeprefix("web-") not in session.token


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "å", "\x00", "a" * 5000])
def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    with pytest.raises(SessionInvalid):
        tokens.resume(token)


def test_every_changed_character_of_a_token_is_noticed(tokens: Tokens) -> None:
    token = tokens.start().token
    # The last character of a base64 part may hold unused bits, so the one before it is the last that counts.
    for place in range(len(token) - 1):
        forged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(SessionInvalid):
            tokens.resume(forged)


def test_a_token_of_another_secret_is_refused(tokens: Tokens) -> None:
    with pytest.raises(SessionInvalid):
        tokens.resume(Tokens(["another secret of more than enough length"], hours=1).start().token)


def test_a_conversation_ends_with_its_time(monkeypatch: pytest.MonkeyPatch, tokens: Tokens) -> None:
    session = tokens.start()
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda _: 4_000_000_000)

    with pytest.raises(SessionInvalid):
        tokens.resume(session.token)


def test_a_button_stands_for_its_payload(tokens: Tokens) -> None:
    session = tokens.start()

    payload = '/inform{"region": "VGR"}'
    button = tokens.sign_button(session.conversation, "Västra Götaland", payload)

    assert tokens.read_button(session.conversation, button) == Pressed("Västra Götaland", payload)


def test_a_button_counts_only_in_its_own_conversation(tokens: Tokens) -> None:
    token = tokens.sign_button(tokens.start().conversation, "Om", "/restart")

    with pytest.raises(ButtonInvalid):
        tokens.read_button(tokens.start().conversation, token)


@pytest.mark.parametrize("token", ["", "/restart", "IiI.x.y"])
def test_what_is_no_button_is_refused(tokens: Tokens, token: str) -> None:
    with pytest.raises(ButtonInvalid):
        tokens.read_button(tokens.start().conversation, token)


def test_a_conversation_token_is_no_button(tokens: Tokens) -> None:
    session = tokens.start()

    with pytest.raises(ButtonInvalid):
        tokens.read_button(session.conversation, session.token)
    with pytest.raises(SessionInvalid):
        tokens.resume(tokens.sign_button(session.conversation, "x", "x"))


def test_a_new_secret_ends_no_conversation() -> None:
    old = "an old secret of more than enough length"
    before = Tokens([old], hours=1)
    session = before.start()
    button = before.sign_button(session.conversation, "Ja", "/affirm")
    after = Tokens([SECRET, old], hours=1)

    assert after.resume(session.token) == session
    assert after.read_button(session.conversation, button) == Pressed("Ja", "/affirm")
    with pytest.raises(SessionInvalid):
        before.resume(after.start().token)


def test_who_is_known_elsewhere_has_one_conversation_for_each_secret() -> None:
    old = "an old secret of more than enough length"

    newest, oldest = Tokens([SECRET, old], hours=1).outside("slack", "T1:C2")

    assert Tokens([old], hours=1).outside("slack", "T1:C2") == [oldest]
    assert newest.startswith("slack-") and newest != oldest
    assert Tokens([SECRET], hours=1).outside("teams", "T1:C2")[0].removeprefix("teams-") not in newest
    assert "T1" not in newest
