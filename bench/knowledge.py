"""`python -m bench.knowledge`: how long a look-up takes with 100, 1,000 and 10,000 topics, and the loading of them.

The content is the real one of VGR many times over, as YAML files in a temporary folder: it goes the whole way of an
editor's content. PostgreSQL is taken from TEST_POSTGRES_URL; the tables lie in a schema of their own, dropped after.
Each look-up is measured in a process of its own: `first` is a topic that the process has not been asked for before,
`again` one that it has, `contact` a region and one of its desks' numbers.
"""

# ruff: noqa: T201 - its figures are for the terminal

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from shutil import copytree
from typing import Any

from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from knowledge.content import CONTENT, Content, read_content
from knowledge.database import KnowledgeBase, connect, load, region_of
from knowledge.schema import FactKind
from knowledge.tables import TopicRow

SIZES = (100, 1_000, 10_000)
CODES = [f"Prov{letter}" for letter in "abcdefghijklmnopqr"]
"""With the real three as many regions as Sweden has."""
P95_LIMIT = 5.0
"""Milliseconds."""
FLAT_LIMIT = 2.0
"""How many times the p95 with 100 topics the p95 with 10,000 may be."""
LOAD_LIMIT = 30.0
"""Seconds: from 10,000 topics as files to a release."""
_LOOK_UPS = 1_000
_POSTGRES = "postgresql+psycopg://root@127.0.0.1:5432/test"


