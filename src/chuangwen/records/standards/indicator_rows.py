"""The rows of an indicator table one by one: what belongs to which content, and what does not add up."""

import difflib
import re
from dataclasses import dataclass, field
from decimal import Decimal

from chuangwen.kernel.cells import Cell, day_of, lines_of, text_of
from chuangwen.kernel.chinese import bare
from chuangwen.kernel.headings import Heading
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.sheets import Sheet
from chuangwen.kernel.words import later, listed, say
from chuangwen.records.standards.indicator_cells import (
    METHOD_WORDS,
    Code,
    Methods,
    code_cell,
    read_code,
    read_materials,
    read_methods,
    read_points,
    read_units,
    stated_points,
)

_TOTAL = re.compile(r"(?:合\s*计|总\s*计|小\s*计|总\s*分)")
_REMARK = re.compile(r"(?:注|备注|说明|填表说明|填报说明|附注|填表人|制表)[:：]")


@dataclass(frozen=True)
class Place:
    """An item or a content: its code, title, where it first stands, the item above it, the points stated for it."""

    code: str
    title: str
    parent: str
    sheet: str
    row: int
    points: Decimal | None = None


@dataclass
class Standard:
    """One standard as the table gives it; ``points`` is None and ``methods`` empty where the table does not say."""

    code: str
    text: str
    item: str
    content: str
    sheet: str
    row: int
    points: Decimal | None = None
    methods: Methods = field(default_factory=Methods)
    lead_unit: str = ""
    assisting: list[str] = field(default_factory=list)
    person: str = ""
    materials: list[str] = field(default_factory=list)
    due: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, object]:
        return {
            **{name: getattr(self, name) for name in ("code", "text", "item", "content", "sheet", "row")},
            "points": None if self.points is None else f"{self.points:f}",
            "methods": {name: f"{share:f}" for name, share in self.methods.shares.items()},
            **{name: getattr(self, name) for name in ("lead_unit", "assisting", "person", "materials", "due", "note")},
        }


@dataclass
class Row:
    """A row of a sheet seen through its heading."""

    sheet: str
    number: int
    cells: list[Cell]
    heading: Heading

    def cell(self, name: str) -> Cell:
        index = self.heading.index(name)
        return self.cells[index] if index is not None and index < len(self.cells) else ""

    def text(self, name: str) -> str:
        return text_of(self.cell(name))


