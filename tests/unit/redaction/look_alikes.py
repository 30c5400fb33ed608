"""Numbers that a helpdesk must be able to read, many of which have the length or the shape of a personnummer."""

import random
import string
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from tests.unit.redaction.people import luhn_digit

Maker = Callable[[random.Random], str]


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices(string.digits, k=count))


def day(chance: random.Random) -> date:
    return date(2020, 1, 1) + timedelta(days=chance.randrange(3000))


def moment(chance: random.Random) -> datetime:
    return datetime(2024, 1, 1) + timedelta(minutes=chance.randrange(1_500_000))


def mobile(chance: random.Random) -> str:
    number = f"07{chance.choice('02369')}{digits(chance, 7)}"
    a, b = number[:3], number[3:]
    return chance.choice(
        (
            number,
            f"{a}-{b}",
            f"{a}-{b[:3]} {b[3:5]} {b[5:]}",
            f"{a} {b[:3]} {b[3:5]} {b[5:]}",
            f"{a}{b[:1]}-{b[1:]}",
            f"{a}{b[:1]}-{b[1:3]} {b[3:5]} {b[5:]}",
            f"+46{number[1:]}",
            f"+46 {number[1:3]} {b[:3]} {b[3:5]} {b[5:]}",
            f"+46 (0){number[1:3]}-{b}",
            f"0046{number[1:]}",
            f"{a}/{b[:3]} {b[3:]}",
        )
    )


def landline(chance: random.Random) -> str:
    area = chance.choice(("08", "010", "011", "018", "021", "023", "031", "033", "040", "0500", "0510", "0771", "090"))
    rest = str(chance.randrange(2, 10)) + digits(chance, {2: 7, 3: 6, 4: 5}[len(area)])
    return chance.choice(
        (
            f"{area}-{rest[:3]} {rest[3:5]} {rest[5:]}".strip(),
            f"{area}-{rest}",
            f"{area} {rest[:2]} {rest[2:4]} {rest[4:]}",
            f"+46 {area[1:]} {rest[:3]} {rest[3:]}",
            f"+46{area[1:]}{rest}",
        )
    )


