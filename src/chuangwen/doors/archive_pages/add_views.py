"""Bringing things in by page: many files, a folder, a zip, a mail, a photo just taken; and what became of each."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.archive_pages.tabs import tabs
from chuangwen.doors.site.uploads import NoFile, sent
from chuangwen.kernel.words import later, say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.arriving import take_in
from chuangwen.records.archive.models import Arrival
from chuangwen.records.archive.policy import why_not_decide
from chuangwen.records.archive.queries import arrivals_visible_to, units_to_add_for, visible_to
from chuangwen.records.archive.uploading import open_uploads
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest, is_for_machine

LARGE = 8_000_000  # what is larger goes in pieces, where the browser has a script

LISTING: Listing[Arrival] = Listing([Column("came", later("时间"), lambda row: row.at, "id")], sort="-came")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ADD_DOCUMENTS)
def add(request: TownRequest) -> HttpResponse:
    """The page to drop files on; without a script a plain form. The answer is the page of what came."""
    units = list(units_to_add_for(request.actor))
    if request.method == "POST":
        batch = _take(request, units)
        came = reverse("archive_batch", args=[batch])
        return JsonResponse({"batch": batch, "came": came}) if is_for_machine(request) else redirect(came)
    own = request.actor.organisation
    context: dict[str, Any] = {
        "tabs": tabs(request.actor),
        "units": units,
        "unit": request.GET.get("unit") or (own.code if own else ""),
        "batch": _new_batch(),
        "large": min(LARGE, settings.UPLOAD_MOST_BYTES),
        "most": settings.UPLOAD_MOST_BYTES // 1_000_000,
        "largest": settings.LARGEST_BYTES // 1_000_000,
        "unfinished": [
            (one, one.offset * 100 // one.size) for one in open_uploads().filter(person=request.actor.person)
        ],
    }
    return render(request, "archive/add.html", context)


def _new_batch() -> str:
    return f"page-{secrets.token_hex(8)}"


def _take(request: TownRequest, units: Sequence[Organisation]) -> str:
    """Take in every file of the form; the batch under which they stand."""
    unit = next((one for one in units if one.code == request.POST.get("unit", "")), None)
    if unit is None:
        raise NotFound(what=say("单位“{unit}”", unit=request.POST.get("unit", "")[:40]))
    asked = request.POST.get("batch", "")
    batch = asked if re.fullmatch(r"page-[0-9a-f]{16}", asked) else _new_batch()
    count = 0
    for one in sent(request, "files", unit, inside=request.POST.get("inside", "")[:300]):
        take_in(one, batch, by=request.actor, at=request.at)
        count += 1
    if not count:
        raise NoFile
    return batch


@require_safe
@needs(Permission.ADD_DOCUMENTS)
def batch(request: TownRequest, batch: str) -> HttpResponse:
    """What came together and what became of each. ``also`` names further batches; ``piece`` wants the list alone."""
    names = [batch, *request.GET.getlist("also")[:20]]
    rows = arrivals_visible_to(request.actor).filter(batch__in=names, person=request.actor.person)
    page = LISTING.page(rows, request.GET)
    context = {
        "tabs": tabs(request.actor) if not request.GET.get("piece") else (),
        "page": page,
        "came": page.rows,
        "also": names[1:],
        "back": reverse("archive_batch", args=[batch]),
        **around(request, page.rows),
        **rows.aggregate(
            all=Count("pk"),
            new=Count("pk", Q(document__isnull=False, twin=None)),
            twins=Count("pk", Q(twin__isnull=False)),
            problems=Count("pk", ~Q(problem="")),
        ),
    }
    return render(request, "archive/_came.html" if request.GET.get("piece") else "archive/batch.html", context)


def around(request: TownRequest, came: Sequence[Arrival]) -> dict[str, Any]:
    """Which documents among these this person may open, and about which arrivals this person may say what becomes of them."""
    keys = {key for one in came for key in (one.twin_id, one.document_id) if key}
    return {
        "open_to": set(visible_to(request.actor).filter(pk__in=keys).values_list("pk", flat=True)),
        "may": {one.pk for one in came if not one.decision and why_not_decide(one, request.actor) is None},
    }
