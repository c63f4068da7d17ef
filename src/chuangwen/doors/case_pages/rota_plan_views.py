"""Many shifts at once: a stretch planned by the rota's pattern, tried first; a table pasted or sent as Excel."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.case_pages.months import last_of, next_month
from chuangwen.doors.site.sheets import marked_workbook, workbook
from chuangwen.doors.site.uploads import sent_or_kept
from chuangwen.kernel.dates import weekday_told
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.words import listed, say
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.records.township.models import Person
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.rotas import queries
from chuangwen.work.rotas.actions import NobodyChosen, Slot, plan_shifts, take_in_shifts
from chuangwen.work.rotas.models import Rota, Shift
from chuangwen.work.rotas.pattern import span_text
from chuangwen.work.rotas.policy import why_not_plan
from chuangwen.work.rotas.sheet_rows import TEMPLATE, Asked, ShiftRow, names_of, read_shifts

MOST_PEOPLE = 99


def _rota_or_refuse(request: TownRequest, code: str) -> Rota:
    """The rota, if this person plans it."""
    rota = queries.rota_or_refuse(code)
    if no := why_not_plan(rota, request.actor):
        raise no
    return rota


class PlanForm(forms.Form):
    """The stretch. The people in order come from the numbers beside their names."""

    first = forms.DateField(label=_("从哪天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("到哪天止"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_CASES, Permission.PLAN_ROTAS)
def plan(request: TownRequest, rota_code: str) -> HttpResponse:
    """A stretch and the people in order; tried first, then planned."""
    rota = _rota_or_refuse(request, rota_code)
    people = list(queries.candidates(rota))
    posted = request.method == "POST"
    numbers = {one.pk: request.POST.get(f"order-{one.pk}", "").strip() for one in people}
    if not posted:
        numbers = {one.pk: str(place) for place, one in enumerate(people, start=1)}
    form = PlanForm(request.POST if posted else None, initial=_stretch(rota, request.at.date()))
    context: dict[str, Any] = {
        "rota": rota,
        "form": form,
        "people": [(one, numbers[one.pk]) for one in people],
        "days": listed(weekday_told(date(2024, 1, int(one))) for one in rota.days),
    }
    if posted and form.is_valid():
        try:
            chosen = _in_order(rota, people, numbers)
            first, last = form.cleaned_data["first"], form.cleaned_data["last"]
            if request.POST.get("move") == "take":
                made = plan_shifts(rota, chosen, first, last, by=request.actor, at=request.at)
                messages.success(request, say("排好了 {n} 次，有关的人已收到通知。", n=len(made)))
                return redirect("rotas")
            context["proposal"] = queries.propose(rota, chosen, first, last)
        except Refusal as no:
            context["refusal"] = no
    status = context["refusal"].status if "refusal" in context else (422 if form.errors else 200)
    return render(request, "rotas/plan.html", context, status=status)


def _stretch(rota: Rota, today: date) -> dict[str, date]:
    """From the day after the last shift that stands (tomorrow at the earliest) to the end of the month after."""
    last = Shift.objects.filter(rota=rota).order_by("-starts_at").first()
    first = max(today, last.day if last else today) + timedelta(days=1)
    return {"first": first, "last": last_of(next_month(first.replace(day=1)))}


def _in_order(rota: Rota, people: list[Person], numbers: Mapping[int, str]) -> list[Person]:
    """Those with a number, by it; the same number twice goes by the list."""
    chosen = [(int(numbers[one.pk]), place, one) for place, one in enumerate(people) if _counts(numbers[one.pk])]
    if not chosen:
        raise NobodyChosen(rota=rota.title)
    return [one for _number, _place, one in sorted(chosen, key=lambda said: said[:2])]


def _counts(text: str) -> bool:
    return whole(text, least=1, most=MOST_PEOPLE) is not None


@require_safe
@needs(Permission.SEE_CASES, Permission.PLAN_ROTAS)
def template(request: TownRequest, rota_code: str) -> HttpResponse:
    """The empty table, with the headings it is read by."""
    rota = _rota_or_refuse(request, rota_code)
    answer = HttpResponse(workbook(rota.title, _heads(rota), []), content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="{rota.code}.xlsx"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_CASES, Permission.PLAN_ROTAS)
def import_shifts(request: TownRequest, rota_code: str) -> HttpResponse:
    """Paste or choose a table, look at what was read, take in all of it or none."""
    rota = _rota_or_refuse(request, rota_code)
    context: dict[str, Any] = {"rota": rota, "year": _year(request), "pasted": request.POST.get("rows", "")}
    context["heads"] = _heads(rota)
    if request.method != "POST":
        return render(request, "rotas/import.html", context)
    key, data, name = sent_or_kept(request)
    book = read_table(data, name=name)
    table = read_shifts(book, _asked(request, rota))
    problems = sorted(table.problems)
    if request.POST.get("move") == "errors":
        return marked_workbook(book, problems)
    fresh = [one for one in table.rows if not one.known]
    if not problems and request.POST.get("move") == "take":
        made = take_in_shifts(rota, _slots(rota, fresh), what=name, by=request.actor, at=request.at)
        known = len(table.rows) - len(fresh)
        messages.success(request, say("排入 {n} 次；{known} 次先前已有，没有重复。", n=len(made), known=known))
        return redirect("rotas")
    context |= {"table": table, "lines": _lines(rota, table.rows), "fresh": len(fresh), "problems": problems}
    context |= {"key": key, "name": name}
    return render(request, "rotas/import.html", context, status=422 if problems else 200)


def _heads(rota: Rota) -> list[str]:
    """The headings of the template."""
    words = Asked(rota.on_duty, rota.start, rota.end, 0, {}).words
    return [words[one][0] for one in TEMPLATE]


def _lines(rota: Rota, rows: Sequence[ShiftRow]) -> list[dict[str, object]]:
    """What was read, as the page shows it."""
    names = dict(queries.candidates(rota).values_list("pk", "name"))
    return [
        {
            "row": one,
            "weekday": weekday_told(one.starts_at.date()),
            "span": span_text(one.starts_at, one.ends_at),
            "person": names[one.person],
            "stand_in": names.get(one.stand_in or 0, ""),
        }
        for one in rows
    ]


def _year(request: TownRequest) -> int:
    """The year of days written without one."""
    said = request.POST.get("year", "")
    return whole(said, least=2000, most=2100) or request.at.year


def _asked(request: TownRequest, rota: Rota) -> Asked:
    people = list(queries.candidates(rota).values_list("pk", "username", "name"))
    standing = dict(Shift.objects.filter(rota=rota).values_list("starts_at", "person"))
    return Asked(rota.on_duty, rota.start, rota.end, _year(request), names_of(people), standing)


def _slots(rota: Rota, rows: list[ShiftRow]) -> list[Slot]:
    people = {one.pk: one for one in queries.candidates(rota)}
    return [
        Slot(
            one.starts_at,
            one.ends_at,
            people[one.person],
            people[one.stand_in] if one.stand_in else None,
            one.place or rota.place,
            one.note,
        )
        for one in rows
    ]
