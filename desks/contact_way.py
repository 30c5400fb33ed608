"""How the user can be reached about a ticket: a telephone number or an e-mail address, checked and written one way."""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, PhoneNumberType

HOME = "SE"
LONGEST = 200
"""Characters that are looked at: a contact way, not an essay."""
_MAIL = re.compile(r"[^\s<>(),;:]+@[^\s<>(),;:]*")
_DIALLED = re.compile(r"(?<!\d)(?:\+|00?)[\d\s()/.-]*\d")
_UNREACHABLE = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PAGER, PhoneNumberType.VOICEMAIL}


class ContactKind(StrEnum):
    """The kinds of contact way."""

    phone = "phone"
    mail = "mail"


class Refusal(StrEnum):
    """Why a text is no contact way."""

    empty = "empty"
    nothing_found = "nothing_found"
    """Neither a number nor an address is in it."""
    phone_length = "phone_length"
    """A number with too few or too many digits."""
    phone_unknown = "phone_unknown"
    """No such number is given out, or nobody can be reached on it."""
    mail_form = "mail_form"
    """An address that no mail could be sent to."""


@dataclass(frozen=True, slots=True)
class ContactWay:
    """A checked contact way."""

    kind: ContactKind
    value: str
    """A phone in E.164 ("+46317863200"), or a mail address."""
    shown: str
    """As people write it: "031-786 32 00"; foreign numbers as "+47 22 12 34 56"."""


def read_contact_way(text: str) -> ContactWay | Refusal:
    """The contact way in what a user wrote; words around it do not matter. Looks nothing up on the network."""
    text = text.strip()[:LONGEST]
    if not text:
        return Refusal.empty
    if "@" in text:
        return _mail(text)
    return _phone(text)


def _mail(text: str) -> ContactWay | Refusal:
    found = _MAIL.search(text)
    if found is None:
        return Refusal.mail_form
    try:
        checked = validate_email(found[0].rstrip(".!?"), check_deliverability=False)
    except EmailNotValidError:
        return Refusal.mail_form
    return ContactWay(ContactKind.mail, checked.normalized, checked.normalized)


def _phone(text: str) -> ContactWay | Refusal:
    # A number starts with 0 or +: ten digits that do not are likelier a personnummer.
    dialled = _DIALLED.search(text)
    if dialled is None:
        return Refusal.nothing_found
    for match in PhoneNumberMatcher(text[dialled.start() :], HOME):
        if phonenumbers.number_type(match.number) in _UNREACHABLE:
            return Refusal.phone_unknown
        return _written(match.number)
    try:
        number = phonenumbers.parse(dialled[0], HOME)
    except phonenumbers.NumberParseException:
        return Refusal.phone_length
    return Refusal.phone_unknown if phonenumbers.is_possible_number(number) else Refusal.phone_length


def _written(number: phonenumbers.PhoneNumber) -> ContactWay:
    home = number.country_code == phonenumbers.country_code_for_region(HOME)
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return ContactWay(
        ContactKind.phone,
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phonenumbers.format_number(number, form),
    )
