"""Taking in the yearly notice (国务院办公厅关于部分节假日安排的通知): whole years are replaced, or nothing is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from chuangwen.kernel.packfiles import Placed
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import lasting, later, listed, say, written
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Signer, Thing
from chuangwen.records.township.actions import may
from chuangwen.records.township.checking import check_calendar
from chuangwen.records.township.definitions import CalendarRow
from chuangwen.records.township.models import Holiday
from chuangwen.records.township.permissions import Permission

LEAST_OF_A_YEAR = 10
"""A year's notice names more days than this; the law alone gives eleven (since 2025 thirteen)."""
TURN_FROM = (12, 25)
"""The notice of a year may speak of the last days of December before it."""

CALENDAR_OF = lasting("{years} 年工作日历")


@dataclass(frozen=True)
class CalendarTaken:
    """What an import did: the years replaced, and how many days of each kind came in."""

    years: tuple[int, ...]
    holiday: int
    makeup: int
    statutory: int

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@transaction.atomic
def import_calendar(rows: Sequence[Placed], *, by: Signer, at: datetime, name: str) -> CalendarTaken:
    """Replace the days of the years in the file ``name``; last days of December before such a year are only added.

    ``rows`` hold ``CalendarRow``s with their lines. All problems are told together (``Rejected``): a day twice, a
    make-up day on a weekday, a day outside the file's years, a year of which the file holds next to nothing.
    """
    may(by, Permission.MANAGE_SYSTEM)
    years = _years(rows)
    problems = Problems()
    check_calendar(rows, name, problems)
    _check_years(rows, years, name, problems)
    problems.refuse(say("“{name}”", name=name))
    days = [_day(placed.row) for placed in rows]
    before = _counts(Holiday.objects.filter(date__year__in=years).values_list("kind", flat=True))
    Holiday.objects.filter(date__year__in=years).delete()
    Holiday.objects.bulk_create(
        days, update_conflicts=True, unique_fields=["date"], update_fields=["kind", "name", "source"]
    )
    counts = _counts(day.kind for day in days)
    told = "、".join(str(year) for year in years)
    about = Thing("calendar", "-".join(str(year) for year in years), written(CALENDAR_OF, years=told))
    ledger.note(about, later("导入放假安排"), by=by, at=at, before=before, after={**counts, "file": name})
    return CalendarTaken(years, **counts)


def _years(rows: Sequence[Placed]) -> tuple[int, ...]:
    """The years the file tells whole."""
    sizes = Counter(placed.row.date.year for placed in rows)
    return tuple(sorted(year for year, size in sizes.items() if size >= LEAST_OF_A_YEAR))


def _check_years(rows: Sequence[Placed], years: Sequence[int], name: str, problems: Problems) -> None:
    if not years:
        what = say("没有一个年度的放假安排是完整的（每年至少 {least} 天）", least=LEAST_OF_A_YEAR)
        problems.add(file=name, what=what, cure=say("请把全年的放假和调休上班日期都写上；导入会替换整年。"))
        return
    for placed in rows:
        day = placed.row.date
        if day.year not in years and not _is_turn(day, years):
            what = say("{date} 不在 {years} 年", date=day, years=listed(str(year) for year in years))
            cure = say("一份文件里要有那一年全年的安排，否则请删去这一行。")
            problems.add(file=name, row=placed.line, column="date", what=what, cure=cure)


def _is_turn(day: date, years: Sequence[int]) -> bool:
    return day.year + 1 in years and (day.month, day.day) >= TURN_FROM


def _day(row: CalendarRow) -> Holiday:
    return Holiday(date=row.date, kind=str(row.kind), name=row.name, source=row.source)


def _counts(kinds: Iterable[str]) -> dict[str, int]:
    found = Counter(kinds)
    return {kind: found[kind] for kind in Holiday.Kind.values}
