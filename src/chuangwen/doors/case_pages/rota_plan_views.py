"""Many shifts at once: a stretch planned by the rota's pattern, tried first; a table pasted or sent as Excel."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.case_pages.months import last_of, next_month
from chuangwen.doors.site.importing import ImportPage, sent_table, written_now, wrong_rows
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.dates import weekday_told
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.tables.dry_run import Change, DryRun, Line
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
from chuangwen.work.rotas.sheet_rows import TEMPLATE, Asked, ShiftRow, Standing, names_of, read_shifts, shift_table

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
    page = _page(request, rota)
    if request.method != "POST":
        return page.choose(request)
    asked = _asked(request, rota)
    sent = sent_table(request, asked.table)
    table = read_shifts(sent.book, asked, sent.said)
    if sent.move == "errors":
        return wrong_rows(table.reading)
    if sent.move == "take" and table.reading.is_ready:
        fresh = [one for one in table.rows if not one.known]
        done = take_in_shifts(rota, _slots(rota, fresh), what=sent.name, by=request.actor, at=request.at)
        written_now(request, sent)
        told = say(
            "排入 {n} 次，改正 {changed} 次；{known} 次先前已有，没有重复。",
            n=len(done.made),
            changed=done.changed,
            known=len(table.rows) - len(fresh),
        )
        messages.success(request, told)
        return redirect("rotas")
    return page.show(request, sent, table.reading, _dry_run(rota, table.rows))


def _page(request: TownRequest, rota: Rota) -> ImportPage:
    return ImportPage(
        title=say("从表格排入：{title}", title=rota.title),
        lede=say(
            "原来的安排表也行：有“日期”和人名两列就认，先后随意；没写时间地点的用这项轮值的。重复导入不会多出来。"
        ),
        hint=listed(_heads(rota)),
        again=reverse("rota_import", args=[rota.code]),
        back=reverse("rotas"),
        template=reverse("rota_template", args=[rota.code]),
        heads=_heads(rota),
        along={"year": str(_year(request))},
        ask_year=True,
    )


def _heads(rota: Rota) -> list[str]:
    """The headings of the template."""
    table = shift_table(rota.on_duty)
    return [table.field(one).title for one in TEMPLATE]


def _dry_run(rota: Rota, rows: Sequence[ShiftRow]) -> DryRun:
    """What was read, as the page shows it, beside what stands."""
    names = dict(Person.objects.filter(pk__in=_people_in(rows)).values_list("pk", "name"))
    changes = [_change(one, one.was, names) for one in rows if one.was]
    known = sum(one.known for one in rows)
    return DryRun(
        new=len(rows) - known - len(changes),
        changed=len(changes),
        known=known,
        columns=[say("日期"), say("时间"), rota.on_duty, say("替补"), say("地点"), say("备注")],
        lines=[_line(rota, one, names) for one in rows],
        changes=changes,
    )


def _people_in(rows: Sequence[ShiftRow]) -> set[int]:
    held = [(one.person, one.stand_in) for one in rows] + [
        (one.was.person, one.was.stand_in) for one in rows if one.was
    ]
    return {person for pair in held for person in pair if person}


def _line(rota: Rota, one: ShiftRow, names: Mapping[int, str]) -> Line:
    day = f"{one.starts_at:%Y-%m-%d} {weekday_told(one.starts_at.date())}"
    stand_in, place = names.get(one.stand_in or 0, ""), one.place or rota.place
    cells = (day, span_text(one.starts_at, one.ends_at), names[one.person], stand_in, place, one.note)
    tag = say("已有") if one.known else say("改正") if one.was else ""
    return Line(one.row, cells, tag, "tag-warn" if one.was else "")


def _change(one: ShiftRow, was: Standing, names: Mapping[int, str]) -> Change:
    def told(person: int, stand_in: int | None, *more: str) -> str:
        return " · ".join(part for part in (names[person], names.get(stand_in or 0, ""), *more) if part)

    old = told(was.person, was.stand_in, span_text(one.moves or one.starts_at, was.ends_at), was.place, was.note)
    new = told(one.person, one.stand_in, span_text(one.starts_at, one.ends_at), one.place, one.note)
    return Change(one.row, f"{one.starts_at:%Y-%m-%d %H:%M}", old, new)


def _year(request: TownRequest) -> int:
    """The year of days written without one."""
    said = request.POST.get("year", "")
    return whole(said, least=2000, most=2100) or request.at.year


def _asked(request: TownRequest, rota: Rota) -> Asked:
    candidates = queries.candidates(rota).values_list("pk", "username", "name", "post", "organisation__name")
    people, keys = names_of(list(candidates))
    columns = ("starts_at", "person", "ends_at", "stand_in", "place", "note", "cancelled_at")
    facts = Shift.objects.filter(rota=rota).values_list(*columns)
    standing = {
        starts: Standing(person, ends, stand_in, place, note, cancelled=gone is not None)
        for starts, person, ends, stand_in, place, note, gone in facts
    }
    year, today = _year(request), request.at.date()
    day = today if year == today.year else None
    return Asked(rota.on_duty, rota.start, rota.end, year, people, keys, standing, rota.title, day)


def _slots(rota: Rota, rows: Sequence[ShiftRow]) -> list[Slot]:
    people = {one.pk: one for one in Person.objects.filter(pk__in=_people_in(rows)).select_related("organisation")}
    return [
        Slot(
            one.starts_at,
            one.ends_at,
            people[one.person],
            people[one.stand_in] if one.stand_in else None,
            one.place or rota.place,
            one.note,
            moves=one.moves,
        )
        for one in rows
    ]
