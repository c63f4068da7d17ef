"""Putting measurements in by page: observations and grades of materials."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.evaluation_pages.findings import finding_kind, open_for
from chuangwen.doors.evaluation_pages.material_reviews import around_materials
from chuangwen.doors.site.framing import chosen_round
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.judging import parse_rule
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NothingYet
from chuangwen.records.measures import actions, queries
from chuangwen.records.measures.models import Observation, Round
from chuangwen.records.standards.models import Check
from chuangwen.records.township.models import Organisation, Site
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.queries import sites_visible_to
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.gathering import factors_of
from chuangwen.results.scoring.live import total_after
from chuangwen.work.cases.queries import cases_by_link


class ObservationFilters(forms.Form):
    """Which observations to list."""

    unit = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("所属单位"), required=False, empty_label=_("全部")
    )
    state = forms.ChoiceField(
        label=_("结果"),
        required=False,
        choices=[
            ("", _("全部")),
            ("lost", _("有失分")),
            ("full", _("满分")),
            ("none", _("不适用")),
            ("old", _("已被复查取代")),
        ],
    )


STATES: Mapping[str, Mapping[str, object]] = {
    "lost": {"value__lt": 10000, "counts": True},
    "full": {"value": 10000, "counts": True},
    "none": {"value": None, "counts": True},
    "old": {"counts": False},
}


def _narrow(rows: QuerySet[Observation], said: Mapping[str, Any]) -> QuerySet[Observation]:
    if said.get("unit"):
        rows = rows.filter(site__organisation=said["unit"])
    return rows.filter(**STATES.get(str(said.get("state") or ""), {}))


LISTING: Listing[Observation] = Listing(
    columns=[
        Column("seen", later("时间"), lambda row: f"{timezone.localtime(row.seen_at):%Y-%m-%d %H:%M}", "seen_at"),
        Column("site", later("点位"), lambda row: row.site.name, "site__code"),
        Column("unit", later("所属单位"), lambda row: row.site.organisation.name, "site__organisation__order"),
        Column("check", later("考察内容"), lambda row: row.check_item.text, "check_item__position"),
        Column("result", later("结果"), lambda row: row.result, "result"),
        Column("value", later("得分率"), lambda row: None if row.value is None else row.value / 10000, "value"),
        Column("who", later("考察人"), lambda row: row.seen_by, "seen_by"),
        Column("note", later("备注"), lambda row: row.note),
    ],
    sort="-seen",
    search=["site__name", "site__code", "check_item__text", "check_item__code", "seen_by", "note"],
    filters=ObservationFilters,
    narrow=_narrow,
)


class NoRoundYet(NothingYet):
    """Everything measured belongs to a round; before the first one there is nothing to show."""

    code = "no_round_yet"
    sentence = later("还没有测评轮次")
    what = later("开了第一轮测评，这里就有内容：看了什么、得了多少、还缺什么。")
    page = "round_open"
    move = later("开一轮测评")


def round_or_refuse(request: TownRequest) -> Round:
    """The round looked at; before the first one there is nothing to show."""
    found = chosen_round(request)
    if found is None:
        raise NoRoundYet
    return found


@require_safe
@needs(Permission.SEE_ROWS)
def observations(request: TownRequest) -> HttpResponse:
    """Every observation of the round within reach."""
    round_ = round_or_refuse(request)
    rows = queries.observations_visible_to(request.actor).filter(round=round_)
    for key, lookup in (("site", "site__code"), ("check", "check_item__code")):
        if request.GET.get(key):
            rows = rows.filter(**{lookup: request.GET[key]})
    page = LISTING.page(rows, request.GET)
    keys = [str(row.pk) for row in page.rows]
    context = {
        "round": round_,
        "page": page,
        "cases": cases_by_link(request.actor, "observation", keys),
        "may_open": finding_kind(request.actor) is not None,
        "may_record": request.actor.may(Permission.RECORD_OBSERVATIONS) and not round_.closed_at,
        "export": reverse("observations_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
    }
    return render(request, "measures/observations.html", context)


@require_safe
@needs(Permission.SEE_ROWS, Permission.EXPORT_LISTS)
def observations_export(request: TownRequest) -> HttpResponse:
    """The same rows as Excel."""
    rows = queries.observations_visible_to(request.actor).filter(round=round_or_refuse(request))
    return LISTING.export(rows, request.GET, title=say("实地观测"), write=workbook)


class SiteForm(forms.Form):
    """Where the inspector stands."""

    site = forms.CharField(label=_("点位"), help_text=_("编号或名称"))


class ReadingForm(forms.Form):
    """What was found for one check."""

    result = forms.CharField(
        label=_("结果"), max_length=40, help_text=_("合格、不合格、不适用、A、B……"), required=False
    )
    count = forms.CharField(label=_("次数/总数"), max_length=40, required=False)
    note = forms.CharField(label=_("备注"), max_length=300, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_OBSERVATIONS)
def record(request: TownRequest) -> HttpResponse:
    """One visit by page: choose a site, then note what was found for each of its checks."""
    round_ = round_or_refuse(request)
    asked = request.POST.get("site") or request.GET.get("site", "")
    reachable = sites_visible_to(request.actor, Permission.RECORD_OBSERVATIONS).filter(closed=None)
    site = reachable.filter(code__iexact=asked).first() or reachable.filter(name=asked).first() if asked else None
    if site is None:
        found = reachable.filter(name__icontains=asked)[:50]
        return render(request, "measures/choose_site.html", {"round": round_, "sites": found, "asked": asked})
    checks = queries.checks_for(round_, site)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        count = _record_all(request, round_, site, checks, wrong)
        if not wrong:
            messages.success(request, _told(round_, site, count, request))
            return redirect(f"{reverse('observations')}?site={site.code}")
    lines = [
        {"check": check, "wrong": wrong.get(check.code, ""), "said": request.POST.get(f"result-{check.code}", "")}
        for check in checks
    ]
    status = 422 if wrong else 200
    context = {"round": round_, "site": site, "lines": lines, "may_open": finding_kind(request.actor) is not None}
    return render(request, "measures/record.html", context, status=status)


def _told(round_: Round, site: Site, count: int, request: TownRequest) -> str:
    """What was written down, and - for those who may see it - where the total stands now."""
    told = say("“{site}”记下 {count} 条。", site=site.name, count=count)
    if not request.actor.may(Permission.SEE_SCORE):
        return told
    total = total_after(round_, site.pk, request.at.date())
    return told if total.expected is None else told + say("全镇预计 {score} 分。", score=f"{total.expected:.2f}")


def _record_all(request: TownRequest, round_: Round, site: Site, checks: list[Check], wrong: dict[str, str]) -> int:
    readings: list[tuple[Check, actions.Reading]] = []
    for check in checks:
        result, count = (request.POST.get(f"{key}-{check.code}", "").strip() for key in ("result", "count"))
        if not result and not count:
            continue
        try:
            readings.append((check, reading_of(check, result, count, request)))
        except Refusal as refusal:
            wrong[check.code] = str(refusal)
    if wrong:
        return 0
    for check, reading in readings:
        made = actions.record(round_, site, check, reading, by=request.actor, at=request.at)
        if request.POST.get("open_cases"):
            open_for(made, by=request.actor, at=request.at)
    return len(readings)


def reading_of(check: Check, result: str, count: str, request: TownRequest) -> actions.Reading:
    """What was posted for one check, judged by the check's own rule; refused when it cannot be read."""
    rule = parse_rule(check.rule, check.params, factors_of(check.edition))
    answer = rule.read_text(result, count)
    return actions.Reading(
        value=rule.judge(answer),
        result=result or count,
        seen_at=_when(request),
        seen_by=request.actor.name,
        passed=getattr(answer, "passed", None),
        total=getattr(answer, "total", None),
        note=request.POST.get(f"note-{check.code}", "").strip()[:300],
        mark=f"{request.POST.get('visit', '')}|{check.code}" if request.POST.get("visit") else "",
    )


