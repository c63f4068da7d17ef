"""Rows without a number that say nearly what a case says that a table brought: corrections, perhaps, and asked about.

A table that is taken in again names most of its matters in the same words, and some in better ones. Where all but one of
title, place and day agree, only a person knows whether it is the same matter.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher

from django.db.models import Q

from chuangwen.kernel.workdays import CHINA
from chuangwen.work.cases.case_rows import CaseRow
from chuangwen.work.cases.models import Case, Step

ALIKE = 0.6
"""So much of two titles must be the same; own choice."""
APART = timedelta(days=31)
"""A corrected day lies no further off; own choice."""
FACTS = (
    *("number", "title", "address", "opened_at", "closed_at"),
    *("area__code", "site__code", "lead__code"),
)


@dataclass(frozen=True)
class Stood:
    """What a case that a table brought says, as far as rows are held against it."""

    pk: int
    number: str
    title: str
    place: tuple[str, str, str]
    opened: date | None
    closed: date | None
    lead: str


def from_tables(kind: str, rows: Sequence[CaseRow], at: datetime) -> list[Stood]:
    """The cases of this kind that tables brought and that may be meant by one of the rows, in one query."""
    if not rows:
        return []
    days = [one.day(at) for one in rows]
    first, last = (datetime.combine(one, datetime.min.time(), CHINA) for one in (min(days), max(days)))
    near = Q(opened_at__gte=first, opened_at__lt=last + timedelta(days=1)) | Q(
        title__in={one.title for one in rows}, opened_at__gte=first - APART, opened_at__lt=last + APART
    )
    brought = Step.objects.filter(mark__startswith="sheet:").values("case")
    found = Case.objects.filter(near, kind=kind, outer_number="", merged_into=None, pk__in=brought).order_by("pk")
    return [_stood(case) for case in found.select_related("area", "site", "lead").only(*FACTS)]


def _stood(case: Case) -> Stood:
    area, site, lead = (one.code if one else "" for one in (case.area, case.site, case.lead))
    opened, closed = (one.astimezone(CHINA).date() if one else None for one in (case.opened_at, case.closed_at))
    return Stood(case.pk, case.number, case.title, (area, site, case.address), opened, closed, lead)


def pairs(
    rows: Sequence[CaseRow], there: Sequence[Stood], at: datetime, *, again: bool
) -> Iterator[tuple[CaseRow, Stood]]:
    """Which row may correct which case, one each. ``again``: other rows of the file are known, so it is an older table anew.

    Another day or place is a correction only in such a table, or where both ended on the same day: the same trouble comes
    back every week, and in every village.
    """
    days, titles, taken = _grouped(there), set[int](), set[int]()
    for place, row in enumerate(rows):
        of_day = days[row.day(at)] if row.opened else there
        mine = [one for one in of_day if one.pk not in taken and _other_words(row, one)]
        if mine:
            best = max(mine, key=_likeness(row))
            titles.add(place)
            taken.add(best.pk)
            yield row, best
    by_title = defaultdict[str, list[Stood]](list)
    for one in there:
        by_title[one.title].append(one)
    for row in (row for place, row in enumerate(rows) if place not in titles and row.opened):
        mine = [one for one in by_title[row.title] if one.pk not in taken and _other_day_or_place(row, one, at)]
        if found := next((one for one in mine if again or titles or _ended_together(row, one)), None):
            taken.add(found.pk)
            yield row, found


def _grouped(there: Sequence[Stood]) -> Mapping[date | None, list[Stood]]:
    found = defaultdict[date | None, list[Stood]](list)
    for one in there:
        found[one.opened].append(one)
    return found


def _likeness(row: CaseRow) -> Callable[[Stood], float]:
    """How much of a case's title is the row's, 0 to 1."""
    return lambda one: SequenceMatcher(None, row.title, one.title, autojunk=False).ratio()


def _other_words(row: CaseRow, one: Stood) -> bool:
    return _same_place(row, one) and _same_lead(row, one) and _likeness(row)(one) >= ALIKE


def _other_day_or_place(row: CaseRow, one: Stood, at: datetime) -> bool:
    if not _same_lead(row, one):
        return False
    if _same_place(row, one):
        return one.opened is not None and abs(row.day(at) - one.opened) <= APART
    return row.day(at) == one.opened


def _same_place(row: CaseRow, one: Stood) -> bool:
    """Nothing of it differs, and something of it is said."""
    both = [(mine, other) for mine, other in zip(row.place()[1:], one.place, strict=True) if mine and other]
    return bool(both) and all(mine == other for mine, other in both)


def _same_lead(row: CaseRow, one: Stood) -> bool:
    return not row.lead or not one.lead or row.lead == one.lead


def _ended_together(row: CaseRow, one: Stood) -> bool:
    return row.closed is not None and row.closed.astimezone(CHINA).date() == one.closed
