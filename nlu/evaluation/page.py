"""`reports/understanding.html`: the whole report as one page that needs nothing else."""

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from nlu.evaluation import plots
from nlu.evaluation.cases import OUT_OF_SCOPE, Fact, Question
from nlu.evaluation.confusion import Confusion
from nlu.evaluation.figures import Figure
from nlu.evaluation.measure import Measured, Sentence
from nlu.evaluation.report import FACT_COLUMNS, KIND_COLUMNS, KINDS, NAME_ROWS, QUESTION_ROWS

PAGE = "understanding.html"
_WORST = 60
_MIXUPS = 20
_STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def write(folder: Path, found: dict[str, Figure], measured: Measured, confusion: Confusion) -> Path:
    """Write the page; what other commands measured is taken from the folder when it is there."""
    path = folder / PAGE
    path.write_text(html(folder, found, measured, confusion), encoding="utf-8")
    return path


def html(folder: Path, found: dict[str, Figure], measured: Measured, confusion: Confusion) -> str:
    """The page as text."""
    sections = [
        _summary(found, measured),
        _facts(found, measured),
        _confidence(measured),
        _questions(found, measured),
        _noise(found),
        _kinds(found),
        _intents(confusion),
        _names(found),
        _time(found),
        _ablation(_stored(folder / "ablation.json")),
        _peers(_stored(folder / "massive.json")),
        _cross_validation(_stored(folder / "cross-validation" / "intent_report.json")),
        _wrong(measured),
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Understanding</title><style>{_STYLE}</style><main>{''.join(sections)}</main></html>\n"
    )


def _summary(found: dict[str, Figure], measured: Measured) -> str:
    return (
        "<h1>How well the bot understands what it was not trained on</h1>"
        + _p(
            "Made by make evaluate from the sentences in tests/nlu/cases, which no training sees "
            f"(tests/nlu/test_split.py); {len(measured.left_out)} that stand in the training data all the same are "
            "left out. Shares in per cent, 95 % Wilson intervals in brackets. Confident: the probability of the first "
            f"topic is at least {measured.limits.high:.2f}, as the training chose; from {measured.limits.low:.2f} "
            "to that the bot asks “Menade du …?”."
        )
        + _table(
            ["", "n", "share"],
            [
                ["fact questions, first topic right", *_cells(found["facts.all.first_right"])],
                ["fact questions, right topic among the first three", *_cells(found["facts.all.in_first_three"])],
                ["fact questions, wrong with confidence", *_cells(found["facts.all.confidently_wrong"])],
                ["questions of all sorts, an expected outcome", *_cells(found["questions.right_outcome"])],
                ["out of scope, yet answered", *_cells(found["questions.out_of_scope_accepted"])],
                ["noisy wordings, right", *_cells(found["noise.all.right"])],
            ],
        )
    )


def _facts(found: dict[str, Figure], measured: Measured) -> str:
    groups = sorted({name.split(".")[1] for name in found if name.startswith("facts.")} - set(KINDS))
    return (
        "<h2>Questions for a fact of a document</h2>"
        + _p(
            "Right: the topic's text holds every string that the answer must contain. Plain: formally worded; hasty: "
            "as typed in a hurry. Below them the same by document."
        )
        + _table(
            ["", "n", *(title for _, title in FACT_COLUMNS)],
            [
                [group, str(found[f"facts.{group}.first_right"].n)]
                + [_percent(found[f"facts.{group}.{column}"]) for column, _ in FACT_COLUMNS]
                for group in (*KINDS, *groups)
            ],
        )
        + _p(
            f"In no topic of their region, so that no understanding could find them: {_listed(measured.nowhere)}. "
            f"Only in several topics together: {_listed(measured.in_parts)}."
        )
    )


def _confidence(measured: Measured) -> str:
    sentences = [sentence for _, sentence in measured.facts]
    sure, right = [s.confidence for s in sentences], [s.right for s in sentences]
    marks = (("high", measured.limits.high), ("low", measured.limits.low))
    outside = [s.confidence for question, s in measured.questions if question.expected == {"declined"}]
    return (
        "<h2>Confidence</h2>"
        + _p(
            f"Fact questions. Expected calibration error {plots.calibration_error(sure, right):.3f} over ten bins. Out "
            f"of scope: the confidence of a message in scope is above that of one out of it in "
            f"{100 * plots.separation(sure, outside):.1f} % of pairs (AUROC; {len(outside)} messages out of scope)."
        )
        + "<div class=pictures>"
        + plots.reliability(sure, right)
        + plots.risk_coverage(sure, right, marks)
        + plots.out_of_scope(sure, outside, marks)
        + "</div>"
    )


