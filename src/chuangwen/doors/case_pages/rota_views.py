"""Rotas: who is on duty this month and next, as a list, a month and an Excel file; one shift changed, cancelled, held."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chuangwen.doors.case_pages.months import last_of, month_asked, month_of, next_month
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.calendar_queries import work_calendar
from chuangwen.records.township.models import Person
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.rotas import actions, queries
from chuangwen.work.rotas.models import Rota, Shift
from chuangwen.work.rotas.pattern import bounds
from chuangwen.work.rotas.policy import planned_by, why_not_plan

TABS = (("near", later("本月和下月")), ("mine", later("我的")), ("all", later("全部")))
MODES = (("list", later("清单")), ("month", later("日历")))


class ShiftFilters(forms.Form):
    """Which shifts to list."""

    rota = forms.ModelChoiceField(
        Rota.objects.all(), label=_("轮值"), required=False, to_field_name="code", empty_label=_("全部")
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("held", _("照常")), ("cancelled", _("已取消"))],
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        if Rota.objects.count() < 2:
            del self.fields["rota"]


def _narrow(rows: QuerySet[Shift], said: Mapping[str, Any]) -> QuerySet[Shift]:
    if said.get("rota"):
        rows = rows.filter(rota=said["rota"])
    if said.get("state"):
        rows = rows.filter(cancelled_at__isnull=said["state"] == "held")
    return rows


def _state(row: Shift) -> str:
    return say("取消：{why}", why=row.cancelled_why) if row.is_cancelled else ""


LISTING: Listing[Shift] = Listing(
    columns=[
        Column("rota", later("轮值"), lambda row: row.rota.title, "rota__order"),
        Column("day", later("日期"), lambda row: row.day, "starts_at"),
        Column("weekday", later("星期"), lambda row: row.weekday),
        Column("start", later("开始"), lambda row: f"{timezone.localtime(row.starts_at):%H:%M}"),
        Column("end", later("结束"), lambda row: f"{timezone.localtime(row.ends_at):%H:%M}"),
        Column("person", later("值班人"), lambda row: row.person.name, "person__name"),
        Column("post", later("职务"), lambda row: row.person.post),
        Column("unit", later("单位"), lambda row: row.unit.name if row.unit else ""),
        Column("stand_in", later("替补"), lambda row: row.stand_in.name if row.stand_in else ""),
        Column("place", later("地点"), lambda row: row.place, "place"),
        Column("note", later("备注"), lambda row: row.note),
        Column("state", later("状态"), _state),
    ],
    sort="day",
    search=["person__name", "stand_in__name", "place", "note"],
    filters=ShiftFilters,
    narrow=_narrow,
)


def _tab(request: TownRequest) -> str:
    asked = request.GET.get("tab", "")
    return asked if asked in dict(TABS) else "near"


def _near(today: date) -> tuple[date, date]:
    """This month and the next."""
    first = today.replace(day=1)
    return first, last_of(next_month(first))


def rows_for(request: TownRequest, tab: str) -> QuerySet[Shift]:
    """The set that a tab stands for."""
    rows = queries.visible_to(request.actor)
    if tab == "mine":
        return queries.of_person(rows, request.actor.person_id)
    return rows if tab == "all" else queries.between(rows, *_near(request.at.date()))


@require_safe
@needs(Permission.SEE_CASES)
def rotas(request: TownRequest) -> HttpResponse:
    """Who is on duty, in two shapes."""
    tab, mode = _tab(request), request.GET.get("mode", "list")
    in_use = queries.rotas_in_use()
    chosen = next((one for one in in_use if one.code == request.GET.get("rota")), in_use[0] if in_use else None)
    planned = planned_by(request.actor, in_use)
    context: dict[str, Any] = {
        "tab": tab,
        "mode": mode if mode in dict(MODES) else "list",
        "tabs": [(key, say(title)) for key, title in TABS],
        "modes": [(key, say(title)) for key, title in MODES],
        "page": LISTING.page(rows_for(request, tab), request.GET),
        "rota": chosen,
        "several": len(in_use) > 1,
        "planned": planned,
        "may_plan": {one.code for one in planned},
        "thin": _thin(in_use, request.at.date()),
        "next": _next(request, chosen),
        "now": request.at,
        "export": reverse("rotas_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
    }
    if context["mode"] == "month":
        context.update(_month(request, tab))
    return render(request, "rotas/rotas.html", context)


def _next(request: TownRequest, rota: Rota | None) -> Shift | None:
    """The turn that runs now or comes next: the page's headline."""
    if rota is None:
        return None
    ahead = queries.visible_to(request.actor).filter(rota=rota, cancelled_at=None, ends_at__gt=request.at)
    return ahead.order_by("starts_at").first()


