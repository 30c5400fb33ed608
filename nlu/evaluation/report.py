"""Figures of what was measured, by the names that the gates know."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from nlu.evaluation.cases import MOVE, NAMES, OUT_OF_SCOPE, PLAIN, WORDINGS, Blind
from nlu.evaluation.figures import Figure, f1, loss, percentile, share
from nlu.evaluation.measure import ANSWERABLE, Measured, Sentence
from nlu.understanding.names import FOREIGN_REGION, REGION, SERVICE

FACT_COLUMNS = (
    ("first_right", "first topic right"),
    ("in_first_three", "in first three"),
    ("confident", "confident"),
    ("confidently_wrong", "wrong with confidence"),
    ("served", "answered or rightly asked back"),
    ("misled", "answered wrongly"),
)


def figures(measured: Measured) -> dict[str, Figure]:
    """Every figure by its name, as `tests/nlu/gates.yml` knows it."""
    return {
        **_facts(measured),
        **_questions(measured),
        **_noise(measured),
        **_kinds(measured),
        **_names(measured),
        **_marked_names(measured),
        **_latency(measured),
    }


def brief(found: dict[str, Figure]) -> str:
    """The short table for a terminal."""
    rows = [(name, found[name]) for name in _BRIEF if name in found]
    rows += [(name, figure) for name, figure in found.items() if name.startswith(("noise.", "kinds."))]
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
    """Write `understanding.json`, with every sentence."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "figures": {name: {key: _number(x) for key, x in asdict(figure).items()} for name, figure in found.items()},
        "sentences": [
            {key: sorted(value) if isinstance(value, frozenset) else value for key, value in vars(sentence).items()}
            for sentence in sentences_of(measured)
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "understanding.json").write_text(text, encoding="utf-8")


# -- figures --------------------------------------------------------------------------------------------------

KINDS = ("all", "plain", "hasty")
_BRIEF = (
    *(f"facts.{kind}.{column}" for kind in KINDS for column, _ in FACT_COLUMNS),
    "questions.right_outcome",
    "questions.out_of_scope_accepted",
    "questions.unanswerable_answered",
    "questions.answerable_turned_away",
)


def _facts(measured: Measured) -> dict[str, Figure]:
    groups: dict[str, list[Sentence]] = {kind: [] for kind in KINDS}
    for fact, sentence in measured.facts:
        for group in ("all", sentence.kind, f"document_{fact.document}"):
            groups.setdefault(group, []).append(sentence)
    found: dict[str, Figure] = {}
    for group, sentences in groups.items():
        sure = [sentence.confidence >= measured.limits.high for sentence in sentences]
        found[f"facts.{group}.first_right"] = share(sentence.right for sentence in sentences)
        found[f"facts.{group}.in_first_three"] = share(sentence.in_three for sentence in sentences)
        found[f"facts.{group}.confident"] = share(sure)
        wrong = share(certain and not sentence.right for certain, sentence in zip(sure, sentences, strict=True))
        found[f"facts.{group}.confidently_wrong"] = wrong
        found[f"facts.{group}.served"] = share(sentence.told or sentence.offered for sentence in sentences)
        found[f"facts.{group}.misled"] = share(sentence.misled for sentence in sentences)
    return found


QUESTION_ROWS = {
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


KIND_COLUMNS = (
    ("first_right", "first topic right"),
    ("in_first_three", "in first three"),
    ("served", "answered or rightly asked back"),
    ("misled", "answered wrongly"),
    ("intent_right", "kind of request"),
    ("cost", "cost in points"),
)


def _kinds(measured: Measured) -> dict[str, Figure]:
    """Of the blind sentences; a kind's cost is how much more often the plain wording of the question is served."""
    groups: dict[str, list[tuple[Blind, list[Sentence]]]] = {"all": []}
    for case, judged in measured.blind:
        groups.setdefault(case.kind, []).append((case, judged))
        if case.kind in WORDINGS:
            groups["all"].append((case, judged))
    plain = {case.question: _served(judged) for case, judged in groups.get(PLAIN, [])}
    found: dict[str, Figure] = {}
    for kind, pairs in groups.items():
        if any(case.answers for case, _ in pairs):
            judged_all = [judged for _, judged in pairs]
            found[f"kinds.{kind}.first_right"] = share(all(s.right for s in judged) for judged in judged_all)
            found[f"kinds.{kind}.in_first_three"] = share(all(s.in_three for s in judged) for judged in judged_all)
            found[f"kinds.{kind}.served"] = share(map(_served, judged_all))
            if kind in WORDINGS or kind == "all":  # of two questions each answer is none to the other
                found[f"kinds.{kind}.misled"] = share(any(s.misled for s in judged) for judged in judged_all)
        if any(case.intents for case, _ in pairs):
            right = (judged[0].intent in case.intents for case, judged in pairs)
            found[f"kinds.{kind}.intent_right"] = share(right)
        if kind in WORDINGS and kind != PLAIN:
            costs = [
                (float(plain[case.question]), float(_served(judged)))
                for case, judged in pairs
                if case.question in plain
            ]
            found[f"kinds.{kind}.cost"] = loss(costs)
    outside = [judged[0] for _, judged in groups.get(OUT_OF_SCOPE, [])]
    found[f"kinds.{OUT_OF_SCOPE}.accepted"] = share("answered" in sentence.outcomes for sentence in outside)
    return found


def _served(judged: Sequence[Sentence]) -> bool:
    """Whether every question of the sentence is answered, or asked back about with the right topic offered."""
    return all(sentence.told or sentence.offered for sentence in judged)


NAME_ROWS = {
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


MARKED_EVERYWHERE = (REGION, FOREIGN_REGION, SERVICE)
"""Kinds of names that are marked in every blind sentence but the moves; the others in the kind `names` only."""


def _marked_names(measured: Measured) -> dict[str, Figure]:
    kinds = sorted({kind for case, _ in measured.blind for kind, _ in case.names})
    found: dict[str, Figure] = {}
    for kind in kinds:
        marked = [(c, s[0]) for c, s in measured.blind if c.kind != MOVE]
        cases = [(c, s) for c, s in marked if kind in MARKED_EVERYWHERE or c.kind == NAMES]
        found[f"entities.f1.{kind}"] = f1(
            [({n for n in c.names if n[0] == kind}, {n for n in s.names if n[0] == kind}) for c, s in cases]
        )
    cases = [(case, judged[0]) for case, judged in measured.blind if case.kind == NAMES]
    found["entities.f1.all"] = f1([(set(case.names), set(sentence.names)) for case, sentence in cases])
    return found


def _latency(measured: Measured) -> dict[str, Figure]:
    sentences = list(sentences_of(measured))
    wall = [sentence.milliseconds for sentence in sentences]
    cpu = [sentence.cpu_milliseconds for sentence in sentences]
    return {
        "latency.wall_p50": percentile(wall, 50),
        "latency.wall_p95": percentile(wall, 95),
        "latency.cpu_p50": percentile(cpu, 50),
        "latency.cpu_p95": percentile(cpu, 95),
    }


def sentences_of(measured: Measured) -> Iterable[Sentence]:
    """All sentences that were judged; two questions in one come once for each."""
    yield from (sentence for _, sentence in measured.facts)
    yield from (sentence for _, sentence in measured.questions)
    yield from (sentence for _, judged in measured.noisy for sentence in judged)
    yield from (sentence for _, judged in measured.blind for sentence in judged)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