def _when(request: TownRequest) -> datetime:
    text = request.POST.get("seen_at", "")
    try:
        return timezone.make_aware(datetime.fromisoformat(text)) if text else request.at
    except ValueError:
        return request.at


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS)
def materials(request: TownRequest) -> HttpResponse:
    """Every required material of the round with its grade; reviewers grade here."""
    round_ = round_or_refuse(request)
    if request.method == "POST":
        requirement = get_object_or_404(queries.requirements_of(round_), pk=whole(request.POST.get("requirement")))
        actions.grade(
            round_,
            requirement,
            request.POST.get("grade", ""),
            remark=request.POST.get("note", ""),
            by=request.actor,
            at=request.at,
        )
        messages.success(request, say("“{title}”已评 {grade}。", title=requirement.title, grade=request.POST["grade"]))
        return redirect(f"{reverse('materials')}?{request.POST.get('back', '')}")
    graded = queries.graded(round_)
    page = MATERIALS.page(queries.requirements_of(round_), request.GET)
    context = {
        "round": round_,
        "page": page,
        **around_materials(request, page.rows),
        "graded": graded,
        "scale": queries.grade_scale(round_),
        "missing": queries.requirements_of(round_).count() - len(graded),
        "may_grade": request.actor.may(Permission.GRADE_MATERIAL)
        and not (round_.closed_at or round_.material_locked_at),
    }
    return render(request, "measures/materials.html", context)


MATERIALS: Listing[Any] = Listing(
    columns=[
        Column("code", later("编号"), lambda row: row.code, "edition"),
        Column("title", later("材料"), lambda row: row.title, "title"),
        Column("kind", later("类别"), lambda row: row.kind, "kind"),
    ],
    sort="code",
    search=["code", "title", "kind", "node__title"],
)
