"""Required materials of a round: what is there, how it was graded, whether it counts; many graded with one form."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.evaluation_pages.material_reviews import around_materials
from chuangwen.doors.evaluation_pages.measure_views import round_or_refuse
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing, ListPage
from chuangwen.records.measures.grading_actions import Given, grade_many
from chuangwen.records.measures.material_queries import (
    UNPROVEN,
    Material,
    Standing,
    counts_of,
    editions_of,
    materials_of,
)
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.policy import why_not_grade
from chuangwen.records.measures.queries import grade_scale, requirements_of
from chuangwen.records.standards.models import Requirement
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

# Parts of the list that a figure opens: each is a set of standings, or what a document serves.
PARTS: Mapping[str, tuple[str, frozenset[Standing]]] = {
    "counted": (later("计分的"), frozenset({Standing.COUNTED})),
    "ungraded": (later("有资料、未评的"), frozenset({Standing.UNGRADED})),
    "unproven": (later("评了但不计分的"), UNPROVEN),
    "missing": (later("没有资料的"), frozenset()),
    "served": (later("有资料的"), frozenset()),
}


class MaterialFilters(forms.Form):
    """Which materials to list."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=lambda: [("", say("全部")), *((key, say(one[0])) for key, one in PARTS.items())],
    )


def _is_in(one: Material, part: str) -> bool:
    if part == "missing":
        return not one.is_gradable
    if part == "served":
        return bool(one.documents)
    return part not in PARTS or one.standing in PARTS[part][1]


def _listing(found: Mapping[int, Material]) -> Listing[Requirement]:
    """The list, with what stands beside each requirement."""
    return Listing(
        columns=[
            Column("code", later("编号"), lambda row: row.code, "edition"),
            Column("title", later("材料"), lambda row: row.title, "title"),
            Column("kind", later("类别"), lambda row: row.kind, "kind"),
            Column("count", later("数量"), lambda row: row.count),
            Column("period", later("时段"), lambda row: row.period),
            Column("papers", later("资料"), lambda row: listed(one.title for one in found[row.pk].documents)),
            Column("grade", later("评定"), lambda row: _grade(found[row.pk])),
            Column("standing", later("是否计分"), lambda row: found[row.pk].standing.label),
            Column("by", later("评定人"), lambda row: _grader(found[row.pk])),
        ],
        sort="code",
        search=["code", "title", "kind", "node__title"],
        filters=MaterialFilters,
        narrow=lambda rows, said: rows.filter(
            pk__in=[pk for pk, one in found.items() if _is_in(one, str(said.get("state") or ""))]
        ),
    )


def _grade(one: Material) -> str:
    return one.grade.grade if one.grade else ""


def _grader(one: Material) -> str:
    return one.grade.graded_by if one.grade else ""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS)
def materials(request: TownRequest) -> HttpResponse:
    """Every required material of the round with its documents and its grade; reviewers grade here, many at once."""
    round_ = round_or_refuse(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            given = _given(request, round_)
            grade_many(round_, given, by=request.actor, at=request.at)
        except Refusal as no:
            refusal = no
        else:
            return _graded(request, given)
    context = _page(request, round_) | {"refusal": refusal}
    return render(request, "measures/materials.html", context, status=refusal.status if refusal else 200)


def _given(request: TownRequest, round_: Round) -> list[Given]:
    """What was chosen anew: a select left as it was says nothing."""
    said = {name.removeprefix("grade-"): value for name, value in request.POST.items() if name.startswith("grade-")}
    changed = {
        key: str(value)
        for key, value in said.items()
        if key.isdecimal() and value and value != request.POST.get(f"was-{key}", "")
    }
    rows = requirements_of(round_).filter(pk__in=list(changed)).order_by("edition", "position")
    return [Given(row, changed[str(row.pk)], "", request.POST.get(f"seen-{row.pk}", "")) for row in rows]


def _graded(request: TownRequest, given: list[Given]) -> HttpResponse:
    if given:
        messages.success(request, say("已评定 {n} 项材料。", n=len(given)))
    else:
        messages.info(request, say("没有改动任何评定。"))
    place = f"#m-{given[0].requirement.pk}" if given else ""
    return redirect(f"{reverse('materials')}?{request.POST.get('back', '')}{place}")


def _page(request: TownRequest, round_: Round) -> dict[str, Any]:
    found = {one.requirement.pk: one for one in materials_of(round_)}
    page: ListPage[Requirement] = _listing(found).page(requirements_of(round_), request.GET)
    shown, counts = [found[row.pk] for row in page.rows], counts_of(found.values())
    return {
        "round": round_,
        "systems": listed(one.short_title for one in editions_of(round_)),
        "counts": counts,
        "figures": counts.figures(round_, request.at.astimezone(CHINA).date()),
        "page": page,
        "found": found,
        **around_materials(request, shown),
        "chosen": {row.pk: request.POST.get(f"grade-{row.pk}", "") for row in page.rows},
        "scale": grade_scale(round_),
        "may_grade": request.actor.may(Permission.GRADE_MATERIAL) and why_not_grade(round_) is None,
        "export": reverse("materials_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
    }


@require_safe
@needs(Permission.SEE_ROWS, Permission.EXPORT_LISTS)
def export(request: TownRequest) -> HttpResponse:
    """The same rows as Excel."""
    round_ = round_or_refuse(request)
    found = {one.requirement.pk: one for one in materials_of(round_)}
    title = say("{round} 材料评定", round=round_.title)
    return _listing(found).export(requirements_of(round_), request.GET, title=title, write=workbook)
