"""The observation table of a third-party team: read, matched to sites and checks, judged, all problems told."""

import datetime
import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from chuangwen.kernel.cells import Cell, clock_of, day_of, lines_of, text_of
from chuangwen.kernel.chinese import bare
from chuangwen.kernel.headings import Heading, find_heading
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import Sheet, Workbook, cell_problems
from chuangwen.kernel.words import later, listed, say
from chuangwen.records.measures.observation_cells import OBSERVATION_HEADINGS, SUPERSEDED

_NEAREST_AT_MOST = 200
_TOTALS = ("合计", "总计", "小计")


class NoObservationTable(Refusal):
    code = "no_observation_table"
    sentence = later(
        "“{name}”里没有找到观测表：前 30 行中没有“点位”“考察内容”“结果”这样的表头。请检查文件，或手工指定各列。"
    )
    status = 422


class Unreadable(Exception):
    """What a rule's reader raises for a result it cannot take: ``what`` is wrong and its ``cure``."""

    def __init__(self, what: str, cure: str = "") -> None:
        self.what, self.cure = what, cure
        super().__init__(what)


@dataclass(frozen=True)
class KnownSite:
    """A site of the register: what a row is matched against."""

    code: str
    name: str
    type_code: str
    type_name: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownCheck:
    """A check of the edition: its code, its text, the types of sites it is made at (empty: all)."""

    code: str
    text: str
    site_types: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judged:
    """What a rule makes of a result: whole ten-thousandths 0..10000, or ``applicable`` False; counts where it has any."""

    value: int
    passed: int | None = None
    total: int | None = None
    applicable: bool = True


class Judge(Protocol):
    """Judges what stands in 结果 and in 次数/总数 by the rule of one check: ``Judged``, or raises Unreadable."""

    def __call__(self, check: str, result: str, quantity: str, /) -> Judged: ...


@dataclass(frozen=True)
class ObservationRow:
    """One row understood: which site, which check, what was found, when and by whom. ``site`` and ``check`` are codes."""

    sheet: str
    row: int
    site_text: str
    type_text: str
    check_text: str
    result_text: str
    quantity: str
    site: str
    check: str
    value: int
    applicable: bool
    passed: int | None
    total: int | None
    when: datetime.date
    clock: datetime.time | None
    who: str
    note: str
    photo: str
    stands: bool


@dataclass(frozen=True)
class TableReading:
    """A table read: the headings as guessed, the rows that can be taken in, and all that is wrong with the others."""

    name: str
    headings: tuple[Heading, ...]
    rows: tuple[ObservationRow, ...]
    problems: Problems = field(default_factory=Problems)


def guess_observation_columns(sheet: Sheet) -> Heading:
    """Guess which column holds what; a heading without columns where it is no such table."""
    return find_heading(sheet, OBSERVATION_HEADINGS)


def is_observation_table(heading: Heading) -> bool:
    """Whether it says where, what and with which result."""
    columns = heading.columns
    return "site" in columns and "check" in columns and ("result" in columns or "count" in columns)


@dataclass(frozen=True)
class Register:
    """What the rows are matched against and judged by, and the day that stands for a missing date (None: required)."""

    sites: Sequence[KnownSite]
    checks: Sequence[KnownCheck]
    judge: Judge
    day: datetime.date | None = None
    latest: datetime.date | None = None


def read_observations(book: Workbook, register: Register, headings: Sequence[Heading] | None = None) -> TableReading:
    """Read every shown sheet that has an observation heading; NoObservationTable where none has.

    Pure: nothing is written. A row is either among ``rows`` or told in ``problems`` (whose file is the sheet's name);
    a row that repeats an earlier one (same site, check, day and person) is a problem.
    """
    if headings is None:
        headings = [guess_observation_columns(sheet) for sheet in book.shown]
    usable = [heading for heading in headings if is_observation_table(heading)]
    if not usable:
        raise NoObservationTable(name=book.name)
    sheets = {sheet.name: sheet for sheet in book.sheets}
    problems = Problems()
    reader = _RowReader(register, problems)
    for heading in usable:
        sheet = sheets.get(heading.sheet)
        if sheet is None:
            raise NoObservationTable(name=book.name)
        for problem in cell_problems(book, sheet):
            problems.add(file=sheet.name, row=problem.row, column=problem.column, what=problem.what, cure=problem.cure)
        reader.read(sheet, heading)
    return TableReading(name=book.name, headings=tuple(usable), rows=tuple(reader.rows), problems=problems)


