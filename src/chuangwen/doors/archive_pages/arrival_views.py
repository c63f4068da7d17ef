"""What came in and waits for a person: beside its twin, or with its problem; the four answers, and many at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chuangwen.doors.archive_pages.add_views import around
from chuangwen.doors.archive_pages.file_views import as_picture
from chuangwen.doors.archive_pages.tabs import archive_figure, tabs
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.asked import keys, whole
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.arriving import Answer, Road, decide, decide_many
from chuangwen.records.archive.models import Arrival, Decision, Document, DocumentFile
from chuangwen.records.archive.policy import secrecy_of, why_not_decide
from chuangwen.records.archive.previews import has_pictures, kept_picture
from chuangwen.records.archive.queries import ARRIVALS, arrivals_visible_to, in_rows, visible_to
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

MOST_AT_ONCE = 200
MOST_CHOICES = 12
STATES: Mapping[str, Q] = {
    "": Q(decision=""),
    "twin": Q(decision="", twin__isnull=False),
    "problem": Q(decision="") & ~Q(problem=""),
    "done": ~Q(decision=""),
    "all": Q(),
}


class ArrivalFilters(forms.Form):
    """Which arrivals to list; at first those that wait."""

    state = forms.ChoiceField(
        label=_("处理"),
        required=False,
        choices=[
            ("", _("待处理")),
            ("twin", _("与已有的相同")),
            ("problem", _("没有收下的")),
            ("done", _("处理过的")),
            ("all", _("全部")),
        ],
    )
    unit = forms.ModelChoiceField(Organisation.objects.all(), label=_("单位"), required=False, empty_label=_("全部"))


def _narrow(rows: QuerySet[Arrival], said: Mapping[str, Any]) -> QuerySet[Arrival]:
    rows = rows.filter(STATES.get(str(said.get("state") or ""), Q()))
    return rows.filter(unit=said["unit"]) if said.get("unit") else rows


LISTING: Listing[Arrival] = Listing(
    columns=[
        Column("at", later("时间"), lambda row: row.at, "at"),
        Column("name", later("名称"), lambda row: row.name, "name"),
    ],
    sort="-at",
    search=["name", "inside", "by", "twin__title"],
    filters=ArrivalFilters,
    narrow=_narrow,
)


def _with_twins(rows: QuerySet[Arrival]) -> QuerySet[Arrival]:
    current = DocumentFile.objects.filter(superseded_at=None).select_related("file").order_by("place")
    return rows.prefetch_related("twin__serves", Prefetch("twin__files", queryset=current, to_attr="current"))


@require_safe
@needs(Permission.ADD_DOCUMENTS)
def arrivals(request: TownRequest) -> HttpResponse:
    """What waits, the newest first."""
    page = LISTING.page(_with_twins(arrivals_visible_to(request.actor)), request.GET)
    context = {
        "page": page,
        "total": archive_figure(request.actor, ARRIVALS, page.total),
        "tab": "arrivals",
        "tabs": tabs(request.actor),
        **_beside(request, page.rows),
    }
    return render(request, "archive/arrivals.html", context)


def _beside(request: TownRequest, rows: Sequence[Arrival]) -> dict[str, Any]:
    """What the cards show: marks of secrecy, which pictures there are, what this person may open and decide."""
    twins = [one.twin for one in rows if one.twin]
    marks = secrecy_of([*twins, *(one.document for one in rows if one.document)])
    firsts = [row for twin in twins for row in twin.current[:1]]  # type: ignore[attr-defined]
    return {
        "marks": marks,
        "pictured": {
            one.pk
            for one in rows
            if one.file and has_pictures(one.file) and not {one.twin_id, one.document_id} & {*marks}
        },
        "pictured_twins": {row.pk for row in firsts if has_pictures(row.file) and row.document_id not in marks},
        "roads": dict(Road.choices),
        **around(request, rows),
    }


def _arrival(request: TownRequest, arrival_id: int) -> Arrival:
    found = _with_twins(arrivals_visible_to(request.actor)).filter(pk=arrival_id).first()
    if found is None:
        raise NotFound(what=say("收件"))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ADD_DOCUMENTS)
def arrival(request: TownRequest, arrival_id: int) -> HttpResponse:
    """One arrival with all four answers; a document for which it is a new version is looked for here."""
    found, refusal = _arrival(request, arrival_id), None
    if request.method == "POST":
        try:
            return _decided(request, found)
        except Refusal as no:
            found, refusal = _arrival(request, arrival_id), no
    context = {
        "arrival": found,
        "refusal": refusal,
        "why": request.POST.get("why", ""),
        "tabs": tabs(request.actor),
        "words": request.GET.get("q", "").strip()[:60],
        "choices": _choices(request, found),
        **_beside(request, [found]),
    }
    return render(request, "archive/arrival.html", context, status=refusal.status if refusal else 200)


def _choices(request: TownRequest, found: Arrival) -> list[Document]:
    """Documents that this may be a new version of: those with the words in title or number, else the unit's newest."""
    if found.file is None or why_not_decide(found, request.actor) is not None:
        return []
    words = request.GET.get("q", "").split()[:5]
    rows = visible_to(request.actor).filter(withdrawn_at=None, item=None).exclude(pk=found.twin_id or 0)
    for word in words:
        rows = rows.filter(Q(title__icontains=word) | Q(number__icontains=word))
    if not words:
        rows = rows.filter(unit=found.unit)
    return list(in_rows(rows.order_by("-arrived_at", "-pk"))[:MOST_CHOICES])


