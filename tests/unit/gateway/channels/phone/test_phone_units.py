"""The parts of the telephone queue that need no system: settings, alphabet, wording, numbers, times, signatures."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url
from yarl import URL

from desks.service import DeskService
from gateway.channels.chosen import choose_channels
from gateway.channels.phone import twilio_signature
from gateway.channels.phone.callback import SOON, Callback
from gateway.channels.phone.gsm import in_gsm, septets
from gateway.channels.phone.invitations import invitation
from gateway.channels.phone.numbers import Numbers, caller
from gateway.channels.phone.plug import KIND
from gateway.channels.phone.settings import PhoneSettings, SmsSettings, read_settings
from gateway.channels.phone.sms.chosen import choose_provider
from gateway.channels.phone.texts import TEXTS, read_phone_texts
from gateway.channels.phone.wording import LONGEST, messages
from gateway.channels.telling import tell
from gateway.errors import SettingsError
from gateway.hours import openings_of
from gateway.texts import STOCKHOLM, read_texts
from knowledge.content import Content
from records.database import connect
from records.event_log import Event
from tests.builders import moment

PHONE, GATEWAY = read_phone_texts(), read_texts()
GIVEN = {"PHONE_SECRET": "0123456789abcdef" * 2, "PHONE_PUBLIC_URL": "https://chatt.example.se"}
ELKS = {
    **GIVEN,
    "PHONE_SMS": "46elks",
    "PHONE_SMS_USER": "u1",
    "PHONE_SMS_SECRET": "s1",
    "PHONE_SMS_FROM": "+46766861004",
    "PHONE_SMS_HOOK_SECRET": "fedcba9876543210" * 2,
}


# ---- settings


def test_off_until_its_settings_are_there() -> None:
    assert choose_channels({}, [KIND]).plugs == ()
    half = choose_channels({"PHONE_SECRET": GIVEN["PHONE_SECRET"]}, [KIND])
    assert half.plugs == ()
    assert half.remarks == ("telefon is off: PHONE_PUBLIC_URL not set",)
    assert len(choose_channels(GIVEN, [KIND]).plugs) == 1


def test_what_is_left_out_has_defaults_that_send_nothing() -> None:
    settings = read_settings(GIVEN)
    assert settings.sms.provider == "console"
    assert settings.countries == {46}
    assert settings.queue_url is None


def test_all_that_can_be_set() -> None:
    settings = read_settings(
        {
            **ELKS,
            "PHONE_SMS_COUNTRIES": "+46, 47",
            "PHONE_LINK_MINUTES": "15",
            "PHONE_KEEP_HOURS": "2",
            "PHONE_QUEUE_URL": "https://vaxel.example.se/places",
            "PHONE_SMS_TIMEOUT": "2.5",
            "SUPPORTLOTSEN_ENV": "production",
        }
    )
    assert settings.countries == {46, 47}
    assert (settings.link_for, settings.keep_for) == (timedelta(minutes=15), timedelta(hours=2))
    assert settings.queue_url == URL("https://vaxel.example.se/places")
    assert (settings.sms.timeout, settings.sms.answered) == (2.5, True)
    for secret in (GIVEN["PHONE_SECRET"], ELKS["PHONE_SMS_HOOK_SECRET"], "s1"):
        assert f"'{secret}'" not in repr(settings)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"PHONE_SECRET": "short"}, "PHONE_SECRET"),
        ({"PHONE_SECRET": "whsec_" + "å" * 40}, "PHONE_SECRET"),
        ({"PHONE_PUBLIC_URL": "chatt.example.se"}, "PHONE_PUBLIC_URL"),
        ({"PHONE_PUBLIC_URL": "http://chatt.example.se"}, "PHONE_PUBLIC_URL"),
        ({"PHONE_PUBLIC_URL": "https://chatt.example.se/bot"}, "PHONE_PUBLIC_URL"),
        ({"PHONE_PUBLIC_URL": f"https://{'x' * 60}.{'y' * 60}.example.se"}, "PHONE_PUBLIC_URL"),
        ({"PHONE_SYSTEM": "abacus"}, "PHONE_SYSTEM"),
        ({"PHONE_SMS": "pigeon"}, "PHONE_SMS"),
        ({"PHONE_SMS_USER": " "}, "PHONE_SMS_USER"),
        ({"PHONE_SMS_FROM": "0766861004"}, "PHONE_SMS_FROM"),
        ({"PHONE_SMS_FROM": "Supportlotsen"}, "PHONE_SMS_FROM"),
        ({"PHONE_SMS_HOOK_SECRET": "x"}, "PHONE_SMS_HOOK_SECRET"),
        ({"PHONE_SMS_COUNTRIES": "Sverige"}, "PHONE_SMS_COUNTRIES"),
        ({"PHONE_LINK_MINUTES": "0"}, "PHONE_LINK_MINUTES"),
        ({"PHONE_KEEP_HOURS": "forever"}, "PHONE_KEEP_HOURS"),
        ({"PHONE_QUEUE_URL": "http://vaxel.example.se"}, "PHONE_QUEUE_URL"),
        ({"PHONE_SMS_TIMEOUT": "99"}, "PHONE_SMS_TIMEOUT"),
        ({"PHONE_SMS": "", "SUPPORTLOTSEN_ENV": "production"}, "PHONE_SMS"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_no_secret_told(changed: Mapping[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as refused:
        KIND.plug({**ELKS, **changed})
    assert ELKS["PHONE_SMS_HOOK_SECRET"] not in str(refused.value)
    assert GIVEN["PHONE_SECRET"] not in str(refused.value)


async def test_the_check_tells_what_is_reached_and_what_is_not() -> None:
    told = {finding.text: finding.good for finding in await KIND.check(GIVEN)}
    assert any("skickas inte" in text for text in told)
    nobody = {**ELKS, "PHONE_SMS_URL": "http://127.0.0.1:9", "PHONE_QUEUE_URL": "http://127.0.0.1:9"}
    findings = [(finding.good, finding.text) for finding in await KIND.check(nobody)]
    assert [good for good, _ in findings] == [False, True, False]
    assert "går inte att nå" in findings[0][1]


async def test_the_console_shows_the_message_but_not_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    console = choose_provider(SmsSettings(), URL(GIVEN["PHONE_PUBLIC_URL"]), PHONE.check)
    await console.send("+46701740605", "Hej")
    shown = capsys.readouterr().out
    assert "Hej" in shown
    assert "0174" not in shown


def test_every_sentence_fills_in_and_fits_the_alphabet(tmp_path: Any) -> None:
    wrong = TEXTS.read_text(encoding="utf-8").replace("{minutes}", "{hours}")
    file = tmp_path / "texts.yml"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"page\.wait"):
        read_phone_texts(file)
    for sentence in (*PHONE.invitation, PHONE.stop_hint, PHONE.sms.hello, PHONE.sms.stopped, PHONE.sms.erased):
        assert septets(sentence) > 0


@pytest.mark.parametrize("position", [None, 7, 1234])
@pytest.mark.parametrize("queue", [None, "VGR IT-support", "Kö för alla enheter i hela länet, dag och natt, ”Ω”"])
@pytest.mark.parametrize("host", ["x.se", "chatt.example.se", "supportlotsen.vardgivare.example.se"])
@pytest.mark.parametrize("sender", ["+46766861004", "ITstod"])
def test_every_invitation_is_one_part_with_the_whole_link(
    host: str, queue: str | None, position: int | None, sender: str
) -> None:
    settings = PhoneSettings("x", URL(f"https://{host}"), sms=SmsSettings("46elks", sender=sender))
    text = invitation(PHONE, settings, "abcdefghijkl", queue, position)
    assert septets(text) <= 146
    assert f"https://{host}/s/abcdefghijkl" in text.split()
    assert ("STOPP" in text) is sender.startswith("+")


# ---- the alphabet


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("07:30–16:00", "07:30-16:00"),
        ("”Öppet”", '"Öppet"'),
        ("010-47 37 100", "010-47 37 100"),
        ("IT‑stöd", "IT-stöd"),
        ("Dvořák", "Dvorak"),
        ("👍 bra", " bra"),
        ("• punkt…", "- punkt..."),
        ("[1] {a}", "[1] {a}"),
        ("2\N{NO-BREAK SPACE}000", "2 000"),
    ],
)
def test_a_text_in_the_alphabet_of_sms(text: str, written: str) -> None:
    assert in_gsm(text) == written


@given(st.text())
def test_every_text_can_be_written(text: str) -> None:
    written = in_gsm(text)
    assert septets(written) >= len(written)
    assert in_gsm(written) == written


def test_some_letters_take_two() -> None:
    assert septets("abc") == 3
    assert septets("[€]") == 6
    with pytest.raises(ValueError, match="alphabet"):
        septets("→")


# ---- wording


def event(text: str, **content: Any) -> Event:
    made = {"text": text, "buttons": [], "custom": {"outcome": "answered"}, **content}
    return Event("c", "0" * 12, 3, datetime.now(UTC), "bot_message", made)


def said(text: str, **content: Any) -> list[str]:
    told = tell(event(text, **content), GATEWAY)
    assert told is not None
    return messages(told, PHONE, GATEWAY)


def test_steps_lists_and_links_are_told_in_plain_text() -> None:
    (text,) = said(
        "Gör så här:\n1. Öppna [portalen](https://a.se/b)\n2. Logga in\n\n- Ett\n- Två", custom={"outcome": "smalltalk"}
    )
    assert text == "Gör så här:\n\n1. Öppna portalen: https://a.se/b\n2. Logga in\n\n- Ett\n- Två"


def test_whether_it_is_open_is_told() -> None:
    (text,) = said("Ring 018-611 77 10.", custom={"outcome": "smalltalk", "open": True})
    assert text.endswith("Öppet nu.")


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=60), max_size=150))
def test_no_message_is_longer_than_its_parts_and_none_is_lost(words: list[str]) -> None:
    sent = said("Svar " + " ".join(words) + " slut")
    assert all(septets(each) <= LONGEST for each in sent)
    assert "".join(sent).count("Svar") >= 1
    assert "slut" in "".join(sent)


def test_letters_of_two_septets_are_counted() -> None:
    sent = said("€" * 10 + " " + " ".join(["[{€}]"] * 300))
    assert len(sent) > 1
    assert all(septets(each) <= LONGEST for each in sent)
    assert "".join(sent).count("[{€}]") == 300


# ---- numbers


@pytest.mark.parametrize(
    ("number", "kind", "written"),
    [
        ("0701740605", "mobile", "+46701740605"),
        ("0046 70 174 06 05", "mobile", "+46701740605"),
        ("+46 (0)70-174 06 05", "mobile", "+46701740605"),
        ("08-465 004 00", "landline", "+46846500400"),
        ("020-123 456", "landline", "+4620123456"),
        ("+4791234567", "foreign", "+4791234567"),
        ("Anonymous", "hidden", None),
        ("restricted", "hidden", None),
        ("+7378742833", "hidden", None),
        ("+2562533", "hidden", None),
        ("112", "hidden", None),
    ],
)
def test_kinds_of_callers(number: str, kind: str, written: str | None) -> None:
    who = caller(number, {46})
    assert (who.kind, who.number) == (kind, written)


@given(st.text(max_size=60))
def test_no_number_breaks_anything(number: str) -> None:
    assert caller(number, {46}).kind in ("mobile", "landline", "foreign", "hidden")


def test_a_number_is_sealed_and_known_by_every_secret_that_is_left() -> None:
    old, both = Numbers(["an old secret"]), Numbers(["a new secret", "an old secret"])
    sealed = old.seal("+46701740605")
    assert "701740605" not in sealed
    assert sealed != old.seal("+46701740605")
    assert both.open(sealed) == "+46701740605"
    assert old.digests("+46701740605")[0] in both.digests("+46701740605")
    assert Numbers(["another"]).open(sealed) is None
    assert both.open(None) is None


def test_twilios_published_example_of_a_signature() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    address = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_signature.signature("12345", address, fields.items()) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


# ---- times for a call-back


def callback(opens: list[tuple[datetime, datetime]]) -> Callback:
    engine = connect(make_url("sqlite+aiosqlite://"))
    service = DeskService(engine, {}, lambda: datetime.now(UTC))
    return Callback(service, lambda _: opens, PHONE, GATEWAY)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=STOCKHOLM)


def test_times_lie_within_the_hours_and_have_not_begun() -> None:
    times = callback([(at(23, 7, 30), at(23, 16)), (at(25, 8), at(25, 17))]).times("VGR", at(23, 9, 45))

    assert [time.text for time in times] == [
        "Så snart det går",
        "i dag kl. 11:30–13:30",
        "i dag kl. 13:30–16:00",
        "onsdag 25 november kl. 08:00–10:00",
        "onsdag 25 november kl. 10:00–12:00",
        "onsdag 25 november kl. 12:00–14:00",
        "onsdag 25 november kl. 14:00–16:00",
        "onsdag 25 november kl. 16:00–17:00",
    ]
    assert times[0].value == SOON
    assert datetime.fromisoformat(times[1].value) == at(23, 11, 30)


def test_a_desk_whose_hours_are_not_known_is_asked_to_call_soon() -> None:
    assert [time.value for time in callback([]).times("VGR", at(23, 9))] == [SOON]


def test_the_hours_are_those_of_the_content(content: Content) -> None:
    openings = openings_of(content, lambda: moment("2026-11-22T12:00"))

    first, *_ = openings("VGR")
    assert (first[0].isoformat(), first[1].isoformat()) == ("2026-11-23T07:30:00+01:00", "2026-11-23T16:00:00+01:00")
    assert openings("nowhere") == []
    late = openings_of(content, lambda: moment("2026-11-23T15:59"))("VGR")
    assert late[0] == first
    over = openings_of(content, lambda: moment("2026-11-23T16:00"))("VGR")
    assert over[0] != first