class _Names:
    """Codes and names to things: by code, by exact name, by bare name; near names for what is unknown."""

    def __init__(self, entries: Sequence[tuple[str, Sequence[str]]]) -> None:
        self._places: dict[str, set[str]] = {}
        self._spoken: list[str] = []
        self._near: dict[str, list[str]] = {}
        for code, names in entries:
            self._spoken.append(names[0] if names else code)
            for name in (code, *names):
                for spelling in {name, bare(name)}:
                    self._places.setdefault(spelling, set()).add(code)

    def codes(self, text: str) -> set[str]:
        """The codes that a text may mean; empty where none, several where it is not clear."""
        return self._places.get(text) or self._places.get(bare(text)) or self._by_first_word(text)

    def _by_first_word(self, text: str) -> set[str]:
        """ "P06-001 东门市场" and "东门市场（P06-001）" name a code beside the name."""
        words = text.replace("（", " ").replace("）", " ").replace("(", " ").replace(")", " ").split()
        for word in (words[0], words[-1]) if len(words) > 1 else ():
            if any(c.isdigit() for c in word) and word in self._places:
                return self._places[word]
        return set()

    def near(self, text: str) -> list[str]:
        """The three most alike names; looked up for at most 200 different texts of a file."""
        if text not in self._near:
            if len(self._near) >= _NEAREST_AT_MOST:
                return []
            self._near[text] = difflib.get_close_matches(text[:60], self._spoken, n=3, cutoff=0.4)
        return self._near[text]


