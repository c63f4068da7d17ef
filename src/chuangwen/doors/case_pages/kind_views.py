"""How each kind of case goes: its flow as a drawing with the tables behind it, its deadlines, its papers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from chuangwen.doors.case_pages.page_views import case_or_refuse
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases import explaining, queries
from chuangwen.work.cases.actions import openings_for
from chuangwen.work.cases.definitions import CaseTypeRow
from chuangwen.work.cases.drawing import SLIM, draw
from chuangwen.work.cases.models import Case, CaseType
from chuangwen.work.cases.policy import names_of_words
from chuangwen.work.cases.seeing import knows_kind
from chuangwen.work.cases.types import all_in_force, definition, in_force


@require_safe
@needs(Permission.SEE_CASES)
def kinds(request: TownRequest) -> HttpResponse:
    """Every kind whose way this person may read."""
    rows = [row for row in all_in_force() if knows_kind(row.guard, request.actor)]
    return render(request, "cases/kind_list.html", {"kinds": [(row, definition(row)) for row in rows]})


@require_safe
@needs(Permission.SEE_CASES)
def kind(request: TownRequest, kind: str) -> HttpResponse:
    """One kind. Come to from a case (``?case=``), it shows the edition of that case and where the case stands."""
    case = _case_asked(request, kind)
    row = case.type if case else in_force(kind)
    if not knows_kind(row.guard, request.actor):
        raise NotFound(what=say("事项类型"))
    type_ = definition(row)
    now = case.state if case and not case.merged_into_id else ""
    return render(request, "cases/kind.html", _page(request, row, type_, now) | {"case": case})


def _case_asked(request: TownRequest, kind: str) -> Case | None:
    number = request.GET.get("case", "")
    if not number:
        return None
    found = case_or_refuse(request, number)
    if found.type.code != kind:
        raise NotFound(what=say("事项“{number}”", number=number[:40]))
    return found


def _page(request: TownRequest, row: CaseType, type_: CaseTypeRow, now: str) -> dict[str, object]:
    names = names_of_words()
    wide = draw(type_, names, name="flow-wide", now=now)
    slim = draw(type_, names, sizes=SLIM, name="flow-slim", now=now)
    return {
        "row": row,
        "type": type_,
        "now": now,
        "wide": mark_safe(wide),  # noqa: S308 - drawn by us, every text escaped
        "slim": mark_safe(slim),  # noqa: S308
        "facts": explaining.facts(type_, names),
        "states": explaining.state_lines(type_, names),
        "moves": explaining.move_lines(type_, names),
        "clocks": explaining.clock_lines(type_),
        "papers": explaining.paper_lines(type_),
        "rungs": [(one, explaining.names_of(one.tells, names)) for one in queries.rungs(type_.type.ladder)],
        "terms": queries.category_terms(type_.type.categories) if any(one.by_category for one in type_.clocks) else [],
        "may_open": bool(row.in_force and openings_for(type_, request.actor)),
    }
