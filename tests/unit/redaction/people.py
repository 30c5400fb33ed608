"""Made-up identities, in every form that people write, and numbers that only look like them. All from a given seed."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
FULL_WIDTH_ZERO = 0xFF10
DASHES = "\u2013\u2014\u2212\u2011\u2012\ufe63"
SPACES = "\u00a0\u2009\u202f"
WORDS = ["noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio"]
SENTENCES = (
    "{}",
    "{}.",
    "Hej, {} kan inte logga in",
    "Det gäller {}, vad gör jag?",
    "personnummer {}",
    "Pnr: {}",
    "jag har {} och behöver nytt SITHS-kort idag",
    "Patienten ({}) vill spärra sin journal",
    "Mitt personnr är {} och jag sitter på rum 12",
    "Ny användare Anna Berg {} börjar 2026-12-01",
    "{} - kan ni kolla det?",
    "Kan ni kontrollera\n{}\ntack",
)


@dataclass(frozen=True)
class Person:
    """A birth and the last four."""

    born: date
    last_four: str
    coordination: bool

    @property
    def month_day(self) -> str:
        return f"{self.born:%m}{self.born.day + 60 * self.coordination:02}"

    @property
    def eight(self) -> str:
        return f"{self.born.year}{self.month_day}"

    @property
    def six(self) -> str:
        return self.eight[2:]


def luhn_digit(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value // 10 + value % 10
    return -total % 10


def person(chance: random.Random) -> Person:
    """One in ten has a samordningsnummer, one in ten a mistyped check digit."""
    born = date(1921, 1, 1) + timedelta(days=chance.randrange(365 * 99))
    coordination = chance.random() < 0.1
    serial = f"{chance.randrange(1000):03}"
    somebody = Person(born, serial + "0", coordination)
    check = luhn_digit(somebody.six + serial)
    if chance.random() < 0.1:
        check = (check + chance.randrange(1, 10)) % 10
    return Person(born, f"{serial}{check}", coordination)


def spaced(digits: str, separator: str = " ") -> str:
    return separator.join(digits)


def wide(digits: str) -> str:
    return "".join(chr(FULL_WIDTH_ZERO + int(digit)) if digit.isdigit() else digit for digit in digits)


def said(digits: str) -> str:
    return " ".join(WORDS[int(digit)] for digit in digits)


def in_a_sentence(chance: random.Random, number: str) -> str:
    return chance.choice(SENTENCES).format(number)


Form = Callable[[Person, random.Random], str]

FORMS: dict[str, Form] = {
    "ten, hyphen": lambda p, c: f"{p.six}-{p.last_four}",
    "twelve, hyphen": lambda p, c: f"{p.eight}-{p.last_four}",
    "twelve": lambda p, c: f"{p.eight}{p.last_four}",
    "ten, space": lambda p, c: f"{p.six} {p.last_four}",
    "twelve, space": lambda p, c: f"{p.eight} {p.last_four}",
    "plus": lambda p, c: f"{p.six}+{p.last_four}",
    "other dashes": lambda p, c: f"{p.six}{c.choice(DASHES)}{p.last_four}",
    "dash between spaces": lambda p, c: f"{c.choice((p.six, p.eight))} {c.choice('-' + DASHES)} {p.last_four}",
    "other spaces": lambda p, c: f"{p.six}{c.choice(SPACES)}{p.last_four}",
    "date with hyphens": lambda p, c: f"{p.eight[:4]}-{p.eight[4:6]}-{p.eight[6:]}{c.choice('- ')}{p.last_four}",
    "pairs": lambda p, c: f"{p.six[:2]} {p.six[2:4]} {p.six[4:]} {c.choice((p.last_four, spaced(p.last_four)))}",
    "groups of twelve": lambda p, c: f"{p.eight[:4]} {p.eight[4:6]} {p.eight[6:]} {p.last_four}",
    "digit by digit": lambda p, c: spaced(c.choice((p.eight, p.six)) + p.last_four, c.choice((" ", "-", " - ", "."))),
    "full width": lambda p, c: wide(f"{c.choice((p.eight, p.six))}-{p.last_four}"),
    "zero width": lambda p, c: spaced(p.eight, c.choice("\u200b\u200d\u2060\ufeff\u00ad")) + f"-{p.last_four}",
    "zero width all through": lambda p, c: spaced(p.eight + p.last_four, "\u200b"),
    "split over lines": lambda p, c: f"{c.choice((p.eight, p.six))}{c.choice((chr(10), '-' + chr(10)))}{p.last_four}",
    "born, last four": lambda p, c: (
        f"född {c.choice((p.eight, p.six))}{c.choice((', ', ' och ', ' '))}fyra sista {p.last_four}"
    ),
    "last four": lambda p, c: f"{p.six} {c.choice(('sista fyra', 'sista 4', 'de fyra sista är'))} {p.last_four}",
    "last four first": lambda p, c: f"mina fyra sista är {p.last_four}, född {p.eight}",
    "joined by words": lambda p, c: (
        f"{p.six} {c.choice(('streck', 'följt av', 'och sen', 'bindestreck'))} {p.last_four}"
    ),
    "other marks": lambda p, c: f"{p.six}{c.choice(('/', '.', '_', ', ', ' / ', ':', '*'))}{p.last_four}",
    "in brackets": lambda p, c: c.choice((f"{p.six} ({p.last_four})", f"({p.eight}) {p.last_four}")),
    "glued to a word": lambda p, c: f"pnr{c.choice((p.eight, p.six))}{p.last_four}",
    "in an address": lambda p, c: f"https://exempel.se/sok?pnr={p.eight}{p.last_four}&visa=1",
    "keycaps": lambda p, c: "".join(f"{digit}\ufe0f\u20e3" for digit in p.six + p.last_four),
}
"""Those whose ten digits do not look like a phone number, whatever stands around them."""

ONLY_REAL_DAYS: dict[str, Form] = {
    "month in words": lambda p, c: (
        f"{p.born.day} {MONTHS[p.born.month - 1]} {p.born.year}{c.choice(('-', ' - ', '+'))}{p.last_four}"
    ),
    "month in words, last four": lambda p, c: (
        f"född den {p.born.day} {MONTHS[p.born.month - 1]} {p.born.year}, sista fyra {p.last_four}"
    ),
    "day first": lambda p, c: f"{p.born.day}/{p.born.month} {p.born.year}-{p.last_four}",
}
"""A samordningsnummer has no such day."""


def ten_in_a_row(chance: random.Random) -> str:
    """No separator at all; those that are phone numbers too must be called what they are."""
    somebody = person(chance)
    digits = somebody.six + somebody.last_four
    if digits.startswith("0"):
        return f"personnummer {digits}"
    return in_a_sentence(chance, digits)


def said_aloud(chance: random.Random) -> str:
    somebody = person(chance)
    return f"personnumret är {said(somebody.eight + somebody.last_four)}, kan ni hjälpa mig?"


def reserve_number(chance: random.Random) -> str:
    """The national form, VGR's, Stockholm's, and a date with letters as other regions have it."""
    somebody = person(chance)
    real = f"{somebody.born:%Y%m%d}"
    letters = "ABCDEFGHJKLMNPRSTUXYZ"
    forms = (
        f"{int(real[:2]) + 3 * chance.randrange(1, 27)}{real[2:]}{''.join(chance.choices(letters, k=2))}"
        f"{chance.randrange(100):02}",
        f"{real}{chance.choice('KMX')}{chance.randrange(60, 900):03}",
        f"99{real[:4]}{chance.randrange(10**6):06}",
        f"{real}-{chance.choice(letters)}{chance.randrange(1000):03}",
        f"{real[2:]}-{''.join(chance.choices(letters, k=2))}{chance.randrange(100):02}",
        f"reservnummer {real}-{''.join(chance.choices(letters.lower(), k=3))}1",
    )
    return in_a_sentence(chance, chance.choice(forms))


def card(chance: random.Random) -> str:
    prefix, length = chance.choice(
        (("4", 16), ("51", 16), ("55", 16), ("2223", 16), ("37", 15), ("36", 14), ("6011", 16))
    )
    body = prefix + "".join(chance.choices(string.digits, k=length - 1 - len(prefix)))
    number = body + str(luhn_digit(body))
    if length == 16:
        fours = [number[place : place + 4] for place in range(0, 16, 4)]
        number = chance.choice((number, " ".join(fours), "-".join(fours), spaced(number)))
    return in_a_sentence(chance, number)


def positives(seed: int, each: int) -> dict[str, list[str]]:
    """By kind, so many messages with exactly one identity in each."""
    chance = random.Random(seed)
    made = {
        kind: [in_a_sentence(chance, form(person(chance), chance)) for _ in range(each)] for kind, form in FORMS.items()
    }
    for kind, form in ONLY_REAL_DAYS.items():
        people = [somebody for somebody in (person(chance) for _ in range(2 * each)) if not somebody.coordination]
        made[kind] = [in_a_sentence(chance, form(somebody, chance)) for somebody in people[:each]]
    others = {"ten in a row": ten_in_a_row, "said aloud": said_aloud, "reserve number": reserve_number, "card": card}
    return made | {kind: [maker(chance) for _ in range(each)] for kind, maker in others.items()}