def _questions(found: dict[str, Figure], measured: Measured) -> str:
    return (
        "<h2>Questions of all sorts</h2>"
        + _p(
            "The outcome is estimated from what was understood (nlu/evaluation/outcome.py); where the bot may either "
            "answer or ask for the region, either counts."
        )
        + _table(["", "n", "share"], [[title, *_cells(found[name])] for name, title in QUESTION_ROWS.items()])
    )


def _noise(found: dict[str, Figure]) -> str:
    return (
        "<h2>Noise</h2>"
        + _p(
            "The same facts and questions in other words. Cost: how much more often the plain question is right, in "
            "points, over the cases whose plain question is measured too. Two in one: right when at least one of both "
            "is found."
        )
        + _table(
            ["kind", "n", "right", "cost in points"],
            [
                [name.split(".")[1], *_cells(found[name]), _points(found[f"{name.removesuffix('right')}cost"])]
                for name in found
                if name.startswith("noise.") and name.endswith(".right")
            ],
        )
        + _p(f"Two in one, both in the first three: {_percent(found['noise.two_in_one.both'])}.")
    )


def _kinds(found: dict[str, Figure]) -> str:
    kinds = list(dict.fromkeys(name.split(".")[1] for name in found if name.startswith("kinds.")))
    rows = []
    for kind in kinds:
        figures = [(column, found.get(f"kinds.{kind}.{column}")) for column, _ in KIND_COLUMNS]
        known = [figure for _, figure in figures if figure is not None]
        cells = [
            "" if figure is None else _points(figure) if column == "cost" else _percent(figure)
            for column, figure in figures
        ]
        if known:
            rows.append([kind, str(known[0].n), *cells])
    accepted = found[f"kinds.{OUT_OF_SCOPE}.accepted"]
    return (
        "<h2>Blind sentences, by kind</h2>"
        + _p(
            "Written from the documents by writers who saw no training data (tests/nlu/cases/kinds); which of them are "
            "blind still docs/performance.md tells. Every question is put in each kind of language. Answered or "
            "rightly asked back: the reply holds the answer, or “Menade du …?” offers a topic that does. Two in one: "
            "both of the questions. Cost: how much more often the plain wording is answered or rightly asked back."
        )
        + _table(["kind", "n", *(title for _, title in KIND_COLUMNS)], rows)
        + _p(f"Out of scope, yet answered: {_percent(accepted)} of {accepted.n}.")
    )


def _intents(confusion: Confusion) -> str:
    return (
        "<h2>Kinds of request</h2>"
        + _p(
            f"Each training sentence, classified by a model that did not see it (two halves, "
            f"{int(confusion.matrix.sum())} sentences): accuracy {100 * confusion.accuracy:.1f} %, "
            f"macro-F1 {100 * confusion.macro_f1:.1f} %. Colour: share of the row; numbers: sentences."
        )
        + plots.confusion(confusion.matrix, confusion.names)
        + "<h3>Worst confusions</h3>"
        + _table(
            ["meant", "understood", "n", "such as"],
            [[m.meant, m.understood, str(len(m.texts)), " · ".join(m.texts[:3])] for m in confusion.mixups[:_MIXUPS]],
        )
    )


def _names(found: dict[str, Figure]) -> str:
    rows = [[title, *_cells(found[name])] for name, title in NAME_ROWS.items()]
    marked = [[name.split(".")[2], *_cells(found[name])] for name in found if name.startswith("entities.f1.")]
    return (
        "<h2>Names</h2>"
        + _table(["", "n", "share"], rows)
        + _p("In the blind sentences, by kind and value; intervals by bootstrap.")
        + _table(["kind", "sentences", "F1"], marked)
    )


def _time(found: dict[str, Figure]) -> str:
    rows = [
        [kind, *(f"{found[f'latency.{kind}_p{percent}'].value:.1f}" for percent in (50, 95))]
        for kind in ("wall", "cpu")
    ]
    said = "Milliseconds of one thread: as time passed, and as the processor worked on it."
    return "<h2>Time of one message</h2>" + _p(said) + _table(["", "p50", "p95"], rows)


