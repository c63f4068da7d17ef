"""Days without a year in a table that goes over the turn of the year: which year they are in is asked, never guessed."""

import re
from datetime import date, datetime, timedelta

from chuangwen.kernel.chinese import half_width
from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option
from chuangwen.kernel.words import listed, say

_HALF_A_YEAR = timedelta(days=183)
_YEAR = re.compile(r"\d{4}|[零〇一二三四五六七八九]{4}年|\d{2}年|^\d{5}(?:\.\d+)?$")
_SHOWN = 6


def days_told(reading: TableReading, today: date | None) -> dict[TableRow, date]:
    """The day of every row that says one, as a person has answered where the year is not sure.

    It is not sure behind a day half a year later in the same sheet, or half a year before ``today`` (none: the year was said).
    """
    found: dict[TableRow, date] = {}
    unsure: list[TableRow] = []
    last: dict[str, date] = {}
    for row in reading.read:
        day = row.values.get("day")
        if not isinstance(day, date):
            continue
        found[row] = day
        if _YEAR.search(half_width(row.texts.get("day", ""))):
            continue
        plain = day.date() if isinstance(day, datetime) else day
        before = last.setdefault(row.sheet, plain)
        if before - plain > _HALF_A_YEAR or (today is not None and today - plain > _HALF_A_YEAR):
            unsure.append(row)
        else:
            last[row.sheet] = plain
    if unsure and _ask(reading, unsure, found) == "next":
        found |= {row: _a_year_on(found[row]) for row in unsure}
    return found


def _ask(reading: TableReading, unsure: list[TableRow], found: dict[TableRow, date]) -> str:
    year = found[unsure[0]].year
    texts = list(dict.fromkeys(row.texts["day"] for row in unsure))
    days = listed(texts[:_SHOWN]) + (say("等 {n} 处", n=len(texts)) if len(texts) > _SHOWN else "")
    what = say("“{days}”没有写年份，按前后看可能是下一年。是哪一年？", days=days)
    options = [Option("next", say("{year} 年", year=year + 1)), Option("this", say("{year} 年", year=year))]
    return reading.ask("turn_of_year", what, options, rows=sorted(row.row for row in unsure))


def _a_year_on(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day + timedelta(days=365)
