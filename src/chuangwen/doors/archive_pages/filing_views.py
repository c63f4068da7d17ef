"""Filing by year: what waits, what is filed, boxes; filed, corrected, closed and taken out by the archive's keeper."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from django import forms
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from chuangwen.kernel.figures import TOWN, Figure, day_text
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.asked import keys
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.records.archive.models import Document, DocumentKind
from chuangwen.records.archive.rules import Rules, rules_in_force
from chuangwen.records.filing.actions import Choice, close_year, file_documents, ready
from chuangwen.records.filing.models import FilingYear, Item, Unfiled
from chuangwen.records.filing.proposing import proposer, year_of
from chuangwen.records.filing.queries import (
    LATE,
    YearLine,
    boxes_of,
    hindrances,
    items_of,
    lacks_of,
    retention_titles,
    waiting,
    years,
)
from chuangwen.records.filing.queries import WAITING as WAITING_COUNT
from chuangwen.records.township.gates import must_everywhere
from chuangwen.records.township.models import RetentionClass, RetentionRule
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

View = TypeVar("View", bound=Callable[..., Any])


def for_keepers(view: View) -> View:
    """For those who keep the archive of the whole town: its lists name every document."""

    @needs(Permission.KEEP_ARCHIVE)
    @wraps(view)
    def inner(request: TownRequest, *args: Any, **named: Any) -> Any:
        must_everywhere(request.actor, Permission.KEEP_ARCHIVE)
        return view(request, *args, **named)

    return cast(View, inner)


class WaitingFilters(forms.Form):
    """Which of what waits to list."""

    kind = forms.ModelChoiceField(DocumentKind.objects.all(), label=_("类型"), required=False, empty_label=_("全部"))


class FiledFilters(forms.Form):
    """Which of what is filed to list."""

    retention = forms.ModelChoiceField(
        RetentionClass.objects.all(), label=_("保管期限"), required=False, empty_label=_("全部")
    )


def _of_kind(rows: QuerySet[Document], said: Mapping[str, Any]) -> QuerySet[Document]:
    return rows.filter(kind=said["kind"]) if said.get("kind") else rows


def _of_class(rows: QuerySet[Item], said: Mapping[str, Any]) -> QuerySet[Item]:
    return rows.filter(retention=said["retention"]) if said.get("retention") else rows


WAITING: Listing[Document] = Listing(
    columns=[
        Column("day", later("日期"), lambda row: row.dated, "dated"),
        Column("title", later("题名"), lambda row: row.title, "title"),
        Column("unit", later("形成单位"), lambda row: row.unit.short, "unit__order"),
    ],
    sort="day",
    search=["title", "number", "issuer", "unit__name"],
    filters=WaitingFilters,
    narrow=_of_kind,
)
FILED: Listing[Item] = Listing(
    columns=[
        Column("code", later("档号"), lambda row: row.code, "code"),
        Column("title", later("题名"), lambda row: row.document.title, "document__title"),
        Column("day", later("日期"), lambda row: row.document.dated, "document__dated"),
        Column("pages", later("页数"), lambda row: row.pages, "pages"),
        Column("box", later("盒号"), lambda row: row.box, "box"),
    ],
    sort="code",
    search=["code", "document__title", "document__number", "document__issuer", "note"],
    filters=FiledFilters,
    narrow=_of_class,
)


@require_safe
@for_keepers
def filing(request: TownRequest) -> HttpResponse:
    """Every year: what waits, what is filed; the retention table and whether it is approved."""
    rules, lines, this_year = rules_in_force(), years(), request.at.astimezone(CHINA).year
    classes = list(RetentionClass.objects.order_by(F("years").desc(nulls_first=True)))
    context = {
        "tab": "filing",
        "lines": [(one, [(class_.title, one.classes.get(class_.code, 0)) for class_ in classes]) for one in lines],
        "waiting": Figure(
            WAITING_COUNT, sum(one.waiting for one in lines if one.year < this_year), TOWN, day_text(request.at.date())
        ),
        "classes": classes,
        "table": RetentionRule.objects.select_related("retention").order_by("pk"),
        "rules": rules,
    }
    return render(request, "archive/filing.html", context)


@require_safe
@for_keepers
def filing_year(request: TownRequest, year: int) -> HttpResponse:
    """One year: what waits with what is proposed for it, what is filed, its boxes."""
    row = FilingYear.objects.filter(year=year).first()
    line = next((one for one in years() if one.year == year), YearLine(year))
    closed = row is not None and row.closed_at is not None
    tab = request.GET.get("tab", "")
    tab = tab if tab in {"waiting", "filed", "boxes"} else "filed" if closed else "waiting"
    context = {
        "tab": "filing",
        "year": year,
        "filing": row,
        "closed": closed,
        "part": tab,
        "items": line.filed_figure,
        "waiting": line.waiting_figure,
        "late": None if closed else Figure(LATE, waiting(year).count() - line.waiting, f"year:{year}", str(year)),
        "over": year < request.at.astimezone(CHINA).year,
        "export": reverse("archive_filing_export", args=[year]),
        **_PARTS[tab](request, year),
    }
    return render(request, "archive/filing_year.html", context)


def _waiting_part(request: TownRequest, year: int) -> dict[str, Any]:
    page = WAITING.page(waiting(year), request.GET)
    how, hindered = proposer(), hindrances(page.rows)
    rows = [
        {
            "document": one,
            "proposed": how.propose(one),
            "late": year_of(one) != year,
            "hindered": hindered.get(one.pk, ""),
            "lacks": [say(lack) for lack in lacks_of(one)],
        }
        for one in page.rows
    ]
    sections = how.rules.sections if "{section}" in how.filing.code else ()
    return {"page": page, "rows": rows, "classes": list(how.classes.values()), "sections": sections, "rules": how.rules}


def _filed_part(request: TownRequest, year: int) -> dict[str, Any]:
    gone = Unfiled.objects.filter(year=year)
    rules = rules_in_force()
    return {"page": FILED.page(items_of(year), request.GET), "gone": gone, "sections": _titles(rules), "rules": rules}


def _titles(rules: Rules) -> dict[str, str]:
    return {one.code: one.title for one in rules.sections}


def _boxes_part(_request: TownRequest, year: int) -> dict[str, Any]:
    rules = rules_in_force()
    return {"boxes": boxes_of(year), "sections": _titles(rules), "terms": retention_titles(), "rules": rules}


_PARTS = {"waiting": _waiting_part, "filed": _filed_part, "boxes": _boxes_part}


@require_POST
@for_keepers
def file_chosen(request: TownRequest, year: int) -> HttpResponse:
    """File what is ticked with the class and section chosen beside it; or everything that is whole, as proposed."""
    said = request.POST
    if said.get("all"):
        chosen = ready(year)
    else:
        chosen = [
            Choice(key, said.get(f"retention-{key}", ""), said.get(f"section-{key}", ""))
            for key in keys(said.getlist("document"))
        ]
    made = file_documents(year, chosen, by=request.actor, at=request.at)
    messages.success(request, say("已归档 {n} 件，件号已按日期排好。", n=len(made)))
    return redirect("archive_filing_year", year=year)


@require_POST
@for_keepers
def close(request: TownRequest, year: int) -> HttpResponse:
    """Close the year: codes are fixed, boxes are filled."""
    close_year(year, by=request.actor, at=request.at, note=request.POST.get("note", ""))
    messages.success(request, say("{year} 年整理完毕，档号已固定，已分盒。", year=year))
    return redirect("archive_filing_year", year=year)
