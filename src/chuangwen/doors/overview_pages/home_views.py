"""The first page: where we stand, how sure that is, what to do first, what I owe."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from chuangwen.doors.case_pages.views import case_line
from chuangwen.doors.site.framing import ROUND, chosen_round
from chuangwen.kit.doors import needs, signed_in
from chuangwen.records.duties import queries as duty_queries
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.dashboard import queries
from chuangwen.results.dashboard.late import late_parts
from chuangwen.results.scoring.standing import standing_of
from chuangwen.work.cases import queries as case_queries
from chuangwen.work.cases.standing import standing


@require_safe
@signed_in
def home(request: TownRequest) -> HttpResponse:
    """The town's picture for those who may see scores; for others what they owe and where they may go."""
    round_ = chosen_round(request)
    if not request.actor.may(Permission.SEE_SCORE) or round_ is None:
        mine = duty_queries.owed_by(request.actor) if request.actor.may(Permission.SEE_DUTIES) else None
        owed = list(mine[:20]) if mine is not None else []
        context = {
            "owed": owed,
            "all_owed": mine.count() if mine is not None else 0,
            "round": round_,
            "today": request.at.date(),
            "now": request.at,
            "work": _work(request),
        }
        return render(request, "home/plain.html", context)
    page = queries.home(request.actor, round_, request.at.date())
    shown: dict[str, object] = {"home": page, "round": round_, "today": request.at.date()}
    shown["standing_score"] = standing_of(page.result)
    shown |= {"work": _work(request), "now": request.at}
    if request.actor.may(Permission.SEE_CASES):
        shown["standing"], shown["campaigns"] = standing(request.actor, request.at)
        shown["late_parts"] = late_parts(request.actor, request.at)
    return render(request, "home/home.html", shown)


def _work(request: TownRequest) -> list[dict[str, object]]:
    """The next things that this person owes."""
    if not request.actor.may(Permission.SEE_CASES):
        return []
    return [case_line(one) for one in case_queries.in_rows(case_queries.my_work(request.actor))[:6]]


@require_safe
@needs(Permission.SEE_ROWS)
def choose_round(request: TownRequest) -> HttpResponse:
    """Look at another round from now on."""
    request.session[ROUND] = request.GET.get("round", "")
    back = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "home")