class SheetRows:
    """Reads sheet after sheet into one tree; ``problems`` grows by the way."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.items: list[Place] = []
        self.contents: list[Place] = []
        self.standards: list[Standard] = []
        self._by_title: dict[tuple[str, str], Place] = {}
        self._codes: dict[str, int] = {}
        self._texts: dict[tuple[str, str], Standard] = {}
        self._item: Place | None = None
        self._content: Place | None = None
        self._unbound = 0
        self._current: tuple[int, Standard] | None = None

    def read(self, sheet: Sheet, heading: Heading) -> None:
        """Take in all rows below the heading of one sheet."""
        full = sheet.filled()
        self._current = None
        text_field = "standard" if "standard" in heading.columns else "content"
        joined = sheet.merged_down(heading.index(text_field) or 0)
        shared = sheet.merged_down(heading.index("points") or 0) if "points" in heading.columns else {}
        first_standard = len(self.standards)
        for number, cells in full.numbered(after=heading.last_row):
            row = Row(sheet.name, number, cells, heading)
            if self._is_aside(row, text_field):
                continue
            self._place(row)
            before = joined.get(number)
            if before is not None and before != number and self._current and self._current[0] == before:
                self._more(self._current[1], row)
                continue
            standard = self._standard(row, text_field)
            if standard:
                self._current = (joined.get(number, number), standard)
        self._share_out(self.standards[first_standard:], shared, heading)

    def finish(self) -> None:
        """Check what only the whole table shows: stated points against their sums."""
        for place in (*self.items, *self.contents):
            below = [s.points for s in self.standards if place.code in (s.item, s.content)]
            known = [points for points in below if points is not None]
            if place.points is not None and len(known) == len(below) and sum(known) != place.points:
                self._tell_sum(place.sheet, place.row, place.title, place.points, sum(known, Decimal(0)))

    def _is_aside(self, row: Row, text_field: str) -> bool:
        """A total, a remark, a repeated heading: no standard. Totals are checked against the sum so far."""
        words = [text_of(cell) for cell in row.cells if cell != ""]
        first = words[0] if words else ""
        if _REMARK.match(first) and len(set(words)) == 1:
            return True
        if row.heading.title(text_field) and bare(row.text(text_field)) == bare(row.heading.title(text_field)):
            return True
        if not any(_TOTAL.match(bare(word)) and len(bare(word)) <= 8 for word in words[:3]):
            return False
        stated = read_points(row.cell("points"))
        self._check_total(row, stated, first)
        return True

    def _check_total(self, row: Row, stated: Decimal | None, word: str) -> None:
        within = "小" in word
        rows = [s for s in self.standards if s.sheet == row.sheet or not within]
        if within and self._item:
            rows = [s for s in rows if s.item == self._item.code]
        known = [s.points for s in rows if s.points is not None]
        if stated is not None and len(known) == len(rows) and rows and sum(known) != stated:
            self._tell_sum(row.sheet, row.number, word, stated, sum(known, Decimal(0)))

    def _tell_sum(self, sheet: str, row: int, title: str, stated: Decimal, found: Decimal) -> None:
        self.problems.add(
            file=sheet,
            row=row,
            column=say("分值"),
            what=say("“{title}”写明 {stated} 分，各条标准相加是 {found} 分。", title=title, stated=stated, found=found),
            cure=say("请核对各条标准的分值，或改正写明的总分。"),
        )

    def _place(self, row: Row) -> None:
        """Follow the item and the content down the rows; an empty cell means the one above goes on."""
        title = row.text("item")
        if title:
            self._item = self._known(title, None, row)
        if self._item is None:
            self._item = self._known(later("全部"), None, row)
        if "standard" not in row.heading.columns:
            self._content = None
            return
        title = row.text("content")
        if title:
            self._content = self._known(title, self._item, row)
        elif self._content is None or self._content.parent != self._item.code:
            self._content = self._known(self._item.title, self._item, row)

    def _known(self, title: str, parent: Place | None, row: Row) -> Place:
        key = (parent.code if parent else "", bare(title))
        if key in self._by_title:
            return self._by_title[key]
        points, plain = stated_points(title)
        code, rest = read_code(plain)
        brothers = self.contents if parent else self.items
        above = parent.code if parent else ""
        count = 1 + sum(1 for place in brothers if place.parent == above)
        place = Place(
            code=self._code(code, above, count, row),
            title=rest or plain,
            parent=above,
            sheet=row.sheet,
            row=row.number,
            points=points,
        )
        brothers.append(place)
        self._by_title[key] = place
        return place

    def _code(self, code: Code, parent: str, count: int, row: Row) -> str:
        """A code that is its own: as written, or made from the one above and a number."""
        wanted = code.full or (f"{parent}-{code.own or count}" if parent else str(code.own or count))
        if wanted not in self._codes:
            self._codes[wanted] = row.number
            return wanted
        if code.full:
            self.problems.add(
                file=row.sheet,
                row=row.number,
                column=row.heading.title("code") or say("编号"),
                what=say("编号 {code} 与第 {first} 行重复。", code=wanted, first=self._codes[wanted]),
                cure=say("请给这一行换一个编号。"),
            )
        free = count
        base = code.full or parent
        while f"{base}-{free}" in self._codes:
            free += 1
        self._codes[f"{base}-{free}"] = row.number
        return f"{base}-{free}"

    def _standard(self, row: Row, text_field: str) -> Standard | None:
        item, content = self._item, self._content
        points, text = stated_points(lines_of(row.cell(text_field)))
        code, rest = read_code(text)
        if not bare(rest):
            self._tell_empty(row, text_field)
            return None
        parent = content.code if content else (item.code if item else "")
        written = row.text("code")
        brothers = 1 + sum(1 for s in self.standards if (s.content or s.item) == parent)
        standard = Standard(
            code=self._code(code_cell(written) if written and not code.full else code, parent, brothers, row),
            text=rest,
            item=item.code if item else "",
            content=content.code if content else "",
            sheet=row.sheet,
            row=row.number,
            points=points,
        )
        self._fill(standard, row, given=points)
        self._tell_twin(standard, row, parent)
        self.standards.append(standard)
        return standard

    def _tell_empty(self, row: Row, text_field: str) -> None:
        if any(row.text(name) for name in ("methods", "points", "lead", "materials")):
            title = row.heading.title(text_field)
            self.problems.add(
                file=row.sheet,
                row=row.number,
                column=title,
                what=say("这一行有分值或方法，但“{title}”是空的。", title=title),
                cure=say("请补上标准的文字，或删去这一行。"),
            )

    def _tell_twin(self, standard: Standard, row: Row, parent: str) -> None:
        twin = self._texts.setdefault((parent, bare(standard.text)), standard)
        if twin is not standard:
            self.problems.add(
                file=row.sheet,
                row=row.number,
                column=row.heading.title("standard"),
                what=say("这条标准与第 {first} 行重复。", first=twin.row),
                cure=say("请删去其中一行，或改成不同的标准。"),
            )

    def _fill(self, standard: Standard, row: Row, *, given: Decimal | None) -> None:
        standard.points = self._points(row, given)
        standard.methods = self._methods(row)
        leads, others = read_units(row.cell("lead")), read_units(row.cell("assisting"))
        named = leads or others
        standard.lead_unit = named[0] if named else ""
        standard.assisting = [unit for unit in (*leads, *others) if unit != standard.lead_unit]
        standard.person = row.text("person")
        standard.materials = read_materials(row.cell("materials"))
        due = row.cell("due")
        day = day_of(due)
        standard.due = day.isoformat() if day else text_of(due)
        standard.note = lines_of(row.cell("note"))

    def _points(self, row: Row, given: Decimal | None) -> Decimal | None:
        if "points" not in row.heading.columns:
            return given
        cell = row.cell("points")
        points = read_points(cell) if cell != "" else given
        if points is None or not 0 < points <= 1000:
            title = row.heading.title("points")
            said = text_of(cell)
            self.problems.add(
                file=row.sheet,
                row=row.number,
                column=title,
                what=say("分值“{said}”不是大于 0 的数。", said=said) if said else say("没有填分值。"),
                cure=say("请填一个大于 0 的数，例如 1.5。"),
            )
            return None
        return points

    def _methods(self, row: Row) -> Methods:
        methods = read_methods(row.cell("methods"))
        title = row.heading.title("methods")
        known = [word for words in METHOD_WORDS.values() for word in words]
        for word in methods.unknown:
            near = difflib.get_close_matches(word[:20], known, n=2, cutoff=0.4) or [
                words[0] for words in METHOD_WORDS.values()
            ]
            self.problems.add(
                file=row.sheet,
                row=row.number,
                column=title,
                what=say("不认识的测评方法“{word}”。", word=word[:30]),
                cure=say("请改成：{near}。", near=listed(near)),
            )
        if methods.stated_sum is not None and methods.stated_sum != 100:
            self.problems.add(
                file=row.sheet,
                row=row.number,
                column=title,
                what=say("各种方法的占比相加是 {found}，不是 100。", found=methods.stated_sum),
                cure=say("请改成相加等于 100%。"),
            )
        if "methods" in row.heading.columns and not methods.shares and not methods.unknown:
            self.problems.add(
                file=row.sheet,
                row=row.number,
                column=title,
                what=say("没有填测评方法。"),
                cure=say("请填一种或几种：{near}。", near=listed(words[0] for words in METHOD_WORDS.values())),
            )
        return methods

    def _more(self, standard: Standard, row: Row) -> None:
        """A further row of the same standard (its text cell is merged over both): more units, materials, notes."""
        units = [*read_units(row.cell("lead")), *read_units(row.cell("assisting"))]
        fresh = [unit for unit in units if unit != standard.lead_unit and unit not in standard.assisting]
        standard.assisting.extend(fresh)
        more = read_materials(row.cell("materials"))
        standard.materials.extend(material for material in more if material not in standard.materials)
        note = lines_of(row.cell("note"))
        if note and note not in standard.note:
            standard.note = f"{standard.note}\n{note}".strip()
        methods = read_methods(row.cell("methods"))
        if set(methods.shares) - set(standard.methods.shares):
            names = dict.fromkeys((*standard.methods.shares, *methods.shares))
            words = "、".join(METHOD_WORDS[name][0] for name in names)
            standard.methods = read_methods(words)

    def _share_out(self, standards: list[Standard], shared: dict[int, int], heading: Heading) -> None:
        """Points of one merged cell belong to all its standards together: parted evenly, and told."""
        groups: dict[int, list[Standard]] = {}
        for standard in standards:
            if standard.row in shared:
                groups.setdefault(shared[standard.row], []).append(standard)
        for group in groups.values():
            points = group[0].points
            if len(group) < 2 or points is None:
                continue
            for standard in group:
                standard.points = _even(points, len(group))
            group[-1].points = points - sum((s.points or Decimal(0) for s in group[:-1]), Decimal(0))
            self.problems.add(
                file=group[0].sheet,
                row=group[0].row,
                column=heading.title("points"),
                what=say(
                    "{points} 分的合并单元格由 {count} 条标准共用，暂按平均拆分。", points=points, count=len(group)
                ),
                cure=say("请取消合并，给每条标准填自己的分值。"),
            )


def _even(points: Decimal, count: int) -> Decimal:
    return Decimal(f"{(points / count).quantize(Decimal('0.0001')).normalize():f}")
