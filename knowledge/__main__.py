"""`python -m knowledge check`: the editor's tool."""

import argparse
import sys

from knowledge.content import CONTENT, read_content
from knowledge.errors import ContentError


def main() -> int:
    parser = argparse.ArgumentParser(prog="knowledge", description="Kunskapsbasen i Supportlotsen")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="kontrollera innehållet")
    check.add_argument("--only", help="visa bara problem i filer vars namn innehåller detta")
    arguments = parser.parse_args()
    try:
        content = read_content()
    except ContentError as error:
        problems = [p for p in error.problems if not arguments.only or arguments.only in p.file]
        for problem in problems:
            print(f"{CONTENT.name}/{problem}", file=sys.stderr)
        print(f"{len(problems)} fel. Inget är inläst.", file=sys.stderr)
        return 1 if problems else 0
    facts = sum(len(placed.topic.facts) for placed in content.topics.values())
    print(f"Allt stämmer: {len(content.topics)} ämnen, {facts} uppgifter, {len(content.sources)} dokument.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
