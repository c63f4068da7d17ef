"""The inbox: everything that somebody must do by a day, as list, board, calendar and map of the same set."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from chuangwen.doors.case_pages.shapes import board, column_rules, month, schematic
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.dates import day_of
from chuangwen.kernel.figures import Figure, day_text, narrowed
from chuangwen.kernel.words import later, say
from chuangwen.kit import clock
from chuangwen.kit.asked import day_or, whole
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing, ListPage, asked_for
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases import figures, queries, standing
from chuangwen.work.cases.actions import take_many
from chuangwen.work.cases.lateness import late_now, late_through, who_is_late
from chuangwen.work.cases.models import Case, Phase
from chuangwen.work.cases.policy import scope_of, why_not_take
from chuangwen.work.cases.said import Said
from chuangwen.work.cases.types import type_of

TABS = (
    ("mine", later("我要办的")),
    ("unit", later("本单位的")),
    ("waiting", later("等别人的")),
    ("overdue", later("已超期")),
    ("revisit", later("回头看")),
    ("all", later("全部")),
)
MODES = (("list", later("清单")), ("board", later("看板")), ("calendar", later("日历")), ("map", later("地图")))
TAB_FIGURES = {
    "mine": (standing.MINE, True),
    "unit": (standing.UNIT, True),
    "waiting": (standing.WAITING, True),
    "revisit": (standing.REVISIT, True),
    "overdue": (figures.KINDS["overdue"], False),
}
NARROWING = {"figure", "due", "link", "site", "area", "category", "campaign", "holder"}


class CaseFilters(forms.Form):
    """Which cases to list."""

    phase = forms.ChoiceField(
        label=_("阶段"),
        required=False,
        choices=[("", _("全部")), *Phase.choices, ("late", _("已超期")), ("urgent", _("紧急"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = queries.names()
        for name, label, choices in (("kind", _("类型"), self.names.kinds), ("lead", _("主办单位"), self.names.units)):
            all_or_one = [("", _("全部")), *choices]
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=all_or_one)
        self.order_fields(["kind", "lead", "phase"])


def _narrow(rows: QuerySet[Case], said: Mapping[str, Any]) -> QuerySet[Case]:
    if said.get("kind"):
        rows = rows.filter(kind=said["kind"])
    phase, unit = said.get("phase"), said.get("lead")
    if unit:
        rows = rows.filter(late_through([unit], clock.now()) if phase == "late" else Q(lead=unit))
    if phase == "urgent":
        return rows.filter(urgent=True)
    if phase == "late":
        return rows.filter(late_now(clock.now()))
    return rows.filter(phase=phase) if phase else rows


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _late_by(row: Case) -> str:
    """Of what is late now: the unit whose step is awaited; the step where holders of a role are awaited."""
    if not row.is_overdue(clock.now()):
        return ""
    unit = who_is_late(row).unit
    return unit.name if unit is not None else say("{state}（审核方）", state=type_of(row).state(row.state).title)


LISTING: Listing[Case] = Listing(
    columns=[
        Column("number", later("编号"), lambda row: row.number, "number"),
        Column("title", later("什么事"), lambda row: row.title, "title"),
        Column("kind", later("类型"), lambda row: row.type.title, "kind"),
        Column("state", later("环节"), lambda row: type_of(row).state(row.state).title, "state"),
        Column("lead", later("主办单位"), lambda row: row.lead.name if row.lead else "", "lead__order"),
        Column("area", later("所在村（社区）"), lambda row: row.area.name if row.area else "", "area__order"),
        Column("holder", later("经办人"), lambda row: row.holder.name if row.holder else "", "holder__name"),
        Column("opened", later("登记时间"), lambda row: _moment(row.opened_at), "opened_at"),
        Column("due", later("截止"), lambda row: _moment(row.due_at), "due_at"),
        Column("closed", later("办结时间"), lambda row: _moment(row.closed_at), "closed_at"),
        Column("late_by", later("现由谁逾期"), lambda row: _late_by(row)),
        Column("late", later("曾超期"), lambda row: say("是") if row.late else ""),
        Column("reworks", later("返工次数"), lambda row: row.reworks, "reworks"),
        Column("stars", later("满意度"), lambda row: row.stars or "", "stars"),
    ],
    sort="due",
    search=["number", "title", "address", "lead__short", "area__short", "outer_number"],
    filters=CaseFilters,
    narrow=_narrow,
)


def rows_for(request: TownRequest, tab: str) -> QuerySet[Case]:
    """The set that a tab stands for; the figures' links and the filters narrow it further."""
    actor, at = request.actor, request.at
    chosen = {
        "mine": lambda: queries.my_work(actor),
        "unit": lambda: queries.of_my_unit(actor),
        "waiting": lambda: queries.waiting_for_others(actor),
        "overdue": lambda: queries.overdue(actor, at),
        "revisit": lambda: queries.to_revisit(actor, day_of(at)),
    }.get(tab, lambda: _all(request))()
    return queries.in_rows(_asked(request, chosen))


def _all(request: TownRequest) -> QuerySet[Case]:
    """Whatever one may see; a duplicate counts with its case, and is listed only when somebody looks for it."""
    rows = queries.visible_to(request.actor)
    return rows if asked_for(request.GET) else rows.filter(merged_into=None)