MAKERS: dict[str, Maker] = {
    "mobile number": lambda c: c.choice(("Ring mig på {}", "mitt nummer är {}", "{}", "Nås på mobil {}")).format(
        mobile(c)
    ),
    "mobile number that looks like a date": lambda c: c.choice(("tel {}", "ring {} efter lunch", "{}")).format(
        f"070{c.randrange(1, 10)}{c.randrange(1, 29):02}{digits(c, 4)}"
    ),
    "land line": lambda c: c.choice(("Telefon {}", "ring {}", "växeln har {}")).format(landline(c)),
    "land line in a row": lambda c: f"ring {c.choice(('0311', '0101', '0401', '0810', '0111'))}{digits(c, 6)}",
    "ticket": lambda c: c.choice(("INC", "RITM", "REQ", "CHG")) + f"00{digits(c, 5)}",
    "ticket of twelve": lambda c: f"Ärende {digits(c, 12)} är inte löst",
    "ticket of ten": lambda c: f"hur går det med ärende {digits(c, 10)}",
    "hash": lambda c: f"#{digits(c, c.randrange(4, 11))}",
    "reference of twelve": lambda c: f"referens {digits(c, 12)}",
    "vgr-id": lambda c: "".join(c.choices(string.ascii_lowercase, k=5)) + digits(c, 1),
    "HSA-id": lambda c: (
        f"SE{c.choice(('2321000131', '2321000180', '2321000024', '162321000131'))}-"
        + c.choice((f"E{digits(c, 12)}", f"P{digits(c, 12)}", f"{c.randrange(10)}{c.choice('ABCX')}{digits(c, 2)}"))
    ),
    "organisation number": lambda c: c.choice(("{}-{}", "{}{}", "org.nr {}-{}", "16{}{}")).format(
        c.choice(("5560", "5566", "5591", "2321", "8024", "9697", "7164")) + digits(c, 2), digits(c, 4)
    ),
    "cost centre": lambda c: f"{digits(c, 3)}-{digits(c, 3)}-{digits(c, 5)}",
    "date": lambda c: f"från {day(c):{c.choice(('%Y-%m-%d', '%Y%m%d', '%y%m%d', '%d/%m %Y', '%d.%m.%Y'))}} gäller det",
    "date and time": lambda c: (
        f"loggades {moment(c):{c.choice(('%Y-%m-%d %H:%M', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H.%M', '%y%m%d kl %H%M'))}}"
    ),
    "two dates": lambda c: f"{day(c)} {c.choice(('-', '–', 'till', 't.o.m.'))} {day(c)}",
    "hours": lambda c: (
        f"öppet {c.randrange(6, 10):02}.{c.choice(('00', '30'))}-{c.randrange(12, 20)}.{c.choice(('00', '15'))}"
    ),
    "postal code": lambda c: f"{digits(c, 3)} {digits(c, 2)} {c.choice(('Göteborg', 'Falun', 'Uppsala'))}",
    "price": lambda c: c.choice(
        (
            f"{c.randrange(1, 99)} {digits(c, 3)} kr",
            f"{c.randrange(1, 99)} {digits(c, 3)} {digits(c, 3)} kronor",
            f"{c.randrange(100, 9999)},{digits(c, 2)} SEK",
            f"{c.randrange(1, 99)} {digits(c, 3)} {digits(c, 3)} {digits(c, 3)} kr",
        )
    ),
    "version": lambda c: f"version {c.randrange(30)}.{c.randrange(30)}.{c.randrange(99999)}.{c.randrange(9999)}",
    "IP address": lambda c: ".".join(str(c.randrange(256)) for _ in range(4)) + c.choice(("", ":8080", "/24")),
    "UUID": lambda c: str(UUID(int=c.getrandbits(128))),
    "digest": lambda c: f"{c.getrandbits(128):032x}",
    "MAC address": lambda c: ":".join(f"{c.randrange(256):02x}" for _ in range(6)),
    "serial number": lambda c: f"serienummer {''.join(c.choices(string.ascii_uppercase, k=2))}{digits(c, 8)}",
    "invoice": lambda c: f"faktura {digits(c, c.randrange(6, 13))}, OCR {digits(c, c.randrange(6, 13))}",
    "random digits": lambda c: f"kod {digits(c, c.choice((4, 5, 6, 7, 8, 9, 11, 13)))} visas",
    "room list": lambda c: "rum " + ", ".join(str(c.randrange(1, 99)) for _ in range(c.randrange(2, 8))),
    "last four of something else": lambda c: (
        f"de fyra sista i {c.choice(('kortnumret', 'telefonnumret'))} är {digits(c, 4)}"
    ),
    "SITHS card": lambda c: f"SITHS-kort 9752 2698 {digits(c, 4)} {digits(c, 4)}",
    "sixteen digits with a wrong check digit": lambda c: _not_a_card(c),
    "IBAN": lambda c: f"SE{digits(c, 2)} {digits(c, 4)} {digits(c, 4)} {digits(c, 4)} {digits(c, 4)} {digits(c, 4)}",
    "bankgiro": lambda c: f"bankgiro {digits(c, 4)}-{digits(c, 4)}",
    "file name": lambda c: f"logg-{moment(c):%Y%m%d-%H%M}.txt",
    "log line": lambda c: f"{moment(c):%Y-%m-%d %H:%M:%S},{digits(c, 3)} ERROR 0x{c.getrandbits(32):08x}",
}


def _not_a_card(chance: random.Random) -> str:
    body = "4" + digits(chance, 14)
    return f"kortnr {body}{(luhn_digit(body) + chance.randrange(1, 10)) % 10}"


def look_alikes(seed: int, each: int) -> dict[str, list[str]]:
    """By kind, so many messages that name nobody."""
    chance = random.Random(seed)
    return {kind: [maker(chance) for _ in range(each)] for kind, maker in MAKERS.items()}
