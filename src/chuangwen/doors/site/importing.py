"""A table that goes in by steps, the same on every page: choose, look at what was understood, answer, try, write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from chuangwen.doors.site.kept_files import drop, sent_or_kept
from chuangwen.doors.site.sheets import error_book
from chuangwen.kernel.cells import column_name, text_of
from chuangwen.kernel.problems import Problem
from chuangwen.kernel.sheets import Sheet, Workbook, read_table
from chuangwen.kernel.tables.declared import Table
from chuangwen.kernel.tables.heads import Head, Said, head_of
from chuangwen.kernel.tables.reading import TableReading, by_sheet
from chuangwen.kernel.tables.telling import UNREAD_TITLES, Unread
from chuangwen.kernel.words import say
from chuangwen.records.township.requests import TownRequest

SHOWN = 200
_SAMPLE = 24
_ANSWER, _HEADING, _COLUMN = "q.", "head.", "col."
ACCEPT = ".xlsx,.xls,.et,.csv,.txt,.html,.htm"


@dataclass(frozen=True)
class Sent:
    """A table at one of its steps: its key among the kept files, the workbook, what the person has decided so far."""

    key: str
    book: Workbook
    said: Said
    move: str

    @property
    def name(self) -> str:
        return self.book.name


@dataclass(frozen=True)
class Change:
    """A row that corrects what stands: where, what it is about, what stood, what will stand."""

    row: int
    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """A row as it will be written; ``tag`` says what it is beside a new one, ``tone`` its colour."""

    row: int
    cells: Sequence[object]
    tag: str = ""
    tone: str = ""


@dataclass(frozen=True)
class DryRun:
    """What writing would do: rows new, corrected, there already, left out; and the rows as they will stand."""

    new: int = 0
    changed: int = 0
    known: int = 0
    left: int = 0
    columns: Sequence[str] = ()
    lines: Sequence[Line] = ()
    changes: Sequence[Change] = ()

    @property
    def told(self) -> str:
        """写入 n 条, 改正 m 条, 已有 k 条."""
        told = say(
            "写入 {new} 条，改正 {changed} 条，已有 {known} 条", new=self.new, changed=self.changed, known=self.known
        )
        return told + (say("，略过 {left} 条", left=self.left) if self.left else "")

    @property
    def writes(self) -> int:
        return self.new + self.changed


@dataclass(frozen=True)
class ImportPage:
    """One import as its page: what it is called, where its links go, what is sent along (name -> value)."""

    title: str
    lede: str
    hint: str
    again: str
    back: str
    template: str = ""
    heads: Sequence[str] = ()
    along: Mapping[str, str] = field(default_factory=dict)
    ask_year: bool = False
    note: str = ""

    def choose(self, request: TownRequest, **more: object) -> HttpResponse:
        """The first step."""
        return render(request, "site/import.html", {"page": self, "accept": ACCEPT, **more})

    def show(self, request: TownRequest, sent: Sent, reading: TableReading, run: DryRun) -> HttpResponse:
        """What was understood, with questions, problems and the dry run."""
        context = {
            "page": self,
            "accept": ACCEPT,
            "sent": sent,
            "reading": reading,
            "problems": reading.sorted_problems(),
            "unread": list(_unread_told(reading.unread)),
            "questions": reading.questions,
            "run": run,
            "lines": run.lines[:SHOWN],
            "more": max(len(run.lines) - SHOWN, 0),
            "mapping": list(_mapping(sent, reading.table)),
        }
        return render(request, "site/import.html", context, status=422 if reading.problems else 200)


def sent_table(request: TownRequest, table: Table) -> Sent:
    """The table of this step. Raises the refusals of a file that is none."""
    key, data, name = sent_or_kept(request)
    book = read_table(data, name=name)
    return Sent(key, book, _said(request.POST, book, table), request.POST.get("move", ""))


def written_now(request: TownRequest, sent: Sent) -> None:
    """The table was written: it needs to be kept no longer."""
    drop(request.actor.person_id, sent.key)


def wrong_rows(reading: TableReading) -> HttpResponse:
    """The table as it came, with a column that says what is wrong with a row or must be decided."""
    found = by_sheet(reading)
    for one in reading.open_questions:
        for row in one.rows or (1,):
            what = say("要您决定：{what}", what=one.what)
            sheet = one.sheet or reading.book.sheets[0].name
            found.setdefault(sheet, []).append(Problem(file=sheet, row=row, column="", what=what, cure=""))
    return error_book(reading.book, found)


def _said(form: QueryDict, book: Workbook, table: Table) -> Said:
    """Answers, heading rows and columns of a form; a column that is as guessed was not chosen by hand."""
    answers = {key.removeprefix(_ANSWER): form[key] for key in form if key.startswith(_ANSWER)}
    rows: dict[str, int] = {}
    columns: dict[str, dict[str, int | None]] = {}
    for number, sheet in enumerate(book.sheets):
        guess = head_of(sheet, number, table, Said())
        row = _number(form.get(f"{_HEADING}{number}", ""))
        if row and row <= len(sheet.rows) and row != guess.heading.last_row:
            rows[sheet.name] = row
            guess = head_of(sheet, number, table, Said(heading_rows=rows))
        if chosen := _chosen(form, number, table, guess.columns):
            columns[sheet.name] = chosen
    return Said(answers, rows, columns)


def _chosen(form: QueryDict, number: int, table: Table, guessed: Mapping[str, int]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for one in table.fields:
        key = f"{_COLUMN}{number}.{one.id}"
        if key in form:
            place = _number(form[key])
            if place != guessed.get(one.id):
                found[one.id] = place
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _mapping(sent: Sent, table: Table) -> Iterator[dict[str, Any]]:
    """For every sheet that is shown: the row of its head, and for every field the columns it may be."""
    for number, sheet in enumerate(sent.book.sheets):
        if sheet.is_empty or sheet not in sent.book.shown:
            continue
        head = head_of(sheet, number, table, sent.said)
        columns = head.columns
        yield {
            "sheet": sheet.name,
            "heading": f"{_HEADING}{number}",
            "row": head.heading.last_row or next((row for row, _ in sheet.numbered()), 1),
            "read": table.fits(columns),
            "columns": _columns(sheet, head),
            "fields": [
                {
                    "name": f"{_COLUMN}{number}.{one.id}",
                    "title": one.title,
                    "required": one.required,
                    "place": columns.get(one.id),
                    "unsure": one.id in columns and head.heading.columns[one.id].confidence < 0.9,
                }
                for one in table.fields
            ],
        }


def _columns(sheet: Sheet, head: Head) -> list[tuple[int, str]]:
    """Every column as an option: its letter, its heading, its first value."""
    last = head.heading.last_row or next((row for row, _ in sheet.numbered()), 1)
    below = [cells for _, cells in sheet.numbered(after=last)][:3]
    width = max((len(cells) for cells in sheet.rows[: last + 3]), default=0)
    found = []
    for place in range(width):
        title = text_of(sheet.value(last, place))
        sample = next((text for cells in below if place < len(cells) and (text := text_of(cells[place]))), "")
        if title or sample:
            told = f"{column_name(place)} {title}" + (f" — {sample[:_SAMPLE]}" if sample else "")
            found.append((place, told))
    return found


def _unread_told(unread: Sequence[Unread]) -> Iterator[dict[str, object]]:
    for one in unread:
        yield {
            "kind": say(UNREAD_TITLES[one.kind]),
            "sheet": one.sheet,
            "where": one.where,
            "title": one.title,
            "sample": one.sample,
            "count": one.count,
            "loses": one.kind not in {"totals", "notes", "heading", "above", "serial"},
        }
