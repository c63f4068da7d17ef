"""Lists: search, filter, sort, page and export in the same way everywhere, in one query however long they are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Generic, TypeVar

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.http import content_disposition_header

from chuangwen.kernel.words import say
from chuangwen.kit.rows import how_many

Row = TypeVar("Row", bound=Model)
PER_PAGE = 50
WHOLE, MOST_AT_ONCE = "all", 1000
"""What ``page`` says for the whole list on one page, as it is printed, and how long such a list may be."""
DIGITS = 9  # of a page number; more of them mean a page beyond the last all the same
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SheetWriter = Callable[[str, Sequence[str], Iterable[Sequence[object]]], bytes]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a list: its heading, what an exported cell holds, and the field it sorts by (none: not sortable).

    The heading is marked with ``later``, for a list is made before anybody has chosen a language.
    """

    key: str
    label: str
    cell: Callable[[Row], object]
    sort: str = ""


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """One page of a list as the template sees it; ``parts/_filters.html`` and ``parts/_pager.html`` read it."""

    rows: Sequence[Row]
    total: int
    number: int
    pages: int
    near: Sequence[int | None]
    sort: str
    search: str
    form: forms.Form | None
    can_search: bool = True

    @property
    def first(self) -> int:
        """Number of the first row shown, counted from 1; 0 in an empty list."""
        return (self.number - 1) * PER_PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.total else 0

    @property
    def fits_one(self) -> bool:
        """It is cut into pages and may be shown whole, to be printed."""
        return self.pages > 1 and self.total <= MOST_AT_ONCE

    @property
    def is_narrowed(self) -> bool:
        """Somebody searched or filtered: an empty page then means “no match”, not “nothing here yet”."""
        return bool(self.search) or bool(self.form and self.form.is_bound and any(chosen(self.form).values()))


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """How one list is searched, filtered, sorted and exported. Made once, at the top of a views module.

    ``columns`` is the whitelist of sort keys; ``search`` names the fields that the search box looks into;
    ``filters`` is a form of optional fields and ``narrow`` applies its cleaned values to the rows.
    """

    columns: Sequence[Column[Row]]
    sort: str
    search: Sequence[str] = ()
    filters: type[forms.Form] | None = None
    narrow: Callable[[QuerySet[Row], Mapping[str, object]], QuerySet[Row]] | None = None
    _orders: dict[str, str] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._orders.update({one.key: one.sort for one in self.columns if one.sort})
        if self.sort.lstrip("-") not in self._orders:
            raise ValueError(f"The first order {self.sort!r} is not a sortable column.")

    def page(self, rows: QuerySet[Row], query: QueryDict) -> ListPage[Row]:
        """The page that the address asks for. An unknown sort key or page number falls back, it never fails."""
        form = self._form(query)
        found, sort = self._chosen_rows(rows, query, form)
        cut, total, number = _cut(found, query.get("page", ""))
        pages = max(1, -(-total // max(PER_PAGE, len(cut))))
        return ListPage(
            rows=cut,
            total=total,
            number=number,
            pages=pages,
            near=near_numbers(number, pages),
            sort=sort,
            search=asked_for(query),
            form=form,
            can_search=bool(self.search),
        )

    def rows(self, rows: QuerySet[Row], query: QueryDict) -> QuerySet[Row]:
        """All rows that the same address would list, in the same order, for other shapes of the same set."""
        return self._chosen_rows(rows, query, self._form(query))[0]

    def export(self, rows: QuerySet[Row], query: QueryDict, *, title: str, write: SheetWriter) -> HttpResponse:
        """All rows that the same address would list, in the same order, as one Excel file written by ``write``."""
        found, _ = self._chosen_rows(rows, query, self._form(query))
        cells = ([one.cell(row) for one in self.columns] for row in found.iterator(chunk_size=2000))
        answer = HttpResponse(write(title, [say(one.label) for one in self.columns], cells), content_type=EXCEL)
        header = content_disposition_header(as_attachment=True, filename=f"{title}.xlsx")
        answer["Content-Disposition"] = header or "attachment"
        return answer

    def _form(self, query: QueryDict) -> forms.Form | None:
        return self.filters(query) if self.filters else None

    def _chosen_rows(self, rows: QuerySet[Row], query: QueryDict, form: forms.Form | None) -> tuple[QuerySet[Row], str]:
        if form is not None and self.narrow is not None:
            rows = self.narrow(rows, chosen(form))
        if self.search:
            for word in asked_for(query).split():
                rows = rows.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in self.search)))
        asked = query.get("sort", "")
        sort = asked if asked.lstrip("-") in self._orders else self.sort
        order = self._orders[sort.lstrip("-")]
        if sort.startswith("-"):
            order = order[1:] if order.startswith("-") else f"-{order}"
        return rows.order_by(_empty_last(rows, order), "pk"), sort


def _empty_last(rows: QuerySet[Row], order: str) -> str | OrderBy:
    """The order in which rows without a value come last, either way and on every database."""
    path = order.removeprefix("-")
    field = rows.query.annotations.get(path) or rows.model._meta.get_field(path.split("__")[0])  # noqa: SLF001
    if not getattr(field, "null", False):
        return order
    return F(path).desc(nulls_last=True) if order.startswith("-") else F(path).asc(nulls_last=True)


def _cut(rows: QuerySet[Row], asked: str) -> tuple[list[Row], int, int]:
    """One page of rows, how many there are in all, and its number: in one query, in two when there is no such page."""
    if asked == WHOLE:
        found = list(rows.annotate(how_many=how_many(rows))[: MOST_AT_ONCE + 1])
        if len(found) <= MOST_AT_ONCE:
            return found, len(found), 1
    number = max(1, int(asked[:DIGITS])) if asked.isdecimal() else 1
    found = list(rows.annotate(how_many=how_many(rows))[(number - 1) * PER_PAGE : number * PER_PAGE])
    if found or number == 1:
        return found, found[0].how_many if found else 0, number  # type: ignore[attr-defined]
    page: Page[Row] = Paginator(rows, PER_PAGE).get_page(number)
    return list(page.object_list), page.paginator.count, page.number


def asked_for(query: QueryDict) -> str:
    """What was typed into the list's search box."""
    return query.get("q", "").strip()[:100]


def chosen(form: forms.Form) -> dict[str, object]:
    """The filter values that make sense; a wrong one is dropped and shown as wrong beside its field."""
    form.is_valid()
    return dict(form.cleaned_data)


def near_numbers(number: int, pages: int) -> list[int | None]:
    """The page numbers worth a link: first, last and those about the present one; ``None`` is a gap.

    >>> near_numbers(6, 12)
    [1, None, 4, 5, 6, 7, 8, None, 12]
    """
    kept = sorted({1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)})
    told: list[int | None] = []
    for page in kept:
        if told and page - (told[-1] or 0) == 2:
            told.append(page - 1)
        elif told and page - (told[-1] or 0) > 2:
            told.append(None)
        told.append(page)
    return told