def _thin(rotas_: Sequence[Rota], today: date) -> list[tuple[Rota, date, int]]:
    """Months, of this and the next, in which a rota is held less often than it is to be, and how often it is."""
    months = [today.replace(day=1), next_month(today.replace(day=1))]
    counts = queries.counts_by_month(months[0], last_of(months[1]))
    found = [(rota, one, counts.get((rota.code, one.year, one.month), 0)) for rota in rotas_ for one in months]
    return [(rota, month, count) for rota, month, count in found if count < rota.least_a_month]


def _month(request: TownRequest, tab: str) -> dict[str, object]:
    """One month of shifts; days on which nobody works say why."""
    today = request.at.date()
    first = month_asked(request.GET.get("month"), today)
    form = ShiftFilters(request.GET)
    form.is_valid()
    rows = queries.visible_to(request.actor)
    rows = queries.of_person(rows, request.actor.person_id) if tab == "mine" else rows
    days: dict[date, list[Shift]] = {}
    for one in _narrow(queries.between(rows, first, last_of(first)), form.cleaned_data).order_by("starts_at"):
        days.setdefault(one.day, []).append(one)
    calendar = work_calendar()
    off = {day: why for day in _days(first) if (why := calendar.why_off(day)) and day in calendar.off}
    return {**month_of(first, days, today), "off": off}


def _days(first: date) -> list[date]:
    return [first.replace(day=one) for one in range(1, last_of(first).day + 1)]


@require_safe
@needs(Permission.SEE_CASES, Permission.EXPORT_LISTS)
def export(request: TownRequest) -> HttpResponse:
    """The same rows as Excel."""
    return LISTING.export(rows_for(request, _tab(request)), request.GET, title=say("轮值安排"), write=workbook)


class SomebodyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by name and post."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.post}）" if obj.post else str(obj.name)


class ShiftForm(forms.Form):
    """One shift as it is to be."""

    person = SomebodyField(Person.objects.none(), label=_("值班人"))
    stand_in = SomebodyField(Person.objects.none(), label=_("替补"), required=False, empty_label=_("不写替补"))
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    start = forms.TimeField(label=_("开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    end = forms.TimeField(label=_("结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    place = forms.CharField(label=_("地点"), max_length=120, required=False)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, shift: Shift, data: Any = None) -> None:
        local, until = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
        initial = {
            "person": shift.person_id,
            "stand_in": shift.stand_in_id,
            "day": local.date(),
            "start": local.time(),
            "end": until.time(),
            "place": shift.place,
            "note": shift.note,
            "version": shift.version,
        }
        super().__init__(data, initial=initial)
        people = [*queries.candidates(shift.rota).values_list("pk", flat=True), shift.person_id, shift.stand_in_id or 0]
        for name in ("person", "stand_in"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = Person.objects.filter(pk__in=people).order_by("organisation__order", "pk")
        self.fields["person"].label = shift.rota.on_duty

    def slot(self) -> actions.Slot:
        """What the form says, for the action."""
        said = self.cleaned_data
        starts, ends = bounds(said["start"], said["end"], said["day"])
        return actions.Slot(starts, ends, said["person"], said["stand_in"], said["place"], said["note"])


def _shift_or_refuse(request: TownRequest, shift_id: int) -> Shift:
    """The shift, if this person plans its rota."""
    found = queries.visible_to(request.actor).filter(pk=shift_id).first()
    if found is None:
        raise NotFound(what=say("这一次轮值"))
    if no := why_not_plan(found.rota, request.actor):
        raise no
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_CASES, Permission.PLAN_ROTAS)
def shift(request: TownRequest, shift_id: int) -> HttpResponse:
    """One shift: another person, stand-in, time, place."""
    found = _shift_or_refuse(request, shift_id)
    form = ShiftForm(found, request.POST if request.method == "POST" else None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.change_shift(found, form.slot(), version=said["version"], by=request.actor, at=request.at)
        except Refusal as no:
            refusal = no
        else:
            messages.success(request, say("已改好，有关的人已收到通知。"))
            return redirect("rotas")
    context = {"shift": found, "form": form, "refusal": refusal, "now": request.at}
    wrong = refusal.status if refusal else (422 if form.errors else 200)
    return render(request, "rotas/shift.html", context, status=wrong)


@require_POST
@needs(Permission.SEE_CASES, Permission.PLAN_ROTAS)
def cancel(request: TownRequest, shift_id: int) -> HttpResponse:
    """Not held, for a reason."""
    found = _shift_or_refuse(request, shift_id)
    actions.cancel_shift(found, request.POST.get("why", ""), by=request.actor, at=request.at)
    messages.success(request, say("已取消，值班人已收到通知。"))
    return redirect("rotas")


@require_POST
@needs(Permission.SEE_CASES, Permission.PLAN_ROTAS)
def restore(request: TownRequest, shift_id: int) -> HttpResponse:
    """Held after all."""
    found = _shift_or_refuse(request, shift_id)
    actions.restore_shift(found, by=request.actor, at=request.at)
    messages.success(request, say("已恢复，值班人已收到通知。"))
    return redirect("rotas")
