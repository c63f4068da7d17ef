"""Which column of a sheet holds which field: known, chosen by hand, asked where it is a guess, one of two, or hidden."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chuangwen.kernel.cells import Cell, cell_name, column_name, text_of
from chuangwen.kernel.chinese import bare
from chuangwen.kernel.heading_likeness import SURE
from chuangwen.kernel.headings import Column, Heading, find_heading, heading_at
from chuangwen.kernel.sheets import Sheet
from chuangwen.kernel.tables.cells import is_picture
from chuangwen.kernel.tables.declared import Kind, Table
from chuangwen.kernel.tables.scales import scale_of
from chuangwen.kernel.tables.telling import Option, Question, Unread, spans_told
from chuangwen.kernel.words import listed, say

_SAMPLE = 40
_GUESSED = 0.6
_JOINED = frozenset({Kind.TEXT, Kind.LONG})
_COUNTED = frozenset({Kind.NUMBER, Kind.WHOLE})


@dataclass(frozen=True)
class Said:
    """What a person has decided: answers by question, the row of a sheet's heading, columns (None: not in the table)."""

    answers: Mapping[str, str] = field(default_factory=dict)
    heading_rows: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)


@dataclass
class Head:
    """The head of one sheet as it is read: columns by field; ``joined`` are further columns whose texts are added.

    ``scales``: what the numbers of a field are multiplied by, where a person said that its heading's unit holds.
    """

    sheet: Sheet
    number: int
    heading: Heading
    joined: dict[str, list[int]] = field(default_factory=dict)
    scales: dict[str, int] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    @property
    def columns(self) -> dict[str, int]:
        """Field -> column counted from 0."""
        return {name: column.index for name, column in self.heading.columns.items()}

    def title(self, name: str) -> str:
        """A column as people find it: its letter and its heading."""
        column = self.heading.columns.get(name)
        return _column_told(column.index, column.heading) if column else ""

    @property
    def data(self) -> Sequence[list[Cell]]:
        """The rows below the head."""
        return self.sheet.rows[self.heading.last_row :]


def head_of(sheet: Sheet, number: int, table: Table, said: Said) -> Head:
    """The head of a sheet, with what must be asked about its columns and what they leave unread."""
    row = said.heading_rows.get(sheet.name)
    heading = heading_at(sheet, table.words, row) if row else find_heading(sheet, table.words)
    by_hand = said.columns.get(sheet.name, {})
    if by_hand:
        heading = _by_hand(sheet, heading, by_hand)
    head = Head(sheet, number, _with_spare(_with_guesses(heading, table), table))
    heading = head.heading
    if table.fits(heading.columns):
        _ask_doubles(head, table, said, by_hand)
        _ask_guesses(head, table, said, by_hand)
        _ask_hidden(head, table, said, by_hand)
        _ask_units(head, table, said)
        _name_unread(head)
    return head


def _with_guesses(heading: Heading, table: Table) -> Heading:
    """The head with columns that may hold a field which no other column holds: to be asked about.

    A column that another field only resembles is rather this one's.
    """
    for one in table.fields:
        words = {bare(word) for word in one.guesses} if one.id not in heading.columns else ()
        unsure = [column for column in heading.columns.values() if column.confidence < SURE]
        found = [column for column in (*unsure, *heading.rest) if bare(column.heading) in words]
        if found:
            guessed = [replace(column, field=one.id, confidence=_GUESSED, doubt="") for column in found]
            columns = {name: column for name, column in heading.columns.items() if column not in found}
            rest = [column for column in heading.rest if column not in found]
            heading = replace(heading, columns={**columns, one.id: guessed[0]}, rest=(*rest, *guessed[1:]))
    return heading


def _with_spare(heading: Heading, table: Table) -> Heading:
    """The head with a column of another field for one that has none of its own and goes by that heading too."""
    for one in table.fields:
        words = {bare(word) for word in one.spare} if one.id not in heading.columns else ()
        found = next((column for column in heading.columns.values() if bare(column.heading) in words), None)
        if found:
            columns = {name: column for name, column in heading.columns.items() if name != found.field}
            heading = replace(heading, columns={**columns, one.id: replace(found, field=one.id)})
    return heading


def headless(sheet: Sheet, table: Table) -> Head | None:
    """A pasted table without its head, its columns in the table's own order; None where it has other columns."""
    width = max((len(cells) for cells in sheet.rows), default=0)
    needed = [place for place, name in enumerate(table.order) if table.field(name).required]
    if not table.order or width > len(table.order) or width <= max(needed, default=0):
        return None
    columns = {name: Column(name, place, "", 1.0) for place, name in enumerate(table.order) if place < width}
    return Head(sheet, 0, Heading(sheet.name, 0, 0, columns))


def _by_hand(sheet: Sheet, heading: Heading, columns: Mapping[str, int | None]) -> Heading:
    """The head with a person's columns, called as the sheet calls them."""
    changed = heading.corrected(columns)
    named = {
        name: replace(column, heading=_name_at(sheet, heading, column.index) or column.heading)
        for name, column in changed.columns.items()
    }
    used = {column.index for column in named.values()}
    left = [one for one in heading.columns.values() if one.index not in used]
    rest = tuple(one for one in heading.rest if one.index not in used)
    return replace(changed, columns=named, rest=(*rest, *left))


