"""Taking in the yearly notice (国务院办公厅关于部分节假日安排的通知): whole years are replaced, single days are changed."""

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
from chuangwen.records.township.calendar_queries import ANNOUNCED, covered_years
from chuangwen.records.township.calendar_words import USUAL
from chuangwen.records.township.checking import check_calendar
from chuangwen.records.township.definitions import CalendarRow, DayRow
from chuangwen.records.township.models import Holiday
from chuangwen.records.township.permissions import Permission

LEAST_OF_A_YEAR = 10
"""A year's notice names more days than this; the law alone gives eleven (since 2025 thirteen)."""
TURN_FROM = (12, 25)
"""The notice of a year may speak of the last days of December before it."""

CALENDAR_OF = lasting("{years} 年工作日历")


@dataclass(frozen=True)
class CalendarTaken:
    """What an import did: the years replaced, how many days of each kind came in, how many single days were changed."""

    years: tuple[int, ...]
    holiday: int
    makeup: int
    statutory: int
    single: int = 0
    touched: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def told(self) -> str:
        """What was done, in words."""
        parts = []
        if self.years:
            words = later("已换上 {years} 年的工作日历：放假 {holiday} 天，调休上班 {makeup} 天。")
            years = listed(str(year) for year in self.years)
            parts.append(say(words, years=years, holiday=self.holiday, makeup=self.makeup))
        if self.single:
            parts.append(say("改了个别日子 {n} 天，当年其余日子不变。", n=self.single))
        return "".join(parts)


@transaction.atomic
def import_calendar(rows: Sequence[Placed], *, by: Signer, at: datetime, name: str) -> CalendarTaken:
    """Replace the days of the years that the file ``name`` tells whole, and change the single days of years known already.

    Last days of December before a year are only added. ``rows`` hold ``CalendarRow``s with their lines. All problems are
    told together (``Rejected``): a day twice, a make-up day on a weekday, a single day of a year that is not known.
    """
    may(by, Permission.MANAGE_SYSTEM)
    years = _years(rows)
    singles = [one for one in rows if one.row.date.year not in years and not _is_turn(one.row.date, years)]
    problems = Problems()
    check_calendar(rows, name, problems)
    _check_years(singles, years, name, problems)
    problems.refuse(say("“{name}”", name=name))
    before = _counts(Holiday.objects.filter(date__year__in=years).values_list("kind", flat=True))
    told_singly = _told(Holiday.objects.filter(date__in=[one.row.date for one in singles]))
    Holiday.objects.filter(date__year__in=years).delete()
    _put([placed.row for placed in rows])
    counts = _counts(placed.row.kind for placed in rows if placed not in singles)
    touched = tuple(sorted({*years, *(one.row.date.year for one in singles)}))
    about = Thing("calendar", "-".join(map(str, touched)), written(CALENDAR_OF, years="、".join(map(str, touched))))
    after = {**counts, "file": name, **_told(one.row for one in singles)}
    ledger.note(about, later("导入放假安排"), by=by, at=at, before={**before, **told_singly}, after=after)
    return CalendarTaken(years, **counts, single=len(singles), touched=touched)


def set_day(day: DayRow, *, by: Signer, at: datetime) -> CalendarTaken:
    """Change one day of a year that is known: a day off more, a weekend worked, or again as the week has it."""
    return import_calendar([Placed(0, day)], by=by, at=at, name=say("单日改动"))


def _put(rows: Sequence[CalendarRow]) -> None:
    Holiday.objects.filter(date__in=[row.date for row in rows if row.kind == USUAL]).delete()
    Holiday.objects.bulk_create(
        [_day(row) for row in rows if row.kind != USUAL],
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["kind", "name", "source"],
    )


def _told(days: Iterable[Holiday | CalendarRow]) -> dict[str, object]:
    """Single days as the ledger keeps them."""
    found = {str(one.date): f"{one.kind} {one.name}" for one in days}
    return {"days": found} if found else {}


def _years(rows: Sequence[Placed]) -> tuple[int, ...]:
    """The years the file tells whole: enough days, and no month announced before its first or after its last one."""
    days = [placed.row.date for placed in rows if placed.row.kind != USUAL]
    sizes = Counter(day.year for day in days)
    years = {year for year, size in sizes.items() if size >= LEAST_OF_A_YEAR}
    for told in Holiday.objects.filter(date__year__in=years, kind__in=ANNOUNCED).values_list("date", flat=True):
        if (told.month, told.day) < TURN_FROM:
            months = [day.month for day in days if day.year == told.year]
            if not min(months) <= told.month <= max(months):
                years.discard(told.year)
    return tuple(sorted(years))


def _check_years(singles: Sequence[Placed], years: Sequence[int], name: str, problems: Problems) -> None:
    """A single day changes a year that is known; of one that is not, the whole notice is wanted first."""
    known = covered_years()
    unknown = [one for one in singles if one.row.date.year not in known]
    if unknown and not years:
        what = say(
            "没有一个年度的放假安排是完整的（每年至少 {least} 天），{year} 年的安排也还没有导入",
            least=LEAST_OF_A_YEAR,
            year=unknown[0].row.date.year,
        )
        cure = say("请把全年的放假和调休上班日期都写上；全年导入以后，才能再改个别日子。")
        problems.add(file=name, row=unknown[0].line, column="date", what=what, cure=cure)
        return
    for placed in unknown:
        what = say("{date} 所在的 {year} 年还没有导入放假安排", date=placed.row.date, year=placed.row.date.year)
        cure = say("一份文件里要有那一年全年的安排，否则请删去这一行。")
        problems.add(file=name, row=placed.line, column="date", what=what, cure=cure)


def _is_turn(day: date, years: Sequence[int]) -> bool:
    return day.year + 1 in years and (day.month, day.day) >= TURN_FROM


def _day(row: CalendarRow) -> Holiday:
    return Holiday(date=row.date, kind=str(row.kind), name=row.name, source=row.source)


def _counts(kinds: Iterable[str]) -> dict[str, int]:
    found = Counter(kinds)
    return {kind: found[kind] for kind in Holiday.Kind.values}
