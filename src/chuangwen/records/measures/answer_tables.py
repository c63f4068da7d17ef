"""Answers, figures and events as tables: read by their declarations and held against what stands; nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Table, declared
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option
from chuangwen.kernel.words import later, say
from chuangwen.records.measures.answer_actions import Answers, Counted
from chuangwen.records.measures.answer_rows import Found, LedgerWords, ReadRow, kept
from chuangwen.records.measures.event_actions import NewEvent
from chuangwen.records.measures.event_twins import Twins, event_told, identity_of, identity_of_new
from chuangwen.records.measures.models import Event, FigureValue, Round, Tally
from chuangwen.records.measures.policy import both_ways, why_not_counts, why_not_event, why_not_figure
from chuangwen.records.measures.queries import (
    events_of,
    figure_values_of,
    figures_of,
    questions_of,
    tallies_of,
    villages_asked,
)
from chuangwen.records.standards.models import Edition, Figure, Question
from chuangwen.records.township.models import Organisation

_FOLDER = Path(__file__).parent / "tables"
ANSWERS: Table = declared(_FOLDER / "answers.toml")
FIGURES: Table = declared(_FOLDER / "figures.toml")
EVENTS: Table = declared(_FOLDER / "events.toml")

Thing = TypeVar("Thing", Question, Figure)


AnswerRows = Found[Answers, Tally]
FigureRows = Found[Counted, FigureValue]
EventRows = Found[NewEvent, Event]


def read_answers(book: Workbook, round_: Round, said: Said | None = None) -> AnswerRows:
    """The answers of a table. A row without counts says nothing: what stands stays."""
    questions = _by_code(questions_of(round_), round_)
    villages = {one.code: one for one in villages_asked(round_)}
    lists = {
        "questions": Names(later("问卷题目"), [(code, (one.text,)) for code, one in questions.items()]),
        "villages": _units(later("村（社区）"), villages),
    }
    reading, stands = read_rows(book, ANSWERS, Around(lists), said), tallies_of(round_)
    rows, left, above = list[tuple[TableRow, ReadRow[Answers, Tally]]](), 0, _villages_above(reading)
    for row in list(reading.rows):
        counts = _both(reading, row, "positive", "valid")
        if counts is None:
            left += not (row.values.keys() & {"positive", "valid"})
            continue
        question, village = questions[row.text("question")], villages.get(row.text("village") or above.get(row, ""))
        _one_thing(reading, row, lists["questions"], question.code)
        positive, valid = int(counts[0]), int(counts[1])
        _refuse(reading, row, "positive", why_not_counts(question.text, positive, valid))
        if any(pk == question.pk and (where is None) != (village is None) for pk, where in stands):
            _refuse(reading, row, "village", both_ways(question, village))
        old = stands.get((question.pk, village.pk if village else None))
        was = f"{old.positive} / {old.valid}" if old else ""
        label = f"{question.code} {village.name if village else say('全镇')}"
        answer = Answers(question, village, (positive, valid))
        rows.append((row, ReadRow(row.row, label, answer, old, f"{positive} / {valid}", was)))
    _once_each_way(reading, [one for _row, one in rows])
    _once_each(reading, rows)
    return Found(reading, kept(reading, rows, "tally", lambda one: _tally_said(round_, one)), left)


def _villages_above(reading: TableReading) -> dict[TableRow, str]:
    """Rows without a village below one that names it: the same village, or the town's sum, as a person says."""
    below, last = dict[TableRow, str](), dict[str, str]()
    for row in reading.rows:
        last[row.sheet] = row.text("village") or last.get(row.sheet, "")
        if not row.text("village") and last[row.sheet] and row.values.keys() & {"positive", "valid"}:
            below[row] = last[row.sheet]
    if not below:
        return {}
    what = say("{n} 行没有写村，上面的行写了。是同上面一个村，还是全镇合计？", n=len(below))
    options = [Option("above", say("同上面一个村")), Option("town", say("是全镇合计"))]
    answer = reading.ask("village", what, options, rows=sorted(row.row for row in below))
    return below if answer == "above" else {}


def read_figures(book: Workbook, round_: Round, said: Said | None = None) -> FigureRows:
    """The figures of a table. A row without counts says nothing; a source left blank is the one that stands."""
    figures = _by_code(figures_of(round_), round_)
    names = Names(later("统计指标"), [(code, (one.title,)) for code, one in figures.items()])
    reading, stands = read_rows(book, FIGURES, Around({"figures": names}), said), figure_values_of(round_)
    rows, left = list[tuple[TableRow, ReadRow[Counted, FigureValue]]](), 0
    for row in list(reading.rows):
        counts = _both(reading, row, "numerator", "denominator")
        if counts is None:
            left += not (row.values.keys() & {"numerator", "denominator"})
            continue
        figure = figures[row.text("figure")]
        _one_thing(reading, row, names, figure.code)
        old = stands.get(figure.pk)
        source = row.text("source") or (old.source if old else "")
        same = old is not None and (old.numerator, old.denominator, old.source) == (*counts, source)
        if not same:
            _refuse(reading, row, "numerator", why_not_figure(round_, figure, counts, source))
        was = _told(old.numerator, old.denominator, old.source) if old else ""
        label = f"{figure.code} {figure.title}"
        said_now = _told(*counts, source)
        rows.append((row, ReadRow(row.row, label, Counted(figure, counts, source), old, said_now, was)))
    return Found(reading, kept(reading, rows, "figure", lambda one: _figure_said(round_, one)), left)


