"""Contact ways as users write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks.contact_way import ContactKind, ContactWay, Refusal, read_contact_way


@pytest.mark.parametrize(
    ("written", "value", "shown"),
    [
        ("031-786 32 00", "+46317863200", "031-786 32 00"),
        ("0701740605", "+46701740605", "070-174 06 05"),
        ("Ring mig på 070 174 06 05, tack!", "+46701740605", "070-174 06 05"),
        ("+46 (0)18 611 00 00", "+46186110000", "018-611 00 00"),
        ("0046186110000", "+46186110000", "018-611 00 00"),
        ("010-473 00 00", "+46104730000", "010-473 00 00"),
        ("+47 22 12 34 56", "+4722123456", "+47 22 12 34 56"),
        ("070-174 06 05 eller 031-786 32 00", "+46701740605", "070-174 06 05"),
    ],
)
def test_telephone_numbers(written: str, value: str, shown: str) -> None:
    assert read_contact_way(written) == ContactWay(ContactKind.phone, value, shown)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("anna@example.se", "anna@example.se"),
        ("maila till anna.berg@vc.example.se.", "anna.berg@vc.example.se"),
        ("<anna@EXAMPLE.se>", "anna@example.se"),
        ("åsa@exempel.se", "åsa@exempel.se"),
    ],
)
def test_mail_addresses(written: str, value: str) -> None:
    assert read_contact_way(written) == ContactWay(ContactKind.mail, value, value)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", Refusal.empty),
        ("  \n", Refusal.empty),
        ("vet inte", Refusal.nothing_found),
        ("850101-1236", Refusal.nothing_found),
        ("198501011236", Refusal.nothing_found),
        ("112", Refusal.nothing_found),
        ("0701", Refusal.phone_length),
        ("070-174 06 05 99 99 99 99", Refusal.phone_length),
        ("0900-123 45 67", Refusal.phone_unknown),
        ("anna@", Refusal.mail_form),
        ("anna@vgr", Refusal.mail_form),
        ("@example.se", Refusal.mail_form),
        ("x" * 10_000, Refusal.nothing_found),
    ],
)
def test_what_nobody_could_be_reached_by(written: str, why: Refusal) -> None:
    assert read_contact_way(written) is why


@given(st.text(max_size=300))
def test_no_text_breaks_it(written: str) -> None:
    assert isinstance(read_contact_way(written), ContactWay | Refusal)


@given(st.text(alphabet="0123456789+-() ", max_size=30))
def test_no_digits_break_it_and_what_is_read_is_read_alike_again(written: str) -> None:
    read = read_contact_way(written)
    if isinstance(read, ContactWay):
        assert read_contact_way(read.shown) == read_contact_way(read.value) == read
