"""Losses over all systems of the town: what bars it first, by unit, with what-if and the smallest set that passes."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from chuangwen.doors.evaluation_pages.loss_rows import LossRow, grouped, page_foot, paged, rows_of
from chuangwen.doors.site.framing import chosen_round
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.records.standards.definitions import Grouping
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.arithmetic.inputs import METHODS
from chuangwen.results.scoring.arithmetic.losses import Loss
from chuangwen.results.scoring.arithmetic.smallest import changes_of, smallest_set
from chuangwen.results.scoring.arithmetic.town import Town
from chuangwen.results.scoring.arithmetic.whatif import TownWhatIf, make_town_ready
from chuangwen.results.scoring.gathering import pack_of
from chuangwen.results.scoring.loss_words import LossLine, loss_lines
from chuangwen.results.scoring.queries import RoundScore, score_round
from chuangwen.results.scoring.score_figures import town_figures
from chuangwen.results.scoring.standing import SystemStanding, standing_of
from chuangwen.results.scoring.working import method_title

FIRST = 6


@require_safe
@needs(Permission.SEE_SCORE)
def losses(request: TownRequest) -> HttpResponse:
    """Where points are lost; tick some off and see the town at once."""
    round_ = chosen_round(request)
    if round_ is None:
        return redirect("rounds")
    result = score_round(round_, request.at.date())
    ready = make_town_ready(result.town)
    smallest = smallest_set(ready, result.losses) if _may_suggest(result) else None
    ticked = _ticked(request, smallest)
    chosen = [one for one in result.losses if one.key in ticked]
    town = ready.suppose(changes_of(chosen)) if chosen else None
    if "json" in request.GET:
        return JsonResponse({"total": (town or result.town).line.as_dict()})
    context = {
        "round": round_,
        "result": result,
        "standing": standing_of(result),
        **_supposed(result, ready, chosen, town),
        "smallest": [one.key for one in smallest or ()],
        "can_pass": smallest is not None,
    }
    if request.GET.get("part") == "whatif":
        return render(request, "rounds/_whatif.html", context)
    return render(request, "rounds/losses.html", {**context, **_listed(request, result, ticked)})


def _may_suggest(result: RoundScore) -> bool:
    return result.total.is_measured_enough and result.round.closed_at is None


def _ticked(request: TownRequest, smallest: Sequence[Loss] | None) -> set[str]:
    """What the person ticked; at first the smallest set that holds the floors and the pass line."""
    if "tick" in request.GET or "none" in request.GET:
        return set(request.GET.getlist("tick"))
    return {one.key for one in smallest or ()}


def _supposed(result: RoundScore, ready: TownWhatIf, chosen: Sequence[Loss], town: Town | None) -> dict[str, Any]:
    """What ticking brings: each system that has a floor and the town, now and then."""
    if town is None:
        return {"supposed": None, "chosen": 0, "days": 0}
    days = max((one.effort_days for one in chosen), default=0.0)
    return {"supposed": standing_of(result, town), "chosen": len(chosen), "days": days}


def _listed(request: TownRequest, result: RoundScore, ticked: set[str]) -> dict[str, Any]:
    lines = _lines(request, result)
    rows = rows_of(request.actor, result, lines, ticked)
    if "uncased" in request.GET:
        rows = [one for one in rows if not one.cases]
    systems = standing_of(result).barred
    alone = request.GET.get("system", "")
    floors = [_floor(one, rows) for one in systems if one.code != alone]
    barred = {one.code for one in systems} - {alone}
    pages = paged(grouped([one for one in rows if one.line.system not in barred]))
    number = _page_number(request, len(pages))
    return {
        "floors": floors if number == 1 else [],
        "groups": pages[number - 1],
        "pages": page_foot(pages),
        "page": number,
        "all": len(rows),
        "uncased_count": sum(not one.cases for one in rows),
        "sums": {key: sum(getattr(one.line, key) for one in rows) for key in ("lost", "risk", "regain")},
        "filter": filter_title(request, result),
        "word": request.GET.get("q", ""),
        "methods": [(one, method_title(one)) for one in METHODS if any(line.loss.method == one for line in lines)],
        "method": request.GET.get("method", ""),
        "uncased": "uncased" in request.GET,
        "carried": _carried(
            request, rows if number == 1 else [one for group in pages[number - 1] for one in group.rows]
        ),
        "system": request.GET.get("system", ""),
    }


def _floor(system: SystemStanding, rows: Sequence[LossRow]) -> dict[str, Any]:
    """The losses of a system whose floor is missed: the first ones and whatever is ticked; the rest on its own list."""
    mine = [one for one in rows if one.line.system == system.code]
    return {
        "system": system,
        "rows": [one for place, one in enumerate(mine) if place < FIRST or one.ticked],
        "all": len(mine),
    }


def _carried(request: TownRequest, shown: Sequence[LossRow]) -> list[tuple[str, str]]:
    """What the form sends along unseen: the filters, and what is ticked on other pages."""
    seen = {one.line.key for one in shown}
    kept = [(name, value) for name, values in request.GET.lists() for value in values if name not in _OWN]
    return [*kept, *(("tick", key) for key in request.GET.getlist("tick") if key not in seen)]


_OWN = ("tick", "none", "part", "json")


def _page_number(request: TownRequest, pages: int) -> int:
    said = request.GET.get("page", "")[:6]
    return min(max(int(said), 1), pages) if said.isascii() and said.isdigit() else 1


def _lines(request: TownRequest, result: RoundScore) -> list[LossLine]:
    """All losses, or those of one member of a grouping, one unit, one branch, one method, one system."""
    found = _in_groupings(request, result)
    for name, wanted in (("lead", request.GET.get("lead")), ("method", request.GET.get("method"))):
        if wanted:
            found = [one for one in found if getattr(one, name) == wanted]
    if system := request.GET.get("system"):
        found = [one for one in found if one.system == system]
    if branch := request.GET.get("branch"):
        found = [one for one in found if one.standard == branch or one.standard.startswith(f"{branch}-")]
    lines = loss_lines(result, found, dict(Organisation.objects.values_list("code", "short")))
    if word := request.GET.get("q", "").strip():
        lines = [one for one in lines if word in one.label or word in one.where or word in one.lead]
    return lines


def _in_groupings(request: TownRequest, result: RoundScore) -> list[Loss]:
    nodes = {(one.code, node.code): node for one in result.town.systems for node in one.scored.prepared.plan.standards}
    found = result.losses
    for grouping in groupings_of(result):
        if member := request.GET.get(grouping.id):
            found = [one for one in found if member in nodes[one.system, one.standard].groups.get(grouping.id, ())]
    return found


def groupings_of(result: RoundScore) -> Sequence[Grouping]:
    """The groupings of the main system."""
    return pack_of(result.round.edition).framework.groupings


def filter_title(request: TownRequest, result: RoundScore) -> str:
    """What the list is narrowed to, in words."""
    for grouping in groupings_of(result):
        wanted = request.GET.get(grouping.id)
        for member in grouping.member:
            if member.code == wanted:
                return f"{grouping.title} · {member.title}"
    lead = request.GET.get("lead")
    if lead and (unit := Organisation.objects.filter(code=lead).first()):
        return unit.name
    titles = {one.code: one.title for one in standing_of(result).systems}
    return titles.get(request.GET.get("system", ""), "") or request.GET.get("branch", "")


@require_safe
@needs(Permission.SEE_SCORE, Permission.EXPORT_LISTS)
def losses_export(request: TownRequest) -> HttpResponse:
    """The losses as Excel, in points of the town's total."""
    round_ = chosen_round(request)
    if round_ is None:
        return redirect("rounds")
    result = score_round(round_, request.at.date())
    rows = rows_of(request.actor, result, _lines(request, result), set())
    told = [
        say("体系"),
        say("测评标准"),
        say("方法"),
        say("失在哪里"),
        say("牵头"),
        say("责任人"),
        say("已失（全镇分）"),
        say("存疑（全镇分）"),
        say("可挽回（全镇分）"),
        say("约需天数"),
        say("怎么挽回"),
        say("在办事项"),
        say("期限"),
    ]
    standing = standing_of(result)
    notes = [say("{round}　数据截至 {day}", round=round_.title, day=f"{result.on:%Y-%m-%d}"), standing.formula]
    cells = (_cells(one) for one in rows)
    sheet = workbook(say("失分清单"), told, cells, figures=town_figures(result), notes=notes)
    answer = HttpResponse(sheet, content_type=EXCEL)
    answer["Content-Disposition"] = 'attachment; filename="losses.xlsx"'
    return answer


def _cells(row: Any) -> list[object]:
    one = row.line
    case = row.cases[0] if row.cases else None
    due = case.due if case and case.due else row.due
    return [
        one.system_title,
        one.label,
        one.method,
        one.where,
        one.lead,
        row.person,
        round(one.lost, 4),
        round(one.risk, 4),
        round(one.regain, 4) if one.is_work else None,
        one.days if one.is_work else None,
        one.how,
        case.number if case else "",
        f"{due:%Y-%m-%d}" if due else "",
    ]
