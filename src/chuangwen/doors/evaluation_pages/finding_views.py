"""From a finding to its case; the way back is the re-check, which alone turns a lost point into a regained one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from chuangwen.doors.evaluation_pages.findings import open_for
from chuangwen.doors.evaluation_pages.visit_views import observation_within
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest


@require_POST
@needs(Permission.SEE_ROWS, Permission.WORK_CASES)
def open_finding(request: TownRequest, observation_id: int) -> HttpResponse:
    """Open the rectification of one finding."""
    case = open_for(observation_within(request, observation_id), by=request.actor, at=request.at)
    if case is None:
        raise NotFound(what=say("可以开的整改"))
    messages.success(request, say("已登记：{number}。", number=case.number))
    return redirect("case", number=case.number)
