"""Figures of what was measured, and the report of them."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from nlu.evaluation.cases import Fact, Question
from nlu.evaluation.figures import Figure, loss, percentile, share
from nlu.evaluation.measure import ANSWERABLE, Measured, Sentence

_WORST = 60
_FACT_COLUMNS = (
    ("first_right", "first topic right"),
    ("in_first_three", "in first three"),
    ("confident", "confident"),
    ("confidently_wrong", "wrong with confidence"),
)


def figures(measured: Measured) -> dict[str, Figure]:
    """Every figure by its name, as `tests/nlu/gates.yml` knows it."""
    return {**_facts(measured), **_questions(measured), **_noise(measured), **_names(measured), **_latency(measured)}


def markdown(found: dict[str, Figure], measured: Measured) -> str:
    """The report for a reader."""
    fact_groups = sorted({name.split(".")[1] for name in found if name.startswith("facts.")} - set(_KINDS))
    parts = [
        "# How well the bot understands what it was not trained on",
        "Made by `make evaluate` from the sentences in `tests/nlu/cases`, which no training sees "
        f"(`tests/nlu/test_split.py`); {len(measured.left_out)} that stand in the training data all the same are left "
        "out. Shares in per cent, 95 % Wilson intervals in brackets. "
        f"Confident: the probability of the first topic is at least {measured.thresholds.high} "
        "(`HIGH` in `actions/answer.py`).",
        "## Questions for a fact of a document",
        "Right: the topic's text holds every string that the answer must contain. Plain: formally worded; hasty: as "
        "typed in a hurry. Below them the same by document.",
        _table(
            ["", "n", *(title for _, title in _FACT_COLUMNS)],
            [
                [group, str(found[f"facts.{group}.first_right"].n)]
                + [_percent(found[f"facts.{group}.{column}"]) for column, _ in _FACT_COLUMNS]
                for group in (*_KINDS, *fact_groups)
            ],
        ),
        f"In no topic of their region, so that no understanding could find them: {_listed(measured.nowhere)}. "
        f"Only in several topics together: {_listed(measured.in_parts)}.",
        "## Questions of all sorts",
        "The outcome is estimated from what was understood (`nlu/evaluation/outcome.py`); where the bot may either "
        "answer or ask for the region, either counts.",
        _table(["", "n", "share"], [_row(found, name, title) for name, title in _QUESTION_ROWS.items()]),
        "## Noise",
        "The same facts and questions in other words. Cost: how much more often the plain question is right, in "
        "points, over the cases whose plain question is measured too. Two in one: `right` when at least one of both "
        "is found.",
        _table(
            ["kind", "n", "right", "cost in points"],
            [
                [name.split(".")[1], str(found[name].n), _percent(found[name]), _points(found[_cost_of(name)])]
                for name in found
                if name.startswith("noise.") and name.endswith(".right")
            ],
        ),
        f"Two in one, both in the first three: {_percent(found['noise.two_in_one.both'])}.",
        "## Names",
        _table(["", "n", "share"], [_row(found, name, title) for name, title in _NAME_ROWS.items()]),
        "## Time of one message",
        "Milliseconds on one thread: as it passed, and as the processor worked on it.",
        _table(
            ["", "p50", "p95"],
            [
                [kind, f"{found[f'latency.{kind}_p50'].value:.1f}", f"{found[f'latency.{kind}_p95'].value:.1f}"]
                for kind in ("wall", "cpu")
            ],
        ),
        "## What went wrong",
        *_worst(measured),
    ]
    return "\n\n".join(parts) + "\n"


def brief(found: dict[str, Figure]) -> str:
    """The short table for a terminal."""
    rows = [(name, found[name]) for name in _BRIEF if name in found]
    rows += [(name, figure) for name, figure in found.items() if name.startswith("noise.")]
    rows += [(name, figure) for name, figure in found.items() if name.startswith(("entities.", "latency."))]
    lines = [f"{'':40} {'':>8} {'95 %':>13} {'n':>6}"]
    for name, figure in rows:
        if name.startswith("latency."):
            lines.append(f"{name:40} {figure.value:7.1f}  ms {'':>10} {figure.n:6}")
        else:
            interval = f"{100 * figure.low:.1f}–{100 * figure.high:.1f}"
            lines.append(f"{name:40} {100 * figure.value:7.1f}  {interval:>13} {figure.n:6}")
    return "\n".join(lines) + "\n"


def write(folder: Path, found: dict[str, Figure], measured: Measured) -> None:
    """Write `understanding.md` and `understanding.json`, the latter with every sentence."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "understanding.md").write_text(markdown(found, measured), encoding="utf-8")
    content = {
        "figures": {name: {key: _number(x) for key, x in asdict(figure).items()} for name, figure in found.items()},
        "sentences": [
            {key: sorted(value) if isinstance(value, frozenset) else value for key, value in asdict(sentence).items()}
            for sentence in _sentences(measured)
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "understanding.json").write_text(text, encoding="utf-8")


# -- figures --------------------------------------------------------------------------------------------------

_KINDS = ("all", "plain", "hasty")
_BRIEF = (
    *(f"facts.{kind}.{column}" for kind in _KINDS for column, _ in _FACT_COLUMNS),
    "questions.right_outcome",
    "questions.out_of_scope_accepted",
    "questions.unanswerable_answered",
    "questions.answerable_turned_away",
)


def _facts(measured: Measured) -> dict[str, Figure]:
    groups: dict[str, list[Sentence]] = {kind: [] for kind in _KINDS}
    for fact, sentence in measured.facts:
        for group in ("all", sentence.kind, f"document_{fact.document}"):
            groups.setdefault(group, []).append(sentence)
    found: dict[str, Figure] = {}
    for group, sentences in groups.items():
        sure = [sentence.confidence >= measured.thresholds.high for sentence in sentences]
        found[f"facts.{group}.first_right"] = share(sentence.right for sentence in sentences)
        found[f"facts.{group}.in_first_three"] = share(sentence.in_three for sentence in sentences)
        found[f"facts.{group}.confident"] = share(sure)
        wrong = share(certain and not sentence.right for certain, sentence in zip(sure, sentences, strict=True))
        found[f"facts.{group}.confidently_wrong"] = wrong
    return found


_QUESTION_ROWS = {
    "questions.right_outcome": "an expected outcome",
    "questions.expected_answered": "… where only an answer is expected",
    "questions.expected_referred": "… where only a referral is",
    "questions.expected_declined": "… where only declining is",
    "questions.expected_clarifying": "… where only a question back is",
    "questions.out_of_scope_accepted": "out of scope, yet answered",
    "questions.unanswerable_answered": "answered though the documents hold no answer (out of scope included)",
    "questions.answerable_turned_away": "referred or declined though the documents hold the answer",
}


def _questions(measured: Measured) -> dict[str, Figure]:
    pairs = measured.questions
    found = {"questions.right_outcome": share(sentence.right for _, sentence in pairs)}
    for outcome in ("answered", "referred", "declined", "clarifying"):
        only = [sentence.right for question, sentence in pairs if question.expected == {outcome}]
        found[f"questions.expected_{outcome}"] = share(only)
    found["questions.out_of_scope_accepted"] = share(
        "answered" in sentence.outcomes for question, sentence in pairs if question.expected == {"declined"}
    )
    found["questions.unanswerable_answered"] = share(
        "answered" in sentence.outcomes for question, sentence in pairs if "answered" not in question.expected
    )
    found["questions.answerable_turned_away"] = share(
        not sentence.outcomes & ANSWERABLE
        for question, sentence in pairs
        if "answered" in question.expected and question.expected <= ANSWERABLE
    )
    return found


def _noise(measured: Measured) -> dict[str, Figure]:
    plain = {fact.id: sentence for fact, sentence in measured.facts if sentence.kind == "plain"}
    plain.update((question.id, sentence) for question, sentence in measured.questions)
    found: dict[str, Figure] = {}
    for kind in ("all", *sorted({case.kind for case, _ in measured.noisy})):
        cases = [(case, judged) for case, judged in measured.noisy if kind in ("all", case.kind)]
        pairs = [
            (float(any(plain[id].right for id in case.same_as)), float(any(sentence.right for sentence in judged)))
            for case, judged in cases
            if all(id in plain for id in case.same_as)
        ]
        found[f"noise.{kind}.right"] = share(any(sentence.right for sentence in judged) for _, judged in cases)
        found[f"noise.{kind}.cost"] = loss(pairs)
        if kind == "two_in_one":
            found[f"noise.{kind}.both"] = share(all(sentence.in_three for sentence in judged) for _, judged in cases)
    return found


_NAME_ROWS = {
    "entities.region_right": "regions found that are the case's",
    "entities.region_recall": "found where the sentence has the region's own name",
    "entities.region_unasked": "region found though the case has none",
    "entities.foreign_recall": "another region found where one is asked about",
    "entities.foreign_false": "another region found where none is",
}


def _names(measured: Measured) -> dict[str, Figure]:
    sentences = [sentence for _, sentence in (*measured.facts, *measured.questions)]
    sentences += [judged[0] for _, judged in measured.noisy]
    ours = [sentence for sentence in sentences if sentence.region is not None]
    found = [(region, sentence.region) for sentence in ours for region in sentence.regions_found]
    foreign = {question.id for question, _ in measured.questions if question.topic == "foreign"}
    return {
        "entities.region_right": share(region == expected for region, expected in found),
        "entities.region_recall": share(s.region in s.regions_found for s in ours if s.names_region),
        "entities.region_unasked": share(bool(s.regions_found) for s in sentences if s.region is None),
        "entities.foreign_recall": share(bool(s.foreign_found) for s in sentences if s.id in foreign),
        "entities.foreign_false": share(bool(s.foreign_found) for s in sentences if s.id not in foreign),
    }


def _latency(measured: Measured) -> dict[str, Figure]:
    sentences = list(_sentences(measured))
    wall = [sentence.milliseconds for sentence in sentences]
    cpu = [sentence.cpu_milliseconds for sentence in sentences]
    return {
        "latency.wall_p50": percentile(wall, 50),
        "latency.wall_p95": percentile(wall, 95),
        "latency.cpu_p50": percentile(cpu, 50),
        "latency.cpu_p95": percentile(cpu, 95),
    }


# -- text -----------------------------------------------------------------------------------------------------


def _worst(measured: Measured) -> Iterable[str]:
    high = measured.thresholds.high
    wrong = [(fact, s) for fact, s in measured.facts if not s.right and s.confidence >= high]
    wrong.sort(key=lambda pair: -pair[1].confidence)
    yield f"### Facts, wrong with confidence ({len(wrong)}; the {min(_WORST, len(wrong))} surest)"
    yield _table(
        ["case", "sentence", "first topic", "confidence", "in first three"],
        [[s.id, s.text, s.first, f"{s.confidence:.2f}", _yes(s.in_three)] for _, s in wrong[:_WORST]],
    )
    unexpected = [(question, s) for question, s in measured.questions if not s.right]
    yield f"### Questions with another outcome than expected ({len(unexpected)})"
    yield _table(
        ["case", "sentence", "region", "expected", "estimated", "intent", "first topic", "confidence"],
        [_unexpected(question, s) for question, s in unexpected],
    )
    noisy = [(case, judged) for case, judged in measured.noisy if not any(s.right for s in judged)]
    yield f"### Noise that was not understood ({len(noisy)})"
    yield _table(
        ["case", "kind", "sentence", "same as", "first topic", "confidence"],
        [
            [case.id, case.kind, case.text, ", ".join(case.same_as), judged[0].first, f"{judged[0].confidence:.2f}"]
            for case, judged in noisy
        ],
    )
    strayed: list[tuple[Fact | Question, Sentence]] = [*measured.facts, *measured.questions]
    missed = [s for _, s in strayed if s.regions_found - {s.region}]
    yield f"### Another region found than the case's ({len(missed)})"
    yield _table(
        ["case", "sentence", "region", "found"],
        [[s.id, s.text, s.region or "", ", ".join(sorted(s.regions_found))] for s in missed],
    )


def _unexpected(question: Question, sentence: Sentence) -> list[str]:
    return [
        question.id,
        question.text,
        question.region or "",
        ", ".join(sorted(question.expected)),
        ", ".join(sorted(sentence.outcomes)),
        sentence.intent,
        sentence.first,
        f"{sentence.confidence:.2f}",
    ]


def _sentences(measured: Measured) -> Iterable[Sentence]:
    yield from (sentence for _, sentence in measured.facts)
    yield from (sentence for _, sentence in measured.questions)
    yield from (sentence for _, judged in measured.noisy for sentence in judged)


def _row(found: dict[str, Figure], name: str, title: str) -> list[str]:
    return [title, str(found[name].n), _percent(found[name])]


def _cost_of(name: str) -> str:
    return name.removesuffix("right") + "cost"


def _percent(figure: Figure) -> str:
    if figure.n == 0:
        return "–"
    return f"{100 * figure.value:.1f} [{100 * figure.low:.1f}–{100 * figure.high:.1f}]"


def _points(figure: Figure) -> str:
    return f"{100 * figure.value:+.1f} [{100 * figure.low:+.1f} to {100 * figure.high:+.1f}]"


def _listed(ids: Sequence[str]) -> str:
    return f"{len(ids)} ({', '.join(ids)})" if ids else "none"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