def _name_at(sheet: Sheet, heading: Heading, index: int) -> str:
    parts = (text_of(sheet.value(row, index)) for row in range(heading.last_row, heading.first_row - 1, -1))
    return next((part for part in parts if part), "")


def _ask_doubles(head: Head, table: Table, said: Said, by_hand: Mapping[str, int | None]) -> None:
    """A second column that goes by the name of a field: which of them, unless they say the same or a person has chosen."""
    for name in [name for name in head.heading.columns if name not in by_hand]:
        column = head.heading.columns[name]
        if column.confidence < SURE:
            continue
        twins = [one for one in head.heading.rest if one.field == name and one.confidence >= SURE]
        twins = [one for one in twins if not _agrees(head, column.index, one.index)]
        if not twins:
            continue
        places = sorted([column.index, *(one.index for one in twins)])
        options = [Option(column_name(place), _option_told(head, place)) for place in places]
        if table.field(name).kind in _JOINED:
            options.append(Option("all", say("都要，合在一起")))
        question = _asked(head, f"double.{head.number}.{name}", options, said)
        what = say("“{title}”有 {n} 列，读哪一列？", title=table.field(name).title, n=len(places))
        head.questions.append(replace(question, what=what))
        if question.answer == "all":
            head.joined[name] = [place for place in places if place != column.index]
        elif question.answer:
            chosen = next(place for place in places if column_name(place) == question.answer)
            _choose(head, name, chosen)


def _ask_guesses(head: Head, table: Table, said: Said, by_hand: Mapping[str, int | None]) -> None:
    """A column whose heading only contains or resembles the name of a field is read by a person's word alone.

    Until then the trial shows a guess; one that something in the heading speaks against is not even shown as read, unless
    the sheet is no such table without it.
    """
    for name, column in list(head.heading.columns.items()):
        if name in by_hand or column.confidence >= SURE:
            continue
        offers = [column, *(one for one in head.heading.rest if one.field == name and one.confidence < SURE)]
        offers = [one for one in offers if _sample(head, one.index)[0]]
        if not offers:
            _set_aside(head, table, name)
            continue
        places = sorted(one.index for one in offers)
        options = [Option(column_name(place), _guess_told(head, offers, place)) for place in places]
        options.append(Option("leave", say("不是，不读") if len(places) == 1 else say("都不是，不读")))
        question = _asked(head, f"guess.{head.number}.{name}", options, said)
        title = table.field(name).title
        what = (
            say("“{heading}”这一列是不是“{title}”？", heading=offers[0].heading, title=title)
            if len(places) == 1
            else say("没有叫“{title}”的列。这几列里哪一列是？", title=title)
        )
        head.questions.append(replace(question, what=what))
        if question.answer == "leave":
            _drop(head, name)
        elif question.answer:
            _choose(head, name, next(place for place in places if column_name(place) == question.answer))
        elif column.doubt:
            _set_aside(head, table, name)


def _ask_units(head: Head, table: Table, said: Said) -> None:
    """Numbers that stand in different units by their headings (千人, 人): converted, or read as they are."""
    numbers = [one for one in table.fields if one.kind in _COUNTED and one.id in head.heading.columns]
    scales = {one.id: scale_of(head.heading.title(one.id)) for one in numbers}
    if set(scales.values()) <= {1} or (len(scales) > 1 and len(set(scales.values())) == 1):
        return
    options = [Option("convert", say("按表头的单位换算")), Option("plain", say("不换算，照表里的数读"))]
    question = _asked(head, f"unit.{head.number}", options, said)
    what = say("表头写的单位不是一个一个的数：{titles}。怎么读？", titles=listed(head.title(one.id) for one in numbers))
    head.questions.append(replace(question, what=what))
    if question.answer == "convert":
        head.scales = {name: scale for name, scale in scales.items() if scale != 1}


def _set_aside(head: Head, table: Table, name: str) -> None:
    """Leave a field's column unread, if the sheet is still such a table without it."""
    if table.fits([one for one in head.heading.columns if one != name]):
        _drop(head, name)


def _drop(head: Head, name: str) -> None:
    columns = dict(head.heading.columns)
    column = columns.pop(name)
    head.heading = replace(head.heading, columns=columns, rest=(*head.heading.rest, column))


def _guess_told(head: Head, offers: Sequence[Column], place: int) -> str:
    heading = next(one.heading for one in offers if one.index == place)
    return say("“{heading}”（{column}）", heading=heading, column=_option_told(head, place))


def _choose(head: Head, name: str, place: int) -> None:
    """Another column for a field; the one it had goes among the rest."""
    before = head.heading.columns[name]
    if before.index == place:
        return
    chosen = next(one for one in head.heading.rest if one.index == place)
    rest = tuple(one for one in head.heading.rest if one.index != place)
    columns = {**head.heading.columns, name: replace(chosen, field=name)}
    head.heading = replace(head.heading, columns=columns, rest=(*rest, before))


