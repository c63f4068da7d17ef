"""Reads the sheets of a workbook by a declared table, row after row; nothing is raised, all is told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from chuangwen.kernel.cells import Cell, cell_name, text_of
from chuangwen.kernel.chinese import bare
from chuangwen.kernel.sheets import Sheet, Workbook
from chuangwen.kernel.tables.asides import aside_of
from chuangwen.kernel.tables.cells import REQUIRED, Around, BadCell, is_picture, read_cell
from chuangwen.kernel.tables.days import said_day
from chuangwen.kernel.tables.declared import Field, Kind, Table
from chuangwen.kernel.tables.heads import Head, Said, head_of, headless
from chuangwen.kernel.tables.marked import cells_told, marks_told
from chuangwen.kernel.tables.merged import Merged
from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option, Unread, UnreadKind, spans_told
from chuangwen.kernel.words import listed, say

_LEFT: Mapping[str, UnreadKind] = {"rows": "hidden", "struck": "row"}


def read_rows(book: Workbook, table: Table, around: Around, said: Said | None = None) -> TableReading:
    """Read every shown sheet that has the table's head; nothing is raised, all is told.

    A file without such a head has no rows and one problem, which says what is lacking; a person may then name the row of
    the head and the columns by hand (``said``).
    """
    said = said or Said()
    reading = TableReading(book.name, table, book, said)
    around = replace(around, date1904=book.date1904)
    for number, sheet in enumerate(book.sheets):
        if sheet.is_empty:
            continue
        by_hand = sheet.name in said.columns
        if sheet not in book.shown and not by_hand:
            reading.unread.append(_sheet_unread("hidden_sheet", sheet))
            continue
        head = head_of(sheet, number, table, said)
        if table.fits(head.heading.columns):
            reading.heads.append(head)
            _SheetReader(reading, head, around).read()
        else:
            reading.questions.extend(head.questions)
            reading.unread.append(_sheet_unread("sheet", sheet))
    if not reading.heads and not _read_headless(reading, around):
        _tell_no_head(reading)
    return reading


def _read_headless(reading: TableReading, around: Around) -> bool:
    """Whether it was a text of cells without a head, in the table's own order."""
    head = headless(reading.book.sheets[0], reading.table) if reading.book.kind == "csv" else None
    if head is None or reading.said.columns or reading.said.heading_rows or reading.questions:
        return False
    reading.heads.append(head)
    reading.unread.clear()
    _SheetReader(reading, head, around).read()
    return True


def _sheet_unread(kind: str, sheet: Sheet) -> Unread:
    rows = list(sheet.numbered())
    sample = " ".join(text_of(cell) for _, cells in rows[:2] for cell in cells if cell != "")
    what = say("{n} 行", n=len(rows))
    return Unread("hidden_sheet" if kind == "hidden_sheet" else "sheet", sheet.name, what, "", sample[:80], len(rows))


def _tell_no_head(reading: TableReading) -> None:
    """What is lacking, by the sheet that comes nearest."""
    shown = [(number, sheet) for number, sheet in enumerate(reading.book.sheets) if sheet in reading.book.shown]
    heads = [head_of(sheet, number, reading.table, reading.said) for number, sheet in shown if not sheet.is_empty]
    best = max(heads, key=lambda one: len(one.heading.columns), default=None)
    lacking = reading.table.lacking(best.heading.columns if best else ())
    what = say(
        "没有找到{table}的表头：缺少“{titles}”。", table=say(reading.table.title), titles=say("”“").join(lacking)
    )
    cure = say("请核对是不是选错了文件，或手工指定各列。")
    reading.problems.add(file=best.sheet.name if best else reading.name, what=what, cure=cure)


