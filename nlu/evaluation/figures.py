"""Figures with their uncertainty, and the gates that they must pass."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

_Z = 1.959964
"""Half the width of a 95 % interval, in standard deviations."""
_DRAWS, _SEED = 1000, 7


@dataclass(frozen=True)
class Figure:
    """One number of the report."""

    value: float
    low: float
    """With `high`: the 95 % interval; both equal to `value` where there is none."""
    high: float
    n: int
    """Of so many cases."""


@dataclass(frozen=True)
class Gates:
    """Limits of figures by their names."""

    at_least: dict[str, float]
    at_most: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> "Gates":
        """Read the YAML file."""
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(content.get("at_least") or {}, content.get("at_most") or {})

    def broken(self, figures: dict[str, Figure]) -> list[str]:
        """A sentence for each figure on the wrong side of its gate, and for each gate without a figure."""
        missing = [
            f"{name}: there is no such figure" for name in {**self.at_least, **self.at_most} if name not in figures
        ]
        low = [
            f"{name} is {figures[name].value:.3f}, at least {limit} is wanted"
            for name, limit in self.at_least.items()
            if name in figures and not figures[name].value >= limit
        ]
        high = [
            f"{name} is {figures[name].value:.3f}, at most {limit} is wanted"
            for name, limit in self.at_most.items()
            if name in figures and not figures[name].value <= limit
        ]
        return missing + low + high


def share(hits: Iterable[bool]) -> Figure:
    """The share of true ones with its Wilson interval (E. B. Wilson, JASA 22, 1927)."""
    seen = list(hits)
    n = len(seen)
    if n == 0:
        return Figure(math.nan, 0.0, 1.0, 0)
    p = sum(seen) / n
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    return Figure(p, max(0.0, middle - half), min(1.0, middle + half), n)


def loss(pairs: Sequence[tuple[float, float]]) -> Figure:
    """How much lower the second of each pair is on average; the interval is that of a mean of differences."""
    differences = np.array([before - after for before, after in pairs])
    if len(differences) < 2:
        return Figure(math.nan, math.nan, math.nan, len(differences))
    mean = float(differences.mean())
    half = _Z * float(differences.std(ddof=1)) / math.sqrt(len(differences))
    return Figure(mean, mean - half, mean + half, len(differences))


def f1(pairs: Sequence[tuple[set[Any], set[Any]]]) -> Figure:
    """F1 over what is wanted and what was found in each sentence; the interval by bootstrap over the sentences."""
    hits = np.array([len(wanted & found) for wanted, found in pairs])
    sizes = np.array([len(wanted) + len(found) for wanted, found in pairs])
    if sizes.sum() == 0:
        return Figure(math.nan, 0.0, 1.0, 0)
    drawn = np.random.default_rng(_SEED).integers(len(pairs), size=(_DRAWS, len(pairs)))
    spread = 2 * hits[drawn].sum(axis=1) / np.maximum(sizes[drawn].sum(axis=1), 1)
    low, high = np.percentile(spread, (2.5, 97.5))
    return Figure(2 * float(hits.sum()) / float(sizes.sum()), float(low), float(high), len(pairs))


def percentile(values: Sequence[float], percent: float) -> Figure:
    """A percentile, without an interval."""
    value = float(np.percentile(values, percent))
    return Figure(value, value, value, len(values))