def _ablation(stored: Any) -> str:
    title = "<h2>What each part earns</h2>"
    if stored is None:
        return title + _missing("make ablation")
    return title + _p(stored["about"]) + _table(stored["head"], stored["rows"])


def _peers(stored: Any) -> str:
    title = "<h2>Beside its peers, on MASSIVE sv-SE</h2>"
    if stored is None:
        return title + _missing("make bench-nlu")
    rows = [
        [
            row["name"],
            f"{100 * row['accuracy']:.1f} [{100 * row['low']:.1f}–{100 * row['high']:.1f}]",
            f"{100 * row['macro_f1']:.1f}",
            f"{row['training_s']:.0f}",
            f"{row['p50_ms']:.1f}",
            f"{row['p95_ms']:.1f}",
        ]
        for row in stored
    ]
    head = ["trained on train, measured on dev", "accuracy", "macro-F1", "training, s", "message p50, ms", "p95, ms"]
    return title + _p("Seconds and milliseconds of the processor's own time.") + _table(head, rows)


def _cross_validation(stored: Any) -> str:
    title = "<h2>Rasa's own cross-validation</h2>"
    if stored is None:
        return title + _missing("make cross-validation")
    rows = [
        [name, str(row["support"]), *(f"{100 * row[key]:.1f}" for key in ("precision", "recall", "f1-score"))]
        for name, row in sorted(stored.items())
        if isinstance(row, dict)
    ]
    accuracy = f"{100 * stored['accuracy']:.1f} %"
    what = "rasa test nlu --cross-validation over data/nlu; the topics' examples are trained on in each fold"
    told = f"{what}: accuracy {accuracy}."
    return title + _p(told) + _table(["intent", "n", "precision", "recall", "F1"], rows)


def _wrong(measured: Measured) -> str:
    high = measured.limits.high
    wrong = sorted(
        ((fact, s) for fact, s in measured.facts if not s.right and s.confidence >= high),
        key=lambda pair: -pair[1].confidence,
    )
    unexpected = [(question, s) for question, s in measured.questions if not s.right]
    noisy = [(case, judged) for case, judged in measured.noisy if not any(s.right for s in judged)]
    pairs: list[tuple[Fact | Question, Sentence]] = [*measured.facts, *measured.questions]
    strayed = [s for _, s in pairs if s.regions_found - {s.region}]
    return "".join(
        (
            "<h2>What went wrong</h2>",
            f"<h3>Facts, wrong with confidence ({len(wrong)}; the {min(_WORST, len(wrong))} surest)</h3>",
            _table(
                ["case", "sentence", "first topic", "confidence", "in first three"],
                [
                    [s.id, s.text, s.first, f"{s.confidence:.2f}", "yes" if s.in_three else "no"]
                    for _, s in wrong[:_WORST]
                ],
            ),
            f"<h3>Questions with another outcome than expected ({len(unexpected)})</h3>",
            _table(
                ["case", "sentence", "region", "expected", "estimated", "intent", "first topic", "confidence"],
                [_unexpected(question, s) for question, s in unexpected],
            ),
            f"<h3>Noise that was not understood ({len(noisy)})</h3>",
            _table(
                ["case", "kind", "sentence", "same as", "first topic", "confidence"],
                [
                    [c.id, c.kind, c.text, ", ".join(c.same_as), judged[0].first, f"{judged[0].confidence:.2f}"]
                    for c, judged in noisy
                ],
            ),
            f"<h3>Another region found than the case's ({len(strayed)})</h3>",
            _table(
                ["case", "sentence", "region", "found"],
                [[s.id, s.text, s.region or "", ", ".join(sorted(s.regions_found))] for s in strayed],
            ),
        )
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


def _stored(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _missing(command: str) -> str:
    return _p(f"Not measured yet on this machine: {command}.")


def _cells(figure: Figure) -> list[str]:
    return [str(figure.n), _percent(figure)]


def _percent(figure: Figure) -> str:
    if figure.n == 0:
        return "–"
    return f"{100 * figure.value:.1f} [{100 * figure.low:.1f}–{100 * figure.high:.1f}]"


def _points(figure: Figure) -> str:
    return f"{100 * figure.value:+.1f} [{100 * figure.low:+.1f} to {100 * figure.high:+.1f}]"


def _listed(ids: Sequence[str]) -> str:
    return f"{len(ids)} ({', '.join(ids)})" if ids else "none"


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    titles = "".join(f"<th scope=col>{escape(cell)}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class=wide><table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table></div>"
