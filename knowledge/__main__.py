"""`python -m knowledge`: check the content, load it into the database, export it for training, ask it."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from knowledge import coverage, review
from knowledge.ask import ask, end_of
from knowledge.calendar.clock import now
from knowledge.calendar.errors import InvalidNow
from knowledge.content import CONTENT, read_content
from knowledge.database import DEFAULT_URL, KnowledgeBase, connect, load
from knowledge.errors import ContentError, DatabaseUnavailable, UnknownRegion, UnreadableDate
from knowledge.export import write_index

INDEX = Path("build/knowledge.json")
_PROGRESS_FROM = 2000
"""Rows: fewer are in before anyone could read how far it has come."""


def main() -> int:
    """Run one command; 0 when it went well, 1 when the content or the database did not."""
    arguments = _parser().parse_args()
    try:
        return int(arguments.run(arguments))
    except ContentError as error:
        only = getattr(arguments, "only", "")
        problems = [problem for problem in error.problems if only in problem.file]
        for problem in problems:
            print(f"{CONTENT.name}/{problem}", file=sys.stderr)
        print(f"{len(problems)} fel. Inget är inläst.", file=sys.stderr)
        return 1 if problems else 0
    except DatabaseUnavailable as error:
        print(f"Databasen går inte att använda: {error}", file=sys.stderr)
    except (InvalidNow, UnknownRegion, UnreadableDate) as error:
        print(f"Fel: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge", description="Kunskapsbasen i Supportlotsen")
    commands = parser.add_subparsers(required=True, metavar="KOMMANDO")
    check = commands.add_parser("check", help="kontrollera innehållet mot dokumenten")
    check.add_argument("--only", default="", help="visa bara problem i filer vars namn innehåller detta")
    check.set_defaults(run=_check)
    commands.add_parser("load", help="läs in innehållet i databasen").set_defaults(run=_load)
    commands.add_parser("export", help="skriv det som träningen behöver").set_defaults(run=_export)
    commands.add_parser("coverage", help="skriv ut vilka ämnen som bygger på vilka avsnitt").set_defaults(run=_coverage)
    asking = commands.add_parser("ask", help="visa ett ämne, eller de ämnen som liknar en fråga")
    asking.add_argument("question", metavar="FRÅGA|ÄMNE", nargs="+")
    asking.add_argument("--region", help="bara ämnen i den regionen, till exempel VGR")
    asking.add_argument("--as-of", help="så som svaret var den dagen, till exempel 2026-11-22")
    asking.set_defaults(run=_ask)
    return parser


def _check(_: argparse.Namespace) -> int:
    content, today = read_content(), now().date()
    facts = sum(len(placed.topic.facts) for placed in content.topics.values())
    print(f"Allt stämmer: {len(content.topics)} ämnen, {facts} uppgifter, {len(content.sources)} dokument.")
    print(f"\n{'Dokument':<20} {'Avsnitt':>8} {'Utelämnade':>11} {'Ämnen':>6} {'Uppgifter':>10}")
    for count in coverage.counts(content):
        print(f"{count.source.id:<20} {count.sections:>8} {count.left_out:>11} {count.topics:>6} {count.facts:>10}")
    print("(Uppgifter räknas här även vid diskarna.)")
    _print_list("Utan ägare", (placed.name for placed in review.without_owner(content)))
    _print_list("Serveras inte i dag", (placed.name for placed in review.not_served(content, today)))
    _print_list("Att se över, kontrollerat för mer än tolv månader sedan", map(_due_line, review.due(content, today)))
    return 0


def _due_line(due: review.Due) -> str:
    what = f"dokumentet {due.source} kontrollerat" if due.source else "kontrollerat"
    return f"{due.topic.name}: {what} {due.checked}, ägare: {due.topic.topic.owner or 'ingen angiven'}"


def _print_list(heading: str, lines: Iterator[str]) -> None:
    listed = sorted(lines)
    if listed:
        print(f"\n{heading} ({len(listed)}):", *(f"- {line}" for line in listed), sep="\n")


def _load(_: argparse.Namespace) -> int:
    changed = load(read_content(), _engine(), progress=_progress)
    print("Kunskapsbasen är inläst." if changed else "Kunskapsbasen är oförändrad.")
    return 0


def _progress(done: int, total: int) -> None:
    if total >= _PROGRESS_FROM:
        print(f"Läser in: {done} av {total}", file=sys.stderr, flush=True)


def _export(_: argparse.Namespace) -> int:
    content = read_content().on(now().date())
    write_index(content, INDEX)
    print(f"Skrev {INDEX}.")
    return 0


def _coverage(_: argparse.Namespace) -> int:
    print(coverage.markdown(read_content()), end="")
    return 0


def _ask(arguments: argparse.Namespace) -> int:
    as_of = None if arguments.as_of is None else end_of(arguments.as_of)
    answer = ask(KnowledgeBase(_engine(), as_of), " ".join(arguments.question), arguments.region)
    print(answer or "Inget ämne liknar frågan.")
    return 0 if answer else 1


def _engine() -> Engine:
    return connect(os.environ.get("DATABASE_URL", DEFAULT_URL))


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends it without a word
    sys.exit(main())
