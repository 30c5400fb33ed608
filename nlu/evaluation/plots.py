"""The report's pictures, as SVG elements that stand in the page itself."""

import io
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure as Picture

from nlu.understanding.embedding import Floats

_BLUE, _RED, _GREY = "#1d5fa6", "#b3261e", "#767676"
_BINS = 10


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> str:
    """How often the first topic is right, by how likely the model says it is; the diagonal is perfect."""
    sure, hits = np.asarray(confidences), np.asarray(right, dtype=float)
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    filled = [number for number in range(_BINS) if (bins == number).any()]
    said = [sure[bins == number].mean() for number in filled]
    was = [hits[bins == number].mean() for number in filled]
    sizes = [20 + 180 * (bins == number).mean() for number in filled]
    picture, axes = _new("probability that the model states", "share right")
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle=":")
    axes.plot(said, was, color=_BLUE, linewidth=1.5)
    axes.scatter(said, was, s=sizes, color=_BLUE, alpha=0.7)
    return _svg(picture, "Reliability: stated probability against share right")


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error over ten equal bins (M. P. Naeini et al., AAAI 2015)."""
    sure, hits = np.asarray(confidences), np.asarray(right, dtype=float)
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [
        (bins == number).mean() * abs(sure[bins == number].mean() - hits[bins == number].mean())
        for number in range(_BINS)
        if (bins == number).any()
    ]
    return float(sum(gaps))


def risk_coverage(confidences: Sequence[float], right: Sequence[bool], marks: Sequence[tuple[str, float]]) -> str:
    """Share wrong among the answered, when only the surest share of messages is answered; thresholds are marked."""
    order = np.argsort(-np.asarray(confidences), kind="stable")
    wrong = 1 - np.asarray(right, dtype=float)[order]
    coverage = np.arange(1, len(order) + 1) / len(order)
    risk = np.cumsum(wrong) / np.arange(1, len(order) + 1)
    picture, axes = _new("share of messages answered", "share wrong among them")
    axes.plot(coverage, risk, color=_BLUE, linewidth=1.5)
    axes.set_ylim(0, max(0.05, float(risk.max()) * 1.1))
    for name, threshold in marks:
        answered = int((np.asarray(confidences) >= threshold).sum())
        if answered:
            axes.scatter([coverage[answered - 1]], [risk[answered - 1]], color=_RED, zorder=3)
            axes.annotate(f" {name} {threshold:.2f}", (coverage[answered - 1], risk[answered - 1]), color=_RED)
    return _svg(picture, "Risk against coverage")


def out_of_scope(inside: Sequence[float], outside: Sequence[float], marks: Sequence[tuple[str, float]]) -> str:
    """Share accepted by threshold on the confidence: of messages in scope and of those out of it."""
    thresholds = np.linspace(0, 1, 101)
    picture, axes = _new("threshold", "share accepted")
    for values, colour, label in ((inside, _BLUE, "in scope"), (outside, _RED, "out of scope")):
        accepted = [(np.asarray(values) >= threshold).mean() for threshold in thresholds]
        axes.plot(thresholds, accepted, color=colour, linewidth=1.5, label=label)
    for name, threshold in marks:
        axes.axvline(threshold, color=_GREY, linewidth=1, linestyle=":")
        axes.annotate(name, (threshold, 1.0), color=_GREY)
    axes.legend(frameon=False)
    return _svg(picture, "Accepted in scope and out of scope, by threshold")


def separation(inside: Sequence[float], outside: Sequence[float]) -> float:
    """AUROC: how often a message in scope has a higher confidence than one out of it."""
    higher = np.asarray(inside)[:, None] - np.asarray(outside)[None, :]
    return float(((higher > 0) + 0.5 * (higher == 0)).mean())


def confusion(matrix: Floats, names: Sequence[str]) -> str:
    """Rows: what was meant; columns: what was understood; each row's shares."""
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    side = 0.32 * len(names) + 2.5
    with mpl.rc_context({"font.size": 8}):
        picture = Picture(figsize=(side, side), layout="constrained")
        axes = picture.subplots()
        axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)
        axes.set_xticks(range(len(names)), names, rotation=90)
        axes.set_yticks(range(len(names)), names)
        axes.set_xlabel("understood as")
        axes.set_ylabel("meant")
        for row in range(len(names)):
            for column in range(len(names)):
                count = int(matrix[row, column])
                if count:
                    colour = "white" if shares[row, column] > 0.4 else "black"
                    axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=6)
        return _svg(picture, "Confusion matrix of the intents")


def _new(x: str, y: str) -> tuple[Picture, "mpl.axes.Axes"]:
    picture = Picture(figsize=(5.2, 3.6), layout="constrained")
    axes = picture.subplots()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return picture, axes


def _svg(picture: Picture, title: str) -> str:
    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "supportlotsen"}):
        picture.savefig(written, format="svg", metadata={"Date": None})
    svg = written.getvalue()
    start = svg.index("<svg") + len("<svg")
    return f'<svg role="img" aria-label="{title}"{svg[start:]}'
