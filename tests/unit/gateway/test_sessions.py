"""Conversations and buttons: only what was given out is taken back."""

import pytest

from gateway.errors import ButtonInvalid, SessionInvalid
from gateway.sessions import Sessions

SECRET = "a test's own secret of enough length"


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(SECRET, hours=1)


def test_a_conversation_is_continued_under_the_same_sender(sessions: Sessions) -> None:
    session = sessions.start()

    assert sessions.resume(session.token) == session
    assert Sessions(SECRET, hours=1).resume(session.token).sender == session.sender


def test_every_conversation_has_its_own_sender(sessions: Sessions) -> None:
    assert len({sessions.start().sender for _ in range(100)}) == 100


def test_the_sender_cannot_be_read_from_the_token(sessions: Sessions) -> None:
    session = sessions.start()

    assert session.sender.removeprefix("web-") not in session.token


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "å", "\x00", "a" * 5000])
def test_what_is_no_token_is_refused(sessions: Sessions, token: str) -> None:
    with pytest.raises(SessionInvalid):
        sessions.resume(token)


def test_every_changed_character_of_a_token_is_noticed(sessions: Sessions) -> None:
    token = sessions.start().token
    # The last character of a base64 part may hold unused bits, so the one before it is the last that counts.
    for place in range(len(token) - 1):
        forged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(SessionInvalid):
            sessions.resume(forged)


def test_a_token_of_another_secret_is_refused(sessions: Sessions) -> None:
    with pytest.raises(SessionInvalid):
        sessions.resume(Sessions("another secret of more than enough length", hours=1).start().token)


def test_a_conversation_ends_with_its_time(monkeypatch: pytest.MonkeyPatch, sessions: Sessions) -> None:
    session = sessions.start()
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda _: 4_000_000_000)

    with pytest.raises(SessionInvalid):
        sessions.resume(session.token)


def test_a_button_stands_for_its_payload(sessions: Sessions) -> None:
    session = sessions.start()

    assert sessions.read_button(session, sessions.sign_button(session, '/inform{"region": "VGR"}')) == (
        '/inform{"region": "VGR"}'
    )


def test_a_button_counts_only_in_its_own_conversation(sessions: Sessions) -> None:
    token = sessions.sign_button(sessions.start(), "/restart")

    with pytest.raises(ButtonInvalid):
        sessions.read_button(sessions.start(), token)


@pytest.mark.parametrize("token", ["", "/restart", "IiI.x.y"])
def test_what_is_no_button_is_refused(sessions: Sessions, token: str) -> None:
    with pytest.raises(ButtonInvalid):
        sessions.read_button(sessions.start(), token)


def test_a_conversation_token_is_no_button(sessions: Sessions) -> None:
    session = sessions.start()

    with pytest.raises(ButtonInvalid):
        sessions.read_button(session, session.token)
    with pytest.raises(SessionInvalid):
        sessions.resume(sessions.sign_button(session, "x"))
