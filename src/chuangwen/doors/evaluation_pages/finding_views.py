"""From a finding to its case, and back: the re-check that alone turns a lost point into a regained one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from chuangwen.doors.evaluation_pages.findings import open_for
from chuangwen.doors.evaluation_pages.measure_views import reading_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.measures import actions, queries
from chuangwen.records.measures.models import Observation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.queries import cases_by_link


def _observation(request: TownRequest, observation_id: int) -> Observation:
    rows = queries.observations_visible_to(request.actor).select_related("round", "site", "check_item__edition")
    found = rows.filter(pk=observation_id).first()
    if found is None:
        raise NotFound(what=say("观测"))
    return found


def _latest(old: Observation) -> Observation:
    """The row that counts now: a re-check of a re-check goes on from the newest."""
    while old.replaced_by_id is not None:
        old = Observation.objects.select_related("round", "site", "check_item__edition").get(pk=old.replaced_by_id)
    return old


@require_POST
@needs(Permission.SEE_ROWS, Permission.WORK_CASES)
def open_finding(request: TownRequest, observation_id: int) -> HttpResponse:
    """Open the rectification of one finding."""
    case = open_for(_observation(request, observation_id), by=request.actor, at=request.at)
    if case is None:
        raise NotFound(what=say("可以开的整改"))
    messages.success(request, say("已登记：{number}。", number=case.number))
    return redirect("case", number=case.number)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_OBSERVATIONS)
def recheck(request: TownRequest, observation_id: int) -> HttpResponse:
    """Judge the same check at the same site again; the earlier row stays and no longer counts."""
    old = _latest(_observation(request, observation_id))
    wrong = ""
    if request.method == "POST":
        try:
            result, count = (request.POST.get(name, "").strip() for name in ("result", "count"))
            made = actions.recheck(
                old, reading_of(old.check_item, result, count, request), by=request.actor, at=request.at
            )
        except Refusal as refusal:
            wrong = str(refusal)
        else:
            messages.success(request, say("复查已记下：{result}。", result=made.result))
            return redirect(f"{reverse('observations')}?site={old.site.code}#o{made.pk}")
    case = cases_by_link(request.actor, "observation", [str(old.pk)]).get(str(old.pk))
    context = {"old": old, "check": old.check_item, "site": old.site, "round": old.round, "wrong": wrong, "case": case}
    return render(request, "measures/recheck.html", context, status=422 if wrong else 200)
