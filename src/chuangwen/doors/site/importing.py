"""A table that goes in by steps, the same on every page: choose, look at what was understood, answer, try, write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from chuangwen.doors.site.kept_files import drop, sent_or_kept
from chuangwen.doors.site.sheets import error_book
from chuangwen.kernel.cells import column_name, text_of
from chuangwen.kernel.problems import Problem
from chuangwen.kernel.sheets import Sheet, Workbook, read_table
from chuangwen.kernel.tables.declared import Table
from chuangwen.kernel.tables.dry_run import DryRun
from chuangwen.kernel.tables.heads import Head, Said, head_of
from chuangwen.kernel.tables.reading import TableReading, by_sheet
from chuangwen.kernel.tables.telling import UNREAD_TITLES, Unread
from chuangwen.kernel.words import say
from chuangwen.records.township.requests import TownRequest

SHOWN = 200
_SAMPLE = 24
_ANSWER, _HEADING, _COLUMN, _GUESSED = "q.", "head.", "col.", "was."
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
            "carried": _carried(sent.said, reading),
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


def _carried(said: Said, reading: TableReading) -> dict[str, str]:
    """Answers to questions that do not stand on the page any more, which the next step must still have."""
    asked = {one.id for one in reading.questions}
    return {f"{_ANSWER}{key}": answer for key, answer in said.answers.items() if key not in asked}


def _said(form: QueryDict, book: Workbook, table: Table) -> Said:
    """Answers, heading rows and columns of a form; a column that is as the page proposed was not chosen by hand."""
    answers = {key.removeprefix(_ANSWER): str(form[key]) for key in form if key.startswith(_ANSWER)}
    rows: dict[str, int] = {}
    columns: dict[str, dict[str, int | None]] = {}
    for number, sheet in enumerate(book.sheets):
        guess = head_of(sheet, number, table, Said())
        row = _number(str(form.get(f"{_HEADING}{number}", "")))
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
            place, before = _number(str(form[key])), form.get(f"{_GUESSED}{number}.{one.id}")
            if place != (guessed.get(one.id) if before is None else _number(str(before))):
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
        guessed = head_of(sheet, number, table, replace(sent.said, columns={})).columns
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
                    "before": f"{_GUESSED}{number}.{one.id}",
                    "guessed": guessed.get(one.id),
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
            "loses": one.kind not in {"totals", "notes", "heading", "above", "head", "serial"},
        }