class _RowReader:
    """Matches and judges row after row."""

    def __init__(self, register: Register, problems: Problems) -> None:
        self.rows: list[ObservationRow] = []
        self._problems = problems
        self._register = register
        self._sites = {site.code: site for site in register.sites}
        self._checks = {check.code: check for check in register.checks}
        self._site_names = _Names([(s.code, (s.name, *s.aliases)) for s in register.sites])
        self._check_names = _Names([(c.code, (c.text,)) for c in register.checks])
        self._type_codes = {bare(s.type_code): s.type_code for s in register.sites}
        self._type_codes |= {bare(s.type_name): s.type_code for s in register.sites if s.type_name}
        self._found_sites: dict[tuple[str, str], str | tuple[str, str]] = {}
        self._found_checks: dict[tuple[str, str], str | tuple[str, str]] = {}
        self._days: dict[Cell, datetime.date | None] = {}
        self._seen: dict[tuple[object, ...], tuple[str, int]] = {}

    def read(self, sheet: Sheet, heading: Heading) -> None:
        index = {name: column.index for name, column in heading.columns.items()}
        for number, cells in sheet.filled().numbered(after=heading.last_row):
            width = len(cells)
            row = {name: cells[at] if at < width else "" for name, at in index.items()}
            first = text_of(next(cell for cell in cells if cell != ""))
            if first.replace(" ", "").startswith(_TOTALS) or bare(text_of(row["site"])) == bare(heading.title("site")):
                continue
            self._row(sheet.name, number, row, heading)

    def _row(self, sheet: str, number: int, row: Mapping[str, Cell], heading: Heading) -> None:
        """Understand one row; whatever cannot be understood is told, and the row is left out."""
        before = len(self._problems)

        def tell(name: str, what: str, cure: str) -> None:
            self._problems.add(file=sheet, row=number, column=heading.title(name), what=what, cure=cure)

        site_text, type_text, check_text = (text_of(row.get(name, "")) for name in ("site", "site_type", "check"))
        site = self._told(self._site(site_text, type_text), "site", tell)
        check = self._told(self._check(check_text, site), "check", tell)
        when = self._when(row.get("when", ""), tell)
        result, quantity = _result_texts(row)
        judged = self._judged(check, result, quantity, tell) if check else None
        if len(self._problems) > before or judged is None or when is None:
            return
        who = text_of(row.get("who", ""))
        clock, stands = clock_of(row.get("when", "")), SUPERSEDED not in text_of(row.get("state", ""))
        if stands and self._is_twin((site, check, when, clock, who), (sheet, number), tell):
            return
        self.rows.append(
            ObservationRow(
                sheet=sheet,
                row=number,
                site_text=site_text,
                type_text=type_text,
                check_text=check_text,
                result_text=result or quantity,
                quantity=quantity,
                site=site,
                check=check,
                value=judged.value,
                applicable=judged.applicable,
                passed=judged.passed,
                total=judged.total,
                when=when,
                clock=clock,
                who=who,
                note=lines_of(row.get("note", "")),
                photo=text_of(row.get("photo", "")),
                stands=stands,
            )
        )

    def _is_twin(
        self,
        key: tuple[object, ...],
        place: tuple[str, int],
        tell: Callable[[str, str, str], None],
    ) -> bool:
        """Whether the same observation already stood in an earlier row; that is told."""
        first = self._seen.setdefault(key, place)
        if first == place:
            return False
        what = say("同一点位、同一内容、同一天、同一人已在“{sheet}”第 {first} 行填过。", sheet=first[0], first=first[1])
        tell("site", what, say("请删去其中一行。"))
        return True

    @staticmethod
    def _told(found: str | tuple[str, str], name: str, tell: Callable[[str, str, str], None]) -> str:
        if isinstance(found, str):
            return found
        tell(name, *found)
        return ""

    def _site(self, text: str, type_text: str) -> str | tuple[str, str]:
        """The code of the site, or what is wrong and the cure; looked up once for each pair of texts."""
        key = (text, type_text)
        if key not in self._found_sites:
            self._found_sites[key] = self._find_site(text, type_text)
        return self._found_sites[key]

    def _find_site(self, text: str, type_text: str) -> str | tuple[str, str]:
        if not text:
            return say("没有填点位。"), say("请填点位的名称或编号。")
        codes = self._site_names.codes(text)
        wanted = self._type_codes.get(bare(type_text)) if type_text else None
        fitting = {code for code in codes if wanted is None or self._sites[code].type_code == wanted}
        if len(fitting) == 1:
            return next(iter(fitting))
        if not codes:
            return say("点位名册里没有“{text}”。", text=text[:60]), self._near(self._site_names, text)
        if not fitting:
            site = self._sites[min(codes)]
            what = say("“{text}”的点位类型是{real}，表里写的是{said}。", text=text, real=site.type_name, said=type_text)
            return what, say("请改正点位类型，或改用点位编号。")
        return say("“{text}”有 {count} 个点位，分不清。", text=text, count=len(fitting)), say(
            "请改填点位编号：{codes}。", codes=listed(sorted(fitting)[:5])
        )

    def _check(self, text: str, site: str) -> str | tuple[str, str]:
        type_code = self._sites[site].type_code if site else ""
        key = (text, type_code)
        if key not in self._found_checks:
            self._found_checks[key] = self._find_check(text, type_code)
        return self._found_checks[key]

    def _find_check(self, text: str, type_code: str) -> str | tuple[str, str]:
        if not text:
            return say("没有填考察内容。"), say("请填考察内容的文字或编号。")
        codes = self._check_names.codes(text)
        if not codes:
            return say("测评体系里没有考察内容“{text}”。", text=text[:60]), self._near(self._check_names, text)
        fitting = {
            c
            for c in codes
            if not type_code or not self._checks[c].site_types or type_code in self._checks[c].site_types
        }
        if len(fitting) == 1:
            return next(iter(fitting))
        if not fitting:
            return say("“{text}”不在这类点位考察。", text=text[:60]), say("请核对点位和考察内容。")
        return say("“{text}”有 {count} 条考察内容，分不清。", text=text[:60], count=len(fitting)), say(
            "请改填编号：{codes}。", codes=listed(sorted(fitting)[:5])
        )

    @staticmethod
    def _near(names: _Names, text: str) -> str:
        near = names.near(text)
        if near:
            return say("您是不是要填：{near}？", near=listed(near))
        return say("请先把它登记进去，或改成登记过的名称。")

    def _when(self, cell: Cell, tell: Callable[[str, str, str], None]) -> datetime.date | None:
        if cell == "":
            day = self._register.day
        else:
            if cell not in self._days:
                self._days[cell] = day_of(cell)
            day = self._days[cell]
        latest = self._register.latest
        if day is None:
            said = text_of(cell)[:30]
            what = say("时间“{said}”不是日期。", said=said) if said else say("没有填时间。")
            tell("when", what, say("请写成 2021-10-14 这样的日期。"))
        elif latest is not None and day > latest:
            tell("when", say("时间 {day} 还没有到。", day=day.isoformat()), say("请核对日期。"))
        return day

    def _judged(self, check: str, result: str, quantity: str, tell: Callable[[str, str, str], None]) -> Judged | None:
        """What the rule of the check makes of both cells; each must be readable, and neither against the other."""
        if not result and not quantity:
            tell("result", say("没有填结果。"), say("请填结果，或次数/总数。"))
            return None
        try:
            return self._register.judge(check, result, quantity)
        except Unreadable as wrong:
            tell("result", wrong.what, wrong.cure)
            return None


def _result_texts(row: Mapping[str, Cell]) -> tuple[str, str]:
    """What was found, in words, and "18/20" or "3" where it was counted."""
    count, total = _number_text(row.get("count", "")), _number_text(row.get("total", ""))
    counted = f"{count}/{total}" if count and total and "/" not in count else count
    return _number_text(row.get("result", "")), counted


def _number_text(cell: Cell) -> str:
    """A cell's text; a share typed as a number keeps its digits, and "3/20", which Excel took for a day, comes back."""
    if isinstance(cell, datetime.date):
        return f"{cell.month}/{cell.day}"
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)).normalize():f}"
    return text_of(cell)