def _ask_hidden(head: Head, table: Table, said: Said, by_hand: Mapping[str, int | None]) -> None:
    """Columns and rows that the person who sends the file may not see."""
    for name, column in list(head.heading.columns.items()):
        if column.index in head.sheet.hidden_columns and name not in by_hand and _sample(head, column.index)[0]:
            asked = {f"double.{head.number}.{name}", f"guess.{head.number}.{name}"}
            if any(one.id in asked for one in head.questions):
                continue
            options = [Option("read", say("读")), Option("leave", say("不读"))]
            question = _asked(head, f"hidden.{head.number}.{name}", options, said)
            what = say("{column} 列在表里是隐藏的，要读吗？", column=_column_told(column.index, column.heading))
            head.questions.append(replace(question, what=what))
            if question.answer == "leave":
                _drop(head, name)
    _ask_rows(head, said, "rows", say("这些行在表里是隐藏的或被筛掉的，要读吗？"), head.sheet.hidden_rows)
    _ask_rows(head, said, "struck", say("这些行在表里是划掉的，要读吗？"), struck_rows(head))


def _ask_rows(head: Head, said: Said, key: str, what: str, marked: Collection[int]) -> None:
    rows = (
        tuple(number for number, _cells in head.sheet.numbered(after=head.heading.last_row) if number in marked)
        if marked
        else ()
    )
    if rows:
        options = [Option("read", say("读")), Option("leave", say("不读"))]
        question = _asked(head, f"{key}.{head.number}", options, said)
        head.questions.append(replace(question, what=what, rows=rows))


def struck_rows(head: Head) -> frozenset[int]:
    """The rows of which at least half of what is read is struck out."""
    struck = head.sheet.marks.struck
    if not struck:
        return frozenset()
    found = set[int]()
    for number, cells in head.sheet.numbered(after=head.heading.last_row):
        filled = [cell_name(number, place) for place in head.columns.values() if _at(cells, place) != ""]
        if filled and 2 * sum(one in struck for one in filled) >= len(filled):
            found.add(number)
    return frozenset(found)


def _asked(head: Head, key: str, options: Sequence[Option], said: Said) -> Question:
    answer = said.answers.get(key, "")
    return Question(
        id=key,
        what="",
        options=tuple(options),
        sheet=head.sheet.name,
        answer=answer if answer in {one.value for one in options} else "",
    )


def _agrees(head: Head, one: int, other: int) -> bool:
    """Whether the second column says nothing, or never anything else than the first."""
    pairs = ((text_of(_at(cells, one)), text_of(_at(cells, other))) for cells in head.data)
    return all(second in {"", first} for first, second in pairs)


def _option_told(head: Head, place: int) -> str:
    _, sample = _sample(head, place)
    hidden = say("（隐藏）") if place in head.sheet.hidden_columns else ""
    return say("{column} 列{hidden}，如“{sample}”", column=column_name(place), hidden=hidden, sample=sample)


def _name_unread(head: Head) -> None:
    """Columns that no field takes, and what stands above the head."""
    used = {*head.columns.values(), *(place for places in head.joined.values() for place in places)}
    titles = {one.index: one.heading for one in head.heading.rest}
    width = max((len(cells) for cells in head.data), default=0)
    for place in range(width):
        if place in used:
            continue
        count, sample = _sample(head, place)
        if count:
            where = _column_told(place, "")
            head.unread.append(Unread("column", head.sheet.name, where, titles.get(place, ""), sample, count))
    first, last = head.heading.first_row, head.heading.last_row
    if last > first:
        told = dict.fromkeys(text_of(cell) for row in head.sheet.rows[first - 1 : last] for cell in row)
        where = say("第 {rows} 行", rows=spans_told(range(first, last + 1)))
        sample = " ".join(filter(None, told))[:80]
        head.unread.append(Unread("head", head.sheet.name, where, sample=sample, count=last - first + 1))
    for row in range(1, head.heading.first_row):
        texts = [text_of(cell) for cell in head.sheet.rows[row - 1] if text_of(cell)]
        if texts:
            where = say("第 {row} 行", row=row)
            head.unread.append(Unread("above", head.sheet.name, where, sample=" ".join(texts)[:80], count=len(texts)))


def _sample(head: Head, place: int) -> tuple[int, str]:
    """How many cells of a column are filled, and the first of them."""
    count, sample = 0, ""
    for cells in head.data:
        cell = _at(cells, place)
        if cell != "" and (text := text_of(cell)):
            sample = sample or (say("图片") if is_picture(cell) else text)
            count += 1
    return count, sample[:_SAMPLE]


def _at(cells: Sequence[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else ""


def _column_told(place: int, heading: str) -> str:
    letters = column_name(place)
    return (
        say("{letters} 列“{heading}”", letters=letters, heading=heading)
        if heading
        else say("{letters} 列", letters=letters)
    )