def _one_thing(reading: TableReading, row: TableRow, names: Names, code: str, field: str = "text") -> None:
    """The code and the name of one row are of one thing: a column that slipped by a row would write every count elsewhere."""
    said = row.texts.get(field, "")
    real = names.unlike(code, said)
    if real:
        what = say("编号“{code}”是“{real}”，同一行写的名称是“{said}”。", code=code, real=real, said=said[:60])
        reading.tell(row, field, what, say("请核对原表，改正编号或名称；名称可以留空。"))


def read_events(book: Workbook, edition: Edition, today: date, said: Said | None = None) -> EventRows:
    """The events of a table. The same kind on the same day at the same unit is the same event; one that differs in one of

    them from an event that stands may be the same, and is asked about.
    """
    kinds = [(one["code"], (one["title"],)) for one in edition.content["negative"]]
    units = {one.code: one for one in Organisation.objects.filter(closed=None)}
    lists = {"kinds": Names(later("负面清单条目"), kinds), "units": _units(later("单位名册"), units)}
    reading = read_rows(book, EVENTS, Around(lists), said)
    twins = Twins(reading, list(events_of(edition).select_related("organisation")))
    rows: list[ReadRow[NewEvent, Event]] = []
    for row in list(reading.rows):
        on, unit = row.values["on"], units.get(row.text("unit"))
        if not isinstance(on, date):
            continue
        code, text = row.text("kind"), row.text("text")
        _one_thing(reading, row, lists["kinds"], code, "title")
        _refuse(reading, row, "on", why_not_event(edition, code, on, text, today))
        twins.add(row, NewEvent(code, text, on, unit))
    for row, new, old in twins.settled():
        label = event_told(new.code, new.on, new.where)
        said_now, was = new.text, old.text if old else ""
        if old is not None and identity_of(old) != identity_of_new(new):
            was = f"{event_told(old.code, old.happened_on, old.organisation)} {was}"
            said_now = f"{label} {said_now}"
        rows.append(ReadRow(row.row, label, new, old, said_now, was))
    return Found(reading, rows, 0)


def _both(reading: TableReading, row: TableRow, part: str, whole: str) -> tuple[Decimal, Decimal] | None:
    """Both counts of a row; one without the other is a problem, none of them says nothing."""
    found = [row.values.get(name) for name in (part, whole)]
    if all(one is None for one in found):
        return None
    for name, one in zip((part, whole), found, strict=True):
        if one is None:
            reading.tell(row, name, say("两个数只填了一个。"), say("两个数要一起填；不知道就都留空。"))
            return None
    return Decimal(str(found[0])), Decimal(str(found[1]))


def _refuse(reading: TableReading, row: TableRow, name: str, no: Refusal | None) -> None:
    if no:
        reading.tell(row, name, str(no))


def _once_each_way(reading: TableReading, rows: Sequence[ReadRow[Answers, Tally]]) -> None:
    """One question by village and for the whole town in one table would be counted twice."""
    by_town = {row.new.question.pk for row in rows if row.new.village is None}
    both = {row.new.question.pk for row in rows if row.new.village is not None} & by_town
    numbers = {row.row for row in rows if row.new.question.pk in both and row.new.village is None}
    for row in list(reading.read):
        if row.row in numbers:
            reading.tell(row, "village", say("这道题既有分村的数，又有全镇合计。"), say("请只留一种。"))


def _tally_said(round_: Round, one: Answers) -> LedgerWords:
    """Where the ledger keeps what these answers were, and what they say now in its words."""
    positive, valid = one.counts or (0, 0)
    village = one.village.code if one.village else ""
    return f"{round_.code}/{one.question.code}/{village}", {"positive": positive, "valid": valid}


def _figure_said(round_: Round, one: Counted) -> LedgerWords:
    """The same of a figure; another source of the same counts is no other version."""
    part, whole = one.counts or (Decimal(0), Decimal(0))
    return f"{round_.code}/{one.figure.code}", {"numerator": part, "denominator": whole}


def _once_each(reading: TableReading, rows: Sequence[tuple[TableRow, ReadRow[Answers, Tally]]]) -> None:
    """One question of one village twice in a table: only one of them would stand."""
    firsts = dict[tuple[int, int | None], int]()
    for row, one in rows:
        key = (one.new.question.pk, one.new.village.pk if one.new.village else None)
        first = firsts.setdefault(key, row.row)
        if first != row.row:
            reading.tell(
                row, "question", say("“{label}”第 {first} 行写过。", label=one.label, first=first), say("请只留一行。")
            )


def _by_code(rows: Iterable[Thing], round_: Round) -> dict[str, Thing]:
    """By the code that people know; the main system's where the companion has the same."""
    found: dict[str, Thing] = {}
    for one in rows:
        if one.code not in found or one.edition_id == round_.edition_id:
            found[one.code] = one
    return found


def _units(title: str, units: Mapping[str, Organisation]) -> Names:
    return Names(title, [(code, (one.name, one.short, *one.aliases)) for code, one in units.items()])


def _told(part: Decimal, whole: Decimal, source: str) -> str:
    return f"{part.normalize():f} / {whole.normalize():f} {source}".strip()