def _asked(request: TownRequest, rows: QuerySet[Case]) -> QuerySet[Case]:
    """What links from other pages ask for: a figure's cases, a standard's, a site's, a village's."""
    asked = request.GET
    if (figure := asked.get("figure")) and figure in figures.RULES:
        rows = figures.behind(rows, period_of(request), figure, top=asked.get("part") != "base")
    if (due := asked.get("due")) and due in (columns := column_rules(request.at)):
        rows = rows.filter(columns[due])
    for name in ("area", "site", "category", "campaign", "holder"):
        value = asked.get(name, "")
        if value and (name in {"category", "campaign"} or whole(value) is not None):
            rows = rows.filter(**{name: value})
    if asked.get("link"):
        kind, _sep, key = asked["link"].partition(":")
        rows = rows.filter(links__kind=kind, links__key=key)
    return rows


def period_of(request: TownRequest) -> figures.Period:
    """The days that the address asks for; this year up to today by default."""
    today = request.at.date()
    first = day_or(request.GET.get("from"), date(today.year, 1, 1))
    last = day_or(request.GET.get("to"), today)
    return figures.Period(min(first, last), max(first, last), request.at)


def _chosen_tab(request: TownRequest) -> str:
    asked = request.GET.get("tab", "")
    return asked if asked in dict(TABS) else ("all" if NARROWING & set(request.GET) else "mine")


@require_safe
@needs(Permission.SEE_CASES)
def cases(request: TownRequest) -> HttpResponse:
    """One set of cases in four shapes."""
    tab, mode = _chosen_tab(request), request.GET.get("mode", "list")
    rows = rows_for(request, tab)
    listing = LISTING
    context: dict[str, object] = {
        "tab": tab,
        "mode": mode if mode in dict(MODES) else "list",
        "tabs": [(key, say(title)) for key, title in TABS],
        "modes": [(key, say(title)) for key, title in MODES],
        "now": request.at,
        "may_open": request.actor.may(Permission.WORK_CASES),
        "may_steer": request.actor.may(Permission.STEER_CASES),
        "export": reverse("cases_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
    }
    page = listing.page(rows, request.GET)
    form = page.form
    context |= {"page": page, "titles": form.names.categories if isinstance(form, CaseFilters) else {}}
    context["total"] = _total(request, tab, page)
    if context["mode"] == "list":
        context["lines"] = [case_line(one) for one in page.rows]
        context["bulk"] = _bulk_moves(request.actor, page.rows)
    else:
        shape = {"board": board, "calendar": month, "map": schematic}[str(context["mode"])]
        context |= {"whole": True, **shape(request, LISTING.rows(rows, request.GET), case_line)}
    return render(request, "cases/cases.html", context)


def _total(request: TownRequest, tab: str, page: ListPage[Case]) -> Figure | None:
    """How many a tab holds, by its name; a set that somebody has narrowed has none."""
    if tab not in TAB_FIGURES or page.is_narrowed or NARROWING & set(request.GET):
        return None
    kind, own = TAB_FIGURES[tab]
    scope = f"person:{request.actor.username}" if own else scope_of(request.actor)
    if not own and request.actor.may(Permission.GUARD_CASES):
        scope = narrowed(scope, clues="yes")  # a list shows them to those few, a figure counts them nowhere
    return Figure(kind, page.total, scope, day_text(request.at.date()))


def case_line(case: Case) -> dict[str, object]:
    """A case as one line of a list: its state by name and tone."""
    state = type_of(case).state(case.state)
    title = say("已并入") if case.merged_into_id else state.title
    return {"case": case, "state": title, "tone": state.tone, "short": type_of(case).type.short}


def _bulk_moves(actor: Actor, rows: "list[Case] | Any") -> list[dict[str, str]]:
    """Moves that are safe in bulk and that this person may take on at least one of these rows."""
    found: dict[str, str] = {}
    if not actor.may(Permission.STEER_CASES):
        return []
    for case in rows:
        for move in type_of(case).moves:
            if (
                move.bulk
                and move.id not in found
                and case.state in move.sources
                and not why_not_take(case, move, actor)
            ):
                found[move.id] = move.title
    return [{"id": key, "title": title} for key, title in found.items()]


@require_POST
@needs(Permission.STEER_CASES)
def bulk(request: TownRequest) -> HttpResponse:
    """One safe move for many cases; each stands or falls alone, and what was refused is told by number."""
    numbers = request.POST.getlist("case")[:200]
    rows = list(queries.visible_to(request.actor).select_related("type").filter(number__in=numbers))
    said = Said(text=request.POST.get("text", ""))
    refused = take_many(rows, request.POST.get("move", ""), said, by=request.actor, at=request.at)
    messages.success(request, say("办了 {n} 件。", n=len(rows) - len(refused)))
    for number, why in list(refused.items())[:10]:
        messages.warning(request, say("{number}：{why}", number=number, why=why))
    return redirect(f"{reverse('cases')}?{request.POST.get('back', '')}")


@require_safe
@needs(Permission.SEE_CASES, Permission.EXPORT_LISTS)
def export(request: TownRequest) -> HttpResponse:
    """The same rows as Excel."""
    rows = rows_for(request, _chosen_tab(request))
    return LISTING.export(rows, request.GET, title=say("事项清单"), write=workbook)
