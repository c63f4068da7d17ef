"""The figures of a period: the whole, by unit, village, person, category, kind; each opens exactly the cases it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from chuangwen.doors.case_pages.views import period_of
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.figures import Figure, narrowed
from chuangwen.kernel.words import later, say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases import figures, queries, rollup
from chuangwen.work.cases.policy import may_count_all, scope_of
from chuangwen.work.cases.types import all_in_force

MOST_RELAPSES = 20
DIMENSIONS = (
    ("unit", later("单位"), "lead"),
    ("village", later("村（社区）"), "area"),
    ("person", later("经办人"), "holder"),
    ("category", later("类别"), "category"),
    ("kind", later("类型"), "kind"),
)
FILTERS = {key: name for key, _title, name in DIMENSIONS}


@dataclass(frozen=True)
class Shown:
    """A figure with the lists behind it: what counts, and what a rate is of."""

    value: figures.Value
    figure: Figure
    link: str
    base: str = ""


class Asked:
    """What the address asks for: the days, one kind of case or all, by what the lines go."""

    def __init__(self, request: TownRequest) -> None:
        asked = request.GET.get("by", "unit")
        self.period = period_of(request)
        self.kind = request.GET.get("kind", "")
        self.by = asked if asked in FILTERS else "unit"
        self.rows = queries.visible_to(request.actor)
        if self.kind:
            self.rows = self.rows.filter(kind=self.kind)
        self.scope = narrowed(scope_of(request.actor), kind=self.kind)

    def link(self, value: figures.Value, line: Mapping[str, object], part: str = "") -> str:
        """The list of the cases that a figure counts."""
        days = {"from": self.period.first, "to": self.period.last}
        asked = {"tab": "all", **days, "kind": self.kind, **line, "figure": value.rule.id, "part": part}
        return f"{reverse('cases')}?{urlencode({key: text for key, text in asked.items() if text})}"

    def shown(self, values: list[figures.Value], line: Mapping[str, object] | None = None) -> list[Shown]:
        """Figures with what opens behind each."""
        by = line or {}
        scope = narrowed(self.scope, **by)
        return [
            Shown(
                one,
                one.figure(scope, self.period),
                self.link(one, by),
                self.link(one, by, "base") if one.is_rate else "",
            )
            for one in values
        ]

    def lines(self) -> list[tuple[str, list[Shown]]]:
        """The same figures for each unit, village … by its name."""
        titles = {"category": queries.category_titles(), "kind": {one.code: one.title for one in all_in_force()}}
        named = titles.get(self.by, {})
        found = figures.by_dimension(self.rows, self.period, self.by)
        return [(named.get(one.label, one.label), self.shown(one.values, {FILTERS[self.by]: one.key})) for one in found]

    def left_out(self) -> list[tuple[str, str]]:
        """The kinds that this person sees and that count in no figure, by name, with their lists."""
        titles = {one.code: one.title for one in all_in_force()}
        kinds = figures.left_out(self.rows)
        return [(titles.get(one, one), f"{reverse('cases')}?{urlencode({'tab': 'all', 'kind': one})}") for one in kinds]


@require_safe
@needs(Permission.SEE_CASES)
def case_figures(request: TownRequest) -> HttpResponse:
    """The figures of a period, for the whole and by unit, village, person, category, kind."""
    asked = Asked(request)
    period = asked.period
    context = {
        "period": period,
        "whose": Figure(figures.KINDS["all"], 0, asked.scope, "").whose,
        "values": asked.shown(figures.figures(asked.rows, period)),
        "lines": asked.lines(),
        "by": asked.by,
        "dimensions": [(key, say(title)) for key, title, _name in DIMENSIONS],
        "kinds": all_in_force(),
        "kind": asked.kind,
        "relapses": queries.relapses(asked.rows)[:MOST_RELAPSES],
        "categories": queries.category_titles(),
        "periods": _periods(request.at.date()),
        "whole": rollup.whole(period.first, period.last) if may_count_all(request.actor) and not asked.kind else [],
        "left_out": asked.left_out(),
        "export": reverse("case_figures_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
    }
    return render(request, "cases/figures.html", context)


@require_safe
@needs(Permission.SEE_CASES, Permission.EXPORT_LISTS)
def export(request: TownRequest) -> HttpResponse:
    """The same figures as Excel: the lines, and on a second sheet what each number is."""
    asked = Asked(request)
    whole = asked.shown(figures.figures(asked.rows, asked.period))
    lines = [(say("合计"), whole), *asked.lines()]
    by = next(title for key, title, _name in DIMENSIONS if key == asked.by)
    heads = [say(by), *(one.value.title for one in whole)]
    title = say("办理统计")
    cells = ([label, *(_cell(one.figure) for one in found)] for label, found in lines)
    data = workbook(title, heads, cells, figures=[one.figure for _label, found in lines for one in found])
    answer = HttpResponse(data, content_type=EXCEL)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{title}.xlsx") or ""
    return answer


def _cell(one: Figure) -> object:
    return say("{rate}（{counts}）", rate=one.told(), counts=one.counts) if one.counts else one.value


def _periods(today: date) -> list[tuple[str, date, date]]:
    monday = today - timedelta(days=today.weekday())
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [
        (say("今天"), today, today),
        (say("本周"), monday, today),
        (say("本月"), today.replace(day=1), today),
        (say("本季"), quarter, today),
        (say("今年"), date(today.year, 1, 1), today),
    ]
