"""`python -m knowledge`: check the content, load it into the database, export it for training."""

import argparse
import os
import sys
from pathlib import Path

from knowledge.content import CONTENT, Content, read_content
from knowledge.database import DEFAULT_URL, connect, load
from knowledge.errors import ContentError, DatabaseUnavailable
from knowledge.export import write_examples, write_index

INDEX = Path("build/knowledge.json")
EXAMPLES = Path("data/nlu/topics.yml")


def main() -> int:
    """Run one command; 0 when it went well, 1 when the content or the database did not."""
    arguments = _parser().parse_args()
    try:
        content = read_content()
        print(_RUN[arguments.command](content))
    except ContentError as error:
        problems = [p for p in error.problems if not arguments.only or arguments.only in p.file]
        for problem in problems:
            print(f"{CONTENT.name}/{problem}", file=sys.stderr)
        print(f"{len(problems)} fel. Inget är inläst.", file=sys.stderr)
        return 1 if problems else 0
    except DatabaseUnavailable as error:
        print(f"Databasen svarar inte: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge", description="Kunskapsbasen i Supportlotsen")
    parser.add_argument("command", choices=sorted(_RUN), help="check: kontrollera; load: läs in; export: för träning")
    parser.add_argument("--only", default="", help="visa bara problem i filer vars namn innehåller detta")
    return parser


def _check(content: Content) -> str:
    facts = sum(len(placed.topic.facts) for placed in content.topics.values())
    return f"Allt stämmer: {len(content.topics)} ämnen, {facts} uppgifter, {len(content.sources)} dokument."


def _load(content: Content) -> str:
    changed = load(content, connect(os.environ.get("DATABASE_URL", DEFAULT_URL)))
    return "Kunskapsbasen är inläst." if changed else "Kunskapsbasen är oförändrad."


def _export(content: Content) -> str:
    write_index(content, INDEX)
    write_examples(content, EXAMPLES)
    return f"Skrev {INDEX} och {EXAMPLES}."


_RUN = {"check": _check, "load": _load, "export": _export}

if __name__ == "__main__":
    sys.exit(main())
