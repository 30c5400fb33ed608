"""`python -m bench.turns [--quick | --turns] [--minutes N] [--training]`: ours beside stock Rasa, alternating.

PostgreSQL is taken from TEST_POSTGRES_URL. Writes reports/turns.json, reports/turns.md and the plots beside them.
"""

import argparse
import asyncio
import dataclasses
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from bench.turns import stock, training
from bench.turns.measure import QUICK, TURNS, Extent, Measurement
from bench.turns.report import tables
from scripts import sealed
from scripts.sealed import ROOT

REPORTS = ROOT / "reports"


def main() -> int:
    """Measure, print and write."""
    arguments = _parser().parse_args()
    os.chdir(ROOT)
    REPORTS.mkdir(exist_ok=True)
    stock.prepare()
    if arguments.training:
        training.measure()
    measurement = Measurement(_extent(arguments.quick, arguments.turns))
    asyncio.run(_measure(measurement, time.monotonic() + 60 * arguments.minutes))
    results = dataclasses.asdict(measurement.results) | {"training": training.known()}
    machine = (
        f"{os.cpu_count()} cores, {_processor()}, load average {os.getloadavg()[1]:.1f}, {time.strftime('%Y-%m-%d')}"
    )
    text = f"{machine}\n\n" + "\n\n".join(tables(results)) + "\n"
    print(text)
    if arguments.turns:
        return 0  # the report is of a whole run
    (REPORTS / "turns.json").write_text(json.dumps({"machine": machine, **results}), encoding="utf-8")
    (REPORTS / "turns.md").write_text(text, encoding="utf-8")
    command = [str(sealed.PYTHON), str(Path(__file__).with_name("plots.py")), str(REPORTS)]
    return subprocess.run(command, check=False, env=sealed.environment(os.environ)).returncode  # noqa: S603


async def _measure(measurement: Measurement, deadline: float) -> None:
    """As many rounds as there is time for, at least one."""
    await measurement.agree_on_texts()
    print(f"Messages: {measurement.texts}", flush=True)
    began = time.monotonic()
    for number in range(measurement.extent.rounds):
        spent = time.monotonic() - began
        if number and time.monotonic() + spent / number > deadline:
            print(f"No time for more than {number} rounds.", flush=True)
            break
        await measurement.round(number)
        print(f"Round {number + 1}: {time.monotonic() - began:.0f} s so far", flush=True)
    if measurement.extent.overload:
        await measurement.overload()
        await measurement.gateway()


def _extent(quick: bool, turns: bool) -> Extent:
    extent = QUICK if quick else TURNS if turns else Extent()
    if os.environ.get("TEST_POSTGRES_URL"):
        return extent
    return dataclasses.replace(extent, databases=("SQLite",))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.turns", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--turns", action="store_true", help="five rounds of single turns and of 64 conversations")
    parser.add_argument("--minutes", type=float, default=16.0, help="begin no round that would end later")
    parser.add_argument(
        "--training", action="store_true", help="measure our training too, with and without embeddings kept"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
