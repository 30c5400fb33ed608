"""`python bench/turns/plots.py FOLDER`, in the sealed runtime, which has matplotlib: draws FOLDER/turns.json."""

import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

Row = dict[str, Any]
COLOURS = {"stock": "#b3541e", "Supportlotsen": "#1f5f8b"}
STYLES = {"answer": "--", "action": "-"}


def main() -> None:
    """Draw everything."""
    folder = Path(sys.argv[1])
    results = json.loads((folder / "turns.json").read_text(encoding="utf-8"))
    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "turns", "axes.spines.top": False, "axes.spines.right": False})
    _lengths(results["length"], folder / "turns-length.svg")
    _at_once(results["at_once"], folder / "turns-at-once.svg")
    _costs(results, folder / "turns-cost.svg")


def _lengths(rows: Sequence[Row], path: Path) -> None:
    databases = list(dict.fromkeys(row["database"] for row in rows))
    figure, axes = plt.subplots(1, len(databases), figsize=(4.6 * len(databases), 3.2), sharey=True, squeeze=False)
    for axis, database in zip(axes[0], databases, strict=True):
        for system, colour in COLOURS.items():
            for kind, style in STYLES.items():
                found = [
                    row for row in rows if (row["database"], row["system"], row["kind"]) == (database, system, kind)
                ]
                lengths = sorted({row["length"] for row in found})
                values = [_median(found, "length", length, _processor) for length in lengths]
                axis.plot(
                    lengths, values, style, color=colour, marker="o", markersize=3, label=f"{system}, {kind} turn"
                )
        axis.set(title=database, xlabel="turns before this one", xscale="symlog", yscale="log")
        axis.set_xticks(lengths, [str(length) for length in lengths])
        axis.yaxis.set_major_formatter("{x:.0f}")
    axes[0][0].set_ylabel("processor time of a turn, ms")
    axes[0][0].legend(frameon=False, fontsize=7)
    _save(figure, path)


def _at_once(rows: Sequence[Row], path: Path) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(9.2, 3.2))
    for axis, key, label in zip(axes, ("per_second", "p95"), ("turns a second", "p95, s"), strict=True):
        for system, colour in COLOURS.items():
            found = [row for row in rows if row["system"] == system]
            levels = sorted({row["conversations"] for row in found})
            values = [_median(found, "conversations", level, lambda row, key=key: row[key]) for level in levels]
            axis.plot(levels, values, color=colour, marker="o", markersize=3, label=system)
        axis.set(xlabel="conversations at once", ylabel=label, xscale="log")
        axis.set_xticks(levels, [str(level) for level in levels])
        axis.set_ylim(bottom=0)
    axes[0].legend(frameon=False)
    _save(figure, path)


def _costs(results: dict[str, Any], path: Path) -> None:
    figure, axis = plt.subplots(figsize=(6.4, 2.6))
    labels: list[str] = []
    for kind in STYLES:
        for system, colour in COLOURS.items():
            found = [row for row in results["turns"] if (row["kind"], row["system"]) == (kind, system)]
            left = 0.0
            for key, alpha in (("server", 1.0), ("actions", 0.55)):
                width = statistics.median(row[key] for row in found) * 1000
                axis.barh(len(labels), width, left=left, color=colour, alpha=alpha)
                left += width
            axis.text(left, len(labels), f" {left:.0f} ms", va="center", fontsize=8)
            labels.append(f"{kind} turn, {system}")
    axis.set_yticks(range(len(labels)), labels)
    axis.invert_yaxis()
    axis.set_xlabel("processor time of a turn, ms (dark: Rasa's server, light: the action server)")
    _save(figure, path)


def _median(rows: Sequence[Row], key: str, value: Any, figure: Any) -> float:
    return float(statistics.median(figure(row) for row in rows if row[key] == value))


def _processor(row: Row) -> float:
    return float(row["server"] + row["actions"]) * 1000


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
