"""A content folder of a few lines that is right, and can be made wrong in one place."""

from dataclasses import dataclass, field
from pathlib import Path

from knowledge.content import Content, read_content

DOCUMENT = r"""Lilla dokumentet
Kontakt
Ring 012-34 56 78 helgfri vardag 08:00-16:00 eller skriv till it@exempel.se. Läs mer på https://exempel.se/hjalp
Konto
Konto beställs av verk-
samhetschefen \(skriftligt\) och kostar **690 kr** i
månaden. Konto stängs efter 14 dagar.
Undantag: konto stängs efter 30 dagar.
"""

FILES = {
    "sources.yml": """\
- id: lilla
  file: lilla.txt
  title: Lilla dokumentet
  issuer: Region Norr
  region: Norr
  dated: "2024-01-01"
  scope: gäller alla
  checked: 2026-01-01
  sections:
    - {name: Huvud, starts: Lilla, left_out: Bara rubriken.}
    - {name: Kontakt, starts: Kontakt}
    - {name: Konto, starts: Konto}
""",
    "services.yml": """\
- {id: konto, name: Konto}
- {id: support, name: Support}
""",
    "notices.yml": """\
- {id: C1, text: Dokumentet säger två saker om när kontot stängs.}
- {id: C2, silent: Stavfel utan betydelse.}
""",
    "foreign_regions.yml": """\
- {name: Söder}
""",
    "roles.yml": """\
- {id: chef, name: chef, aliases: [enhetschef]}
""",
    "norr/region.yml": """\
code: Norr
name: Region Norr
in_sentence: Norr
aliases: [Norr]
default_desk: support
desks:
  - id: support
    name: IT-supporten
    handles: fel
    contacts:
      - {kind: phone, value: 012-34 56 78, source: lilla, section: Kontakt}
      - {kind: mailbox, value: it@exempel.se, source: lilla, section: Kontakt}
    hours: {days: [mon, tue, wed, thu, fri], times: [08:00-16:00], holidays: closed, eves: unclear}
    hours_fact: {kind: hours, value: helgfri vardag 08:00-16:00, source: lilla, section: Kontakt}
    services: [support]
""",
    "norr/konto.yml": """\
service: konto
topics:
  - id: bestalla
    aspect: order
    title: Beställa konto
    text: Konto beställs av verksamhetschefen (skriftligt) och kostar 690 kr i månaden.
    facts:
      - {kind: text, value: beställs av verksamhetschefen (skriftligt), source: lilla, section: Konto}
      - {kind: price, value: 690 kr i månaden, source: lilla, section: Konto}
    examples: [hur beställer jag konto, nytt konto, vad kostar konto]
    desk: support
    next_step: norr/konto/stanga
  - id: stanga
    aspect: end
    title: Stänga konto
    text: Kontot stängs efter 14 dagar.
    facts:
      - {kind: duration, value: 14 dagar, source: lilla, section: Konto, key: konto-stangs}
    examples: [när stängs kontot, avsluta konto, ta bort konto]
    notices: [C1]
  - id: stanga-undantag
    aspect: end
    title: Stänga konto, undantag
    text: I undantag stängs kontot efter 30 dagar.
    facts:
      - {kind: duration, value: 30 dagar, source: lilla, section: Konto, key: konto-stangs}
    examples: [undantag, kontot stängs inte, längre tid]
    notices: [C1]
""",
    "shared/allmant.yml": """\
service: support
topics:
  - id: vader
    aspect: other
    title: Väder
    text: Det kan jag inte svara på.
    outcome: declined
    examples: [blir det regn, väder, sol]
""",
}


@dataclass
class TinyContent:
    """The content and its document, in a folder of the test's."""

    folder: Path
    files: dict[str, str] = field(default_factory=lambda: dict(FILES))
    document: str = DOCUMENT

    def change(self, file: str, old: str, new: str) -> None:
        """Replace one text, which must be there, in one file."""
        assert old in self.files[file], f"{old!r} is not in {file}"
        self.files[file] = self.files[file].replace(old, new, 1)

    def read(self) -> Content:
        """Write it all and read it."""
        root, documents = self.folder / "content", self.folder / "documents"
        documents.mkdir(parents=True)
        (documents / "lilla.txt").write_text(self.document, encoding="utf-8")
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return read_content(root, documents)

    def line(self, file: str, text: str) -> int:
        """The number, 1-based, of the first line that holds a text."""
        lines = self.files[file].splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)
