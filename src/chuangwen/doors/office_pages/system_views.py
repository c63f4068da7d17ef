"""The packs that are installed, and the doctor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chuangwen.kit.doors import needs
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.calendar_queries import calendar_warning
from chuangwen.records.township.models import InstalledPack
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.doctor import examine


@require_safe
@needs(Permission.SEE_FRAMEWORK)
def packs(request: TownRequest) -> HttpResponse:
    """Every edition that is installed, with its standing and fingerprint."""
    context = {
        "editions": Edition.objects.defer("content"),
        "packs": InstalledPack.objects.order_by("installed_at"),
        "may_edit": request.actor.may(Permission.EDIT_FRAMEWORK),
        "may_manage": request.actor.may(Permission.MANAGE_SYSTEM),
    }
    return render(request, "office/packs.html", context)


@require_safe
@needs(Permission.SEE_FRAMEWORK, Permission.SEE_DUTIES)
def doctor(request: TownRequest) -> HttpResponse:
    """What is left over or does not fit, how bad it is, and the cure."""
    findings = examine(request.at.date())
    worst = sum(one.severity == "bad" for one in findings)
    context = {
        "findings": findings,
        "worst": worst,
        "warning": calendar_warning(request.at.date()),
        "may_manage": request.actor.may(Permission.MANAGE_SYSTEM),
    }
    return render(request, "office/doctor.html", context)
