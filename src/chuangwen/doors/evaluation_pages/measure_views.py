"""Putting measurements in by page: observations and grades of materials."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chuangwen.doors.evaluation_pages.findings import finding_kind
from chuangwen.doors.site.framing import chosen_round
from chuangwen.kernel.words import later
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NothingYet
from chuangwen.records.measures import queries
from chuangwen.records.measures.models import Observation, Round
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
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
        Column("result", later("结果"), lambda row: row.in_words(), "result"),
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