def _decided(request: TownRequest, found: Arrival) -> HttpResponse:
    """``version`` names a file of a document, in whose place this one goes."""
    said, document, place = request.POST, None, 1
    if version := whole(said.get("version")):
        row = DocumentFile.objects.filter(pk=version, document__in=visible_to(request.actor)).first()
        document, place = (row.document, row.place) if row else (None, 1)
    answer = Answer(said.get("decision", ""), document, place, said.get("why", ""))
    made = decide(found, answer, by=request.actor, at=request.at)
    messages.success(request, say("“{name}”：{decision}。", name=made.name, decision=made.get_decision_display()))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the answer was given, if that is here."""
    back = request.POST.get("back", "")
    fits = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if fits else reverse("archive_arrivals")


@require_POST
@needs(Permission.ADD_DOCUMENTS)
def decide_chosen(request: TownRequest) -> HttpResponse:
    """One answer to all that are ticked: the same as their twins, or refused with one reason."""
    ticked = keys(request.POST.getlist("arrival")[:MOST_AT_ONCE])
    rows = list(arrivals_visible_to(request.actor).filter(pk__in=ticked).order_by("pk"))
    if not rows:
        raise NotFound(what=say("勾选的收件"))
    decision = request.POST.get("decision", "")
    answer = Answer(decision if decision in {Decision.SAME, Decision.REFUSED} else "", why=request.POST.get("why", ""))
    done, refused = decide_many(rows, answer, by=request.actor, at=request.at)
    if done:
        messages.success(request, say("已处理 {n} 件：{decision}。", n=done, decision=Decision(decision).label))
    for why_not in list(dict.fromkeys(refused.values()))[:5]:
        messages.warning(request, why_not)
    return redirect(_back(request))


@require_safe
@needs(Permission.ADD_DOCUMENTS)
def picture(request: TownRequest, arrival_id: int) -> FileResponse:
    """The photo, or the first page, as far as the background has drawn it."""
    found = _arrival(request, arrival_id)
    marked = secrecy_of([one for one in (found.twin, found.document) if one])
    path = kept_picture(found.file) if found.file and not marked else None
    if path is None:
        raise NotFound(what=say("预览"))
    return as_picture(path)
