"""The observation table of a third-party team: read by its declaration, matched to sites and checks. Judging is the action's."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chuangwen.kernel.answers import WIDE
from chuangwen.kernel.chinese import bare
from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Table, declared
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Names, Unknown
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.words import later, listed, say

OBSERVATION_TABLE: Table = declared(Path(__file__).parent / "tables" / "observations.toml")
SUPERSEDED = "已被取代"
"""What stands in 状态 of a row that counts no more, in our own export."""
_IN_FORCE = frozenset({"有效", "正常", "计分", "已提交", "已审核"})
_SHOWN = 60


@dataclass(frozen=True)
class KnownSite:
    """A site of the register: what a row is matched against."""

    code: str
    name: str
    type_code: str
    type_name: str = ""
    aliases: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class KnownCheck:
    """A check of the edition: its code, its text, the types of sites it is made at (empty: all)."""

    code: str
    text: str
    site_types: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Register:
    """What the rows are matched against."""

    sites: Sequence[KnownSite]
    checks: Sequence[KnownCheck]


@dataclass(frozen=True)
class ObservationRow:
    """One row understood and not judged. ``site`` and ``check`` are codes; ``stands`` False: superseded, by its own word."""

    read: TableRow
    site: str
    check: str
    result: str
    quantity: str
    when: datetime.date
    clock: datetime.time | None
    stands: bool

    @property
    def place(self) -> tuple[str, int]:
        return self.read.sheet, self.read.row


@dataclass(frozen=True)
class ObservationReading:
    """A table read: the rows that can be weighed, and the reading that tells all else."""

    reading: TableReading
    rows: Sequence[ObservationRow]


def read_observations(book: Workbook, register: Register, said: Said | None = None) -> ObservationReading:
    """Read every shown sheet that has an observation heading. Pure: nothing is judged, nothing is written."""
    reading = read_rows(book, OBSERVATION_TABLE, Around({}), said)
    matching = _Matching(register, reading)
    found = {row: matching.row(row) for row in reading.read}
    good = [one for row in reading.rows if (one := found[row]) is not None]
    return ObservationReading(reading, [one for one in good if matching.is_first(one)])


class _Matching:
    """Matches row after row; what cannot be matched is told."""

    def __init__(self, register: Register, reading: TableReading) -> None:
        self._reading = reading
        self._sites = {site.code: site for site in register.sites}
        self._checks = {check.code: check for check in register.checks}
        self._site_names = Names(
            later("点位名册"),
            [(s.code, (s.name, *s.aliases)) for s in register.sites],
            {s.code: (s.type_name, s.unit) for s in register.sites},
        )
        self._check_names = Names(later("测评体系的考察内容"), [(c.code, (c.text,)) for c in register.checks])
        self._types = {bare(s.type_code): s.type_code for s in register.sites}
        self._types |= {bare(s.type_name): s.type_code for s in register.sites if s.type_name}
        self._found: dict[tuple[str, str, str], str | Unknown] = {}
        self._seen: dict[tuple[object, ...], ObservationRow] = {}

    def row(self, row: TableRow) -> ObservationRow | None:
        """The row with its site and check; None where something cannot be matched."""
        site = self._told(row, "site", self._lookup("site", row.text("site"), row.text("site_type")))
        kind = self._sites[site].type_code if site else ""
        check = self._told(row, "check", self._lookup("check", row.text("check"), kind))
        result, quantity = _result_texts(row)
        self._check_total(row)
        self._check_state(row)
        if not result and not quantity and not self._is_told(row, "result", "count", "total", "problems"):
            self._reading.tell(row, "result", say("没有填结果。"), say("请填结果，或次数/总数。"))
        when = row.values.get("when")
        if "when" not in row.columns:
            what = say("这张表没有认出“时间”一列，不知道是哪一天看的。")
            self._reading.tell(row, "site", what, say("请加一列“时间”，或者在“手工指定各列”里指定。"))
        if not site or not check or not isinstance(when, datetime.date):
            return None
        timed = isinstance(when, datetime.datetime)
        return ObservationRow(
            read=row,
            site=site,
            check=check,
            result=result,
            quantity=quantity,
            when=when.date() if isinstance(when, datetime.datetime) else when,
            clock=when.time() if timed and isinstance(when, datetime.datetime) else None,
            stands=SUPERSEDED not in row.text("state"),
        )

    def _check_total(self, row: TableRow) -> None:
        """A count that names its own total has no room for another one."""
        count, total = (row.text(name).translate(WIDE).strip() for name in ("count", "total"))
        if total and "/" in count and count.rpartition("/")[2].strip() != total:
            what = say("次数“{count}”里的总数与总数“{total}”不一样。", count=count, total=total)
            self._reading.tell(row, "total", what, say("请核对原始记录，改成一样，或只写一处。"))

    def _check_state(self, row: TableRow) -> None:
        """A word of a state that says something else than that the row counts, or counts no more, is not passed over."""
        state = bare(row.text("state"))
        if state and SUPERSEDED not in state and state not in _IN_FORCE:
            what = say("不认识状态“{text}”，不知道这一行还算不算数。", text=row.text("state")[:_SHOWN])
            self._reading.tell(row, "state", what, say("算数的请留空，不算的请删去这一行。"))

    def is_first(self, row: ObservationRow) -> bool:
        """Whether no earlier row of the file is the same observation by the same person at the same time; else told."""
        key = (row.site, row.check, row.when, row.clock, row.read.text("who"))
        first = self._seen.setdefault(key, row) if row.stands else row
        if first is row:
            return True
        what = say(
            "同一点位、同一内容、同一天、同一人已在“{sheet}”第 {first} 行填过。",
            sheet=first.read.sheet,
            first=first.read.row,
        )
        self._reading.tell(row.read, "site", what, say("请删去其中一行。"))
        return False

    def _is_told(self, row: TableRow, *names: str) -> bool:
        """Whether one of these cells is filled (and was told to be wrong)."""
        return any(row.texts.get(name) for name in names)

    def _told(self, row: TableRow, name: str, found: str | Unknown | None) -> str:
        if isinstance(found, Unknown):
            self._reading.tell(row, name, found.what, found.cure)
        return found if isinstance(found, str) else ""

    def _lookup(self, name: str, text: str, beside: str) -> str | Unknown | None:
        """Looked up once for each pair of texts; None where nothing is said (which the reader has told)."""
        if not text:
            return None
        key = (name, text, beside)
        if key not in self._found:
            try:
                self._found[key] = self._site(text, beside) if name == "site" else self._check(text, beside)
            except Unknown as no:
                self._found[key] = no
        return self._found[key]

    def _site(self, text: str, type_text: str) -> str:
        """The code of the site that a name means, beside the type that the row says."""
        codes = self._site_names.codes(text)
        if not codes:
            raise self._site_names.unknown(text)
        wanted = self._types.get(bare(type_text))
        if type_text and wanted is None:
            near = listed(sorted({self._sites[code].type_name for code in codes}))
            raise Unknown(
                say("没有“{type}”这类点位。", type=type_text[:_SHOWN]),
                say("这个点位的类型是{near}；请改正，或留空。", near=near),
            )
        fitting = {code for code in codes if wanted is None or self._sites[code].type_code == wanted}
        if not fitting:
            real = self._sites[min(codes)].type_name
            what = say("“{text}”的点位类型是{real}，表里写的是{said}。", text=text, real=real, said=type_text)
            raise Unknown(what, say("请改正点位类型，或改用点位编号。"))
        return _only(fitting, say("“{text}”有 {count} 个点位，分不清。", text=text, count=len(fitting)))

    def _check(self, text: str, type_code: str) -> str:
        """The code of the check that a text means at a site of this type."""
        codes = self._check_names.codes(text)
        if not codes:
            raise self._check_names.unknown(text)
        fitting = {code for code in codes if self._fits(self._checks[code], type_code)}
        if not fitting:
            raise Unknown(say("“{text}”不在这类点位考察。", text=text[:_SHOWN]), say("请核对点位和考察内容。"))
        return _only(fitting, say("“{text}”有 {count} 条考察内容，分不清。", text=text[:_SHOWN], count=len(fitting)))

    @staticmethod
    def _fits(check: KnownCheck, type_code: str) -> bool:
        return not type_code or not check.site_types or type_code in check.site_types


def _only(codes: set[str], what: str) -> str:
    if len(codes) > 1:
        raise Unknown(what, say("请改填编号：{codes}。", codes=listed(sorted(codes)[:5])))
    return next(iter(codes))


def _result_texts(row: TableRow) -> tuple[str, str]:
    """What was found, in words, and "18/20" or "3" where it was counted."""
    count, total = row.text("count"), row.text("total")
    alone = row.text("problems") and not count  # a total over problems is told with them, see ``faults``
    counted = f"{count}/{total}" if total and "/" not in count and not alone else count
    return row.text("result"), counted