def main() -> int:
    """Measure and print; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.knowledge", description=__doc__)
    parser.add_argument("--measure", metavar="URL", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(_measure(arguments.measure)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        content, reading = _content(Path(folder) / "content", max(SIZES))
        print(f"Read and checked {len(content.topics)} topics in {len(content.regions)} regions: {reading:.1f} s\n")
        results = []
        for name, database in (("SQLite", _sqlite(Path(folder))), ("PostgreSQL", _postgres())):
            with database as new:
                results += [_one(name, new(), _part(content, size)) for size in SIZES]
    _print(results)
    return _verdict(results, reading)


def _content(root: Path, topics: int) -> tuple[Content, float]:
    """So many topics, and the seconds that reading and checking them took."""
    _write(root, topics)
    started = time.perf_counter()
    content = read_content(root)
    return _first(content, topics), time.perf_counter() - started


def _write(root: Path, topics: int) -> None:
    copytree(CONTENT, root)
    files = sorted(path for path in (CONTENT / "vgr").glob("*.yml") if path.name != "region.yml")
    written = 0
    copies: Iterator[tuple[int, str]] = ((number, code) for number in range(1, topics) for code in CODES)
    while written < topics:
        number, code = next(copies)
        folder = root / code.lower()
        folder.mkdir(exist_ok=True)
        if number == 1:
            region = (CONTENT / "vgr" / "region.yml").read_text(encoding="utf-8")
            (folder / "region.yml").write_text(region.replace("code: VGR", f"code: {code}"), encoding="utf-8")
        for path in files:
            yaml = path.read_text(encoding="utf-8").replace("next_step: vgr/", f"next_step: {code.lower()}/")
            yaml, count = re.subn(r"^(  - id: .*)$", rf"\1-{number}" if number > 1 else r"\1", yaml, flags=re.MULTILINE)
            (folder / f"{path.stem}-{number}.yml").write_text(yaml, encoding="utf-8")
            written += count


def _part(content: Content, topics: int) -> Content:
    """The first topics, and the regions that they belong to."""
    part = _first(content, topics)
    regions = {placed.region for placed in part.topics.values()}
    return replace(part, regions={code: region for code, region in content.regions.items() if code in regions})


def _first(content: Content, topics: int) -> Content:
    return replace(content, topics=dict(islice(content.topics.items(), topics)))


NewDatabase = Callable[[], str]


@contextmanager
def _sqlite(folder: Path) -> Iterator[NewDatabase]:
    yield lambda: f"sqlite:///{folder / uuid.uuid4().hex}.db"


@contextmanager
def _postgres() -> Iterator[NewDatabase]:
    url = make_url(os.environ.get("TEST_POSTGRES_URL") or _POSTGRES)
    owner = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    schemas: list[str] = []

    def new() -> str:
        schema = f"supportlotsen_bench_{uuid.uuid4().hex}"
        with owner.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        schemas.append(schema)
        own = url.update_query_dict({"options": f"-csearch_path={schema}"})
        return own.render_as_string(hide_password=False)

    try:
        yield new
    finally:
        with owner.connect() as connection:
            for schema in schemas:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        owner.dispose()


def _one(database: str, url: str, content: Content) -> dict[str, Any]:
    engine = connect(url)

    def progress(done: int, total: int) -> None:
        print(f"\r{database}: {done} of {total} rows", end="", file=sys.stderr, flush=True)

    started = time.perf_counter()
    load(content, engine, progress=progress)
    loading = time.perf_counter() - started
    print(file=sys.stderr)
    engine.dispose()
    command = [sys.executable, "-m", "bench.knowledge", "--measure", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    found: dict[str, Any] = json.loads(done.stdout)
    return {"database": database, "topics": len(content.topics), "loading": loading, **found}


def _measure(url: str) -> dict[str, Any]:
    """Look-ups in this process: milliseconds, and megabytes at the end."""
    engine = connect(url)
    with engine.connect() as connection:
        names = list(connection.scalars(select(TopicRow.name).order_by(TopicRow.id)))
    random.seed(7)
    random.shuffle(names)
    few = names[:_LOOK_UPS]
    first: list[float] = []
    while len(first) < _LOOK_UPS:
        # A new object has been asked for nothing; its own first question also reads which release is the newest.
        first += _timed(KnowledgeBase(engine).topic, few)
    base = KnowledgeBase(engine)
    base.topics(few)
    again = _timed(base.topic, islice(cycle(few), _LOOK_UPS))
    codes = [region.code for region in base.regions()]
    contact = _timed(lambda code: _number(base, code), islice(cycle(codes), _LOOK_UPS))
    regions_first = _timed(lambda _: KnowledgeBase(engine).regions(), ["x"] * 20)
    base.every_topic()
    return {
        "first": _percentiles(first[:_LOOK_UPS]),
        "again": _percentiles(again),
        "contact": _percentiles(contact),
        "regions_first": _percentiles(regions_first),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _number(base: KnowledgeBase, code: str) -> str:
    desk = region_of(base, code).default_desk
    return next(value for id, value in base.contacts(code, FactKind.phone) if id == desk)


def _timed(look_up: Callable[[str], object], keys: Iterable[str]) -> list[float]:
    times = []
    for key in keys:
        started = time.perf_counter()
        assert look_up(key)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _percentiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"p50": ordered[len(ordered) // 2], "p95": ordered[len(ordered) * 95 // 100]}


def _print(results: list[dict[str, Any]]) -> None:
    print("| database | topics | load, s | topic, first p50 / p95 | again p50 / p95 | contact p50 / p95 | memory, MB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for one in results:
        times = [f"{one[kind]['p50']:.3f} / {one[kind]['p95']:.3f}" for kind in ("first", "again", "contact")]
        row = [one["database"], f"{one['topics']:,}", f"{one['loading']:.1f}", *times, f"{one['megabytes']:.0f}"]
        print(f"| {' | '.join(row)} |")
    slowest = max(one["regions_first"]["p95"] for one in results)
    print(f"\nTimes in milliseconds. All regions for the first time after a new release, p95 at most: {slowest:.1f} ms")


def _verdict(results: list[dict[str, Any]], reading: float) -> int:
    wrong = []
    for one in results:
        where = f"{one['database']}, {one['topics']} topics"
        wrong += [f"{where}: {k} p95" for k in ("first", "again", "contact") if one[k]["p95"] >= P95_LIMIT]
        if reading + one["loading"] >= LOAD_LIMIT:
            wrong.append(f"{where}: loading")
    for name in {one["database"] for one in results}:
        p95 = [one["first"]["p95"] for one in results if one["database"] == name]
        growth = p95[-1] / p95[0]
        print(
            f"{name}: a topic for the first time, p95 with {SIZES[-1]:,} against {SIZES[0]} topics: {growth:.2f} times"
        )
        if growth > FLAT_LIMIT:
            wrong.append(f"{name}: not flat")
    for line in wrong:
        print(f"Too slow: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SQLAlchemyError as unreachable:
        print(f"The database cannot be reached: {str(unreachable).splitlines()[0]}", file=sys.stderr)
        sys.exit(1)