class _SheetReader:
    """Reads the rows of one sheet."""

    def __init__(self, reading: TableReading, head: Head, around: Around) -> None:
        self._reading, self._head, self._around = reading, head, around
        self._table = reading.table
        self._sheet = head.sheet
        self._columns = head.columns
        self._fields = [(one, self._columns[one.id]) for one in self._table.fields if one.id in self._columns]
        last = head.heading.last_row
        self._titles = (
            [bare(text_of(self._sheet.value(last, place))) for place in self._columns.values()] if last else []
        )
        self._known: dict[tuple[str, type, Cell], object] = {}
        self._unsaved = frozenset(head.sheet.unsaved)
        self._pictures: list[str] = []
        self._times: list[str] = []
        self._serials: list[tuple[str, str]] = []
        self._parts: dict[int, int] = {}
        self._merged = Merged()
        self._by_sheet: dict[str, str] = {}
        self._firsts: dict[tuple[object, ...], int] = {}

    def read(self) -> None:
        reading, head = self._reading, self._head
        reading.questions.extend(head.questions)
        reading.unread.extend(head.unread)
        self._ask_merged()
        self._ask_name()
        left = self._left_rows()
        full = self._sheet.filled()
        for number, cells in full.numbered(after=head.heading.last_row):
            raw = self._sheet.rows[number - 1]
            if number in left or self._is_aside(number, raw, cells):
                continue
            row = self._row(number, cells)
            if row is not None:
                reading.read.append(row)
        self._name_rest()

    def _left_rows(self) -> frozenset[int]:
        """The rows that a person does not want read: hidden ones, and ones struck out."""
        left = set[int]()
        for key, kind in _LEFT.items():
            question = next((one for one in self._head.questions if one.id == f"{key}.{self._head.number}"), None)
            if question is not None and question.answer == "leave":
                where = say("第 {rows} 行", rows=spans_told(question.rows))
                self._reading.unread.append(Unread(kind, self._sheet.name, where, count=len(question.rows)))
                left.update(question.rows)
        return frozenset(left)

    def _ask_name(self) -> None:
        """A sheet that is called like the one thing that all its rows leave unsaid: one sheet for each village."""
        for one in self._table.fields:
            codes = self._around.lists[one.of].codes(self._sheet.name) if one.by_sheet else set()
            if one.id in self._columns or len(codes) != 1:
                continue
            facts = {"sheet": self._sheet.name, "title": one.title}
            what = say("工作表叫“{sheet}”，里面没有“{title}”这一列：这张表里的都是“{sheet}”的吗？", **facts)
            options = [Option("all", say("都是")), Option("none", say("不是，不填"))]
            if self._reading.ask(f"sheet.{self._head.number}.{one.id}", what, options) == "all":
                self._by_sheet[one.id] = next(iter(codes))

    def _ask_merged(self) -> None:
        """A cell merged over several rows: one thing that several rows add to, or as many things."""
        counting = [place for one, place in self._fields if one.counts]
        self._merged.note_wide([one for one in self._sheet.merged if one.top > self._head.heading.last_row], counting)
        for one, place in self._fields:
            tops = self._sheet.merged_down(place)
            if one.counts:
                self._merged.numbers[one.id] = tops
            if one.merged != "ask":
                continue
            parts = {row: top for row, top in tops.items() if row > top > self._head.heading.last_row}
            if not parts:
                continue
            what = say("{column} 的一个单元格盖住几行：是一件事，还是一行一件？", column=self._head.title(one.id))
            options = [Option("one", say("合并的几行是一件事")), Option("each", say("一行一件"))]
            key = f"merged.{self._head.number}.{one.id}"
            answer = self._reading.ask(key, what, options, rows=sorted({*parts, *parts.values()}))
            if answer == "one":
                self._parts |= parts
            if answer != "each":
                self._merged.matters |= {row: top for row, top in tops.items() if top in parts.values()}

    def _is_aside(self, number: int, raw: Sequence[Cell], cells: Sequence[Cell]) -> bool:
        """Totals, remarks below the table, a repeated head: no rows of the table, named and passed over."""
        texts = [text for cell in raw if cell != "" and (text := text_of(cell))]
        if not texts:
            return True
        here = [bare(text_of(cells[place])) if place < len(cells) else "" for place in self._columns.values()]
        kind = "heading" if here == self._titles else aside_of(texts, self._table, lacking=self._lacks_required(raw))
        if kind is not None:
            where, sample = say("第 {row} 行", row=number), " ".join(texts)[:80]
            self._reading.unread.append(Unread(kind, self._sheet.name, where, sample=sample, count=len(texts)))
        return kind is not None

    def _lacks_required(self, raw: Sequence[Cell]) -> bool:
        wanted = [place for one, place in self._fields if one.required]
        return any(place >= len(raw) or raw[place] == "" for place in wanted) or len(self._fields) == 1

    def _row(self, number: int, cells: Sequence[Cell]) -> TableRow | None:
        values: dict[str, object] = {}
        texts: dict[str, str] = {}
        for one, place in self._fields:
            cell = cells[place] if place < len(cells) else ""
            if is_picture(cell):
                self._pictures.append(cell_name(number, place))
                cell = ""
            if one.id in self._head.joined:
                cell = self._joined(one, cell, cells)
            text = text_of(cell)
            texts[one.id] = text
            if self._unsaved and cell_name(number, place) in self._unsaved:
                what = say("单元格 {cell} 是公式，但没有保存计算结果。", cell=cell_name(number, place))
                self._reading.tell_at(
                    self._sheet.name,
                    number,
                    one.id,
                    what,
                    say("请用 WPS 或 Excel 打开并保存一次，或复制后“选择性粘贴为数值”。"),
                )
            elif text:
                self._value(number, one, cell, values)
        if not any(texts.values()):
            self._unread_row(number, cells)
            return None
        values |= self._by_sheet
        texts |= dict.fromkeys(self._by_sheet, self._sheet.name)
        self._tell_missing(number, texts)
        columns = self._columns
        asides = {one.id: aside for one, _place in self._fields if (aside := self._aside(one, texts[one.id]))}
        row = TableRow(self._sheet.name, number, values, texts, columns, self._parts.get(number), asides)
        self._tell_twin(row)
        return row

    def _aside(self, one: Field, text: str) -> str:
        return self._around.lists[one.of].parted(text)[1] if one.aside == "keep" and text else ""

    def _joined(self, one: Field, cell: Cell, cells: Sequence[Cell]) -> Cell:
        more = (cells[place] for place in self._head.joined[one.id] if place < len(cells))
        return "\n".join(dict.fromkeys(text for text in map(text_of, (cell, *more)) if text))

    def _value(self, number: int, one: Field, cell: Cell, values: dict[str, object]) -> None:
        found = self._found(number, one, cell)
        if isinstance(found, BadCell):
            self._reading.tell_at(self._sheet.name, number, one.id, found.what, found.cure)
            return
        scale = self._head.scales.get(one.id, 1)
        values[one.id] = found * scale if isinstance(found, Decimal | int) and scale != 1 else found
        if one.kind in {Kind.DAY, Kind.MOMENT}:
            self._note_day(number, one, cell, found)

    def _found(self, number: int, one: Field, cell: Cell) -> object:
        """What a cell says, read once for all that say the same; or what is wrong with it."""
        try:
            self._merged.refuse_number(one.id, number, self._columns[one.id], cell)
        except BadCell as bad:
            return bad
        key = (one.id, type(cell), cell)
        found = self._known.get(key)
        if found is None:
            try:
                found = read_cell(one, cell, self._around)
            except BadCell as bad:
                found = bad
            self._known[key] = found
        return found

    def _note_day(self, number: int, one: Field, cell: Cell, found: object) -> None:
        """A time that a day does not keep, and a bare number that was read as a day, are told."""
        address = cell_name(number, self._columns[one.id])
        if isinstance(cell, datetime) and one.kind is Kind.DAY and cell.time() != time():
            self._times.append(address)
        elif not isinstance(cell, date):
            said = said_day(cell, date1904=self._around.date1904, year=self._around.year)
            if said and said.serial:
                self._serials.append((address, f"{text_of(cell)} → {said.day}"))
            elif said and said.clock and one.kind is Kind.DAY:
                self._times.append(address)

    def _tell_missing(self, number: int, texts: Mapping[str, str]) -> None:
        for one in self._table.fields:
            if one.required and not texts.get(one.id) and one.id in self._columns:
                cure = say(one.cure) if one.cure else say("请补上。")
                self._reading.tell_at(self._sheet.name, number, one.id, say(REQUIRED, title=one.title), cure)

    def _tell_twin(self, row: TableRow) -> None:
        """The same thing said twice in one file."""
        if not self._table.identity or row.part_of is not None:
            return
        key = tuple(_plain(row.values.get(name)) for name in self._table.identity)
        if any(one is None for one in key):
            return
        first = self._firsts.setdefault(key, row.row)
        if first != row.row:
            titles = listed(self._table.field(name).title for name in self._table.identity)
            what = say("{titles}与第 {first} 行相同。", titles=titles, first=first)
            self._reading.tell(row, self._table.identity[0], what, say("请只留一行。"))

    def _unread_row(self, number: int, cells: Sequence[Cell]) -> None:
        sample = " ".join(text_of(cell) for cell in cells if cell != "" and not is_picture(cell))[:80]
        self._reading.unread.append(Unread("row", self._sheet.name, say("第 {row} 行", row=number), sample=sample))

    def _name_rest(self) -> None:
        """Pictures, times, bare numbers: one line each, with the first cells; and what somebody marked."""
        name = self._sheet.name
        self._reading.unread.extend(marks_told(self._head))
        if self._pictures:
            self._reading.unread.append(
                Unread("picture", name, cells_told(self._pictures), say("单元格里的图片"), count=len(self._pictures))
            )
        if self._sheet.pictures:
            self._reading.unread.append(Unread("picture", name, "", say("浮在表上的图片"), count=self._sheet.pictures))
        if self._times:
            self._reading.unread.append(Unread("time", name, cells_told(self._times), count=len(self._times)))
        if self._serials:
            cells = cells_told([cell for cell, _ in self._serials])
            self._reading.unread.append(
                Unread("serial", name, cells, sample=self._serials[0][1], count=len(self._serials))
            )


def _plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value
