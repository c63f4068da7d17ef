"""Figures that people see under a name: what each one means, and one as it stands on a page, in a table, in an answer.

A kind of figure is declared once, beside the query that computes it. Wherever it is shown it carries its id, whose it is
(scope), of which day or days, and its exact value; a crawl compares them all (docs/adr/0037).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chuangwen.kernel.numerals import Amount, fixed, of, percent, plain
from chuangwen.kernel.words import later, say

Form = Literal["count", "rate", "share", "points"]
TOWN = "town"
UNKNOWN = "unknown"
SCOPES = {
    TOWN: later("全镇"),
    "public": later("公开的"),
    "unit": later("本单位"),
    "person": later("本人"),
    "seen": later("本人看得到的"),
    "round": later("本轮"),
    "year": later("本年度"),
    "edition": later("本体系"),
}
PARTS = ("figure", "scope", "day", "value")  # what every figure carries, in HTML behind ``data-``


@dataclass(frozen=True)
class FigureKind:
    """What a figure means. ``meaning`` is its definition in a sentence, ``opens`` the rows that stand behind it."""

    id: str
    title: str
    meaning: str
    opens: str = ""
    form: Form = "count"

    @property
    def group(self) -> str:
        """The room that computes it: the id up to the point."""
        return self.id.partition(".")[0]


GROUPS = {
    "cases": later("事项"),
    "materials": later("材料"),
    "score": later("得分"),
    "duties": later("责任"),
    "archive": later("资料档案"),
    "filing": later("归档"),
    "submission": later("申报"),
    "portal": later("随手拍"),
    "people": later("人员"),
    "notices": later("提醒"),
}
_declared: dict[str, FigureKind] = {}


def declare(key: str, title: str, meaning: str, *, opens: str = "", form: Form = "count") -> FigureKind:
    """Name a figure, once; its words are marked with ``later`` where it is declared."""
    if key in _declared or key.partition(".")[0] not in GROUPS:
        raise ValueError(f"The figure {key!r} is declared already, or its group is not known.")
    _declared[key] = FigureKind(key, title, meaning, opens, form)
    return _declared[key]


def declared() -> list[FigureKind]:
    """Every kind of figure of the rooms that are loaded, by group and id."""
    places = list(GROUPS)
    return sorted(_declared.values(), key=lambda one: (places.index(one.group), one.id))


def kind_of(key: str) -> FigureKind:
    """The kind with this id; an unknown one is a fault of the program."""
    return _declared[key]


@dataclass(frozen=True)
class Figure:
    """One figure as it stands: ``base`` is below the fraction line of a rate; ``value`` ``None`` is unknown.

    ``scope`` is ``town``, ``unit:sjs``, ``seen:limin`` …, narrowed by ``;name=value``; ``day`` is an ISO day or a stretch
    of days with a stroke between.
    """

    kind: FigureKind
    value: Amount | None
    scope: str
    day: str
    base: int | None = None

    @property
    def raw(self) -> str:
        """The exact value: ``27``, ``225/357``, ``81.2345`` or ``unknown``."""
        if self.value is None:
            return UNKNOWN
        if self.kind.form == "share":
            return plain(self.value, 6)
        return f"{plain(self.value, 4)}/{self.base}" if self.kind.form == "rate" else plain(self.value, 4)

    @property
    def counts(self) -> str:
        """Both counts of a rate."""
        return of(self.value, self.base or 0) if self.kind.form == "rate" and self.value is not None else ""

    def told(self, digits: int | None = None) -> str:
        """As people read it; of a rate the share alone (``counts`` stand beside it)."""
        if self.value is None:
            return say("未测")
        if self.kind.form == "rate":
            return percent(self.value / self.base, 1 if digits is None else digits) if self.base else say("无")
        if self.kind.form == "share":
            return percent(self.value, 1 if digits is None else digits)
        if self.kind.form == "points":
            return fixed(self.value, 1 if digits is None else digits)
        return plain(self.value, 2 if digits is None else digits)

    @property
    def whose(self) -> str:
        """Whose figure it is, in words."""
        return say(SCOPES[self.scope.partition(";")[0].partition(":")[0]])

    @property
    def words(self) -> str:
        """Name, owner, definition: what stands beside the number when somebody asks."""
        return say(
            "{title}（{whose}）：{meaning}",
            title=say(self.kind.title),
            whose=self.whose,
            meaning=say(self.kind.meaning),
        )

    @property
    def as_tag(self) -> str:
        """For the content control of a Word paper."""
        return "|".join(("figure", self.kind.id, self.scope, self.day, self.raw))

    def as_data(self) -> dict[str, object]:
        """For JSON: the same four facts as in HTML, with the name."""
        return {
            "figure": self.kind.id,
            "scope": self.scope,
            "day": self.day,
            "value": self.raw,
            "title": say(self.kind.title),
        }


def day_text(day: date | str) -> str:
    """The day of a figure as it is written: an ISO day; a stretch of days is written already."""
    return day if isinstance(day, str) else f"{day:%Y-%m-%d}"


def stretch(first: date, last: date) -> str:
    """From the first day to the last, as one text.

    >>> stretch(date(2021, 1, 1), date(2021, 10, 14))
    '2021-01-01/2021-10-14'
    """
    return f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"


def narrowed(scope: str, **by: object) -> str:
    """A scope that is asked about more closely; empty conditions say nothing.

    >>> narrowed("town", kind="appeal", area=None)
    'town;kind=appeal'
    """
    return ";".join([scope, *(f"{key}={value}" for key, value in sorted(by.items()) if value not in (None, ""))])


SHEET = later("口径")
HEADINGS = (later("编号"), later("名称"), later("范围"), later("日期"), later("数值"), later("口径"))


def sheet_rows(figures: Sequence[Figure]) -> list[list[str]]:
    """The figures of a table that leaves the house, for its second sheet: a heading, then a row for each."""
    rows = [[one.kind.id, say(one.kind.title), one.scope, one.day, one.raw, say(one.kind.meaning)] for one in figures]
    return [[say(one) for one in HEADINGS], *rows]
