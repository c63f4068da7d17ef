"""Releases as the office sees them: the list, its Excel file, the folder for the city's portal, one release whole."""

import tempfile
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chuangwen.doors.disclosure.serving import sent
from chuangwen.doors.disclosure.showing import attachment, released_told, shown, validity_told
from chuangwen.doors.disclosure.static_site import write_zip
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.personal import masked
from chuangwen.kernel.words import later, say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.models import Document
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.ledger.queries import notes_about
from chuangwen.records.releases import queries
from chuangwen.records.releases.checking import findings, found_in_text
from chuangwen.records.releases.models import Release, ReleaseFile, ReleaseState, Validity
from chuangwen.records.releases.policy import why_not_handle, why_not_public, why_not_review
from chuangwen.records.township.calendar_queries import work_calendar
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

TABS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("waiting", later("办理中"), (ReleaseState.PROPOSED, ReleaseState.RETURNED)),
    ("released", later("已公开"), (ReleaseState.RELEASED,)),
    ("withdrawn", later("已撤下"), (ReleaseState.WITHDRAWN,)),
    ("all", later("全部"), tuple(ReleaseState)),
)


class ReleaseFilters(forms.Form):
    """Category and validity."""

    category = forms.ChoiceField(label=_("信息类别"), required=False)
    validity = forms.ChoiceField(label=_("效力状态"), required=False, choices=[("", _("全部")), *Validity.choices])

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["category"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", say("全部")), *((one.title, one.title) for one in rules_in_force().information)]


def _narrow(rows: QuerySet[Release], said: Mapping[str, Any]) -> QuerySet[Release]:
    for name in ("category", "validity"):
        if said.get(name):
            rows = rows.filter(**{name: said[name]})
    return rows


LISTING: Listing[Release] = Listing(
    columns=[
        Column("state", later("状态"), lambda row: row.get_state_display(), "state"),
        Column("index_number", later("索引号"), lambda row: row.index_number or "", "index_number"),
        Column("category", later("信息类别"), lambda row: row.category, "category"),
        Column("issuer", later("发布机构"), lambda row: row.issuer, "issuer"),
        Column("issued_on", later("发文日期"), lambda row: row.issued_on, "issued_on"),
        Column("title", later("标题"), lambda row: row.title, "title"),
        Column("number", later("文号"), lambda row: row.number),
        Column("validity", later("效力状态"), validity_told),
        Column("proposed_by", later("提出人"), lambda row: row.proposed_by),
        Column("proposed_at", later("提出时间"), lambda row: row.proposed_at, "proposed_at"),
        Column("reviewed_by", later("审查人"), lambda row: row.reviewed_by),
        Column("reviewed_at", later("审查时间"), lambda row: row.reviewed_at, "reviewed_at"),
        Column("opinion", later("审查意见"), lambda row: row.opinion),
        Column("released_at", later("发布时间"), lambda row: row.released_at, "released_at"),
        Column("withdrawn_at", later("撤下时间"), lambda row: row.withdrawn_at),
        Column("withdrawn_why", later("撤下原因"), lambda row: row.withdrawn_why),
    ],
    sort="-proposed_at",
    search=["title", "number", "index_number"],
    filters=ReleaseFilters,
    narrow=_narrow,
)

CHOOSING: Listing[Document] = Listing(
    columns=[
        Column("arrived_at", later("收到时间"), lambda row: row.arrived_at, "arrived_at"),
        Column("title", later("题名"), lambda row: row.title, "title"),
        Column("dated", later("文件日期"), lambda row: row.dated, "dated"),
    ],
    sort="-arrived_at",
    search=["title", "number"],
)


def _rows(request: TownRequest, tab: str) -> QuerySet[Release]:
    states = next((states for key, _title, states in TABS if key == tab), tuple(ReleaseState))
    return queries.seen_by(request.actor).filter(state__in=states).select_related("document")


def _tab(request: TownRequest, waiting: bool = True) -> str:  # noqa: FBT001, FBT002 - a plain fact
    asked = request.GET.get("tab", "")
    return asked if asked in {key for key, *_ in TABS} else "waiting" if waiting else "released"


@require_safe
@needs(Permission.SEE_ARCHIVE)
def releases(request: TownRequest) -> HttpResponse:
    """What waits for review, what is public, what was withdrawn."""
    waiting = _rows(request, "waiting").count()
    tab = _tab(request, waiting=bool(waiting))
    may_export = request.actor.may(Permission.EXPORT_LISTS)
    page = LISTING.page(_rows(request, tab), request.GET)
    context = {
        "tab": tab,
        "tabs": [(key, say(title)) for key, title, _states in TABS],
        "page": page,
        "stopped": queries.stopped(page.rows),
        "waiting": waiting,
        "public": queries.released().count(),
        "export": reverse("releases_export") if may_export else "",
        "may_release": request.actor.may(Permission.RELEASE_DOCUMENTS),
        "now": request.at,
    }
    return render(request, "archive/releases.html", context)


@require_safe
@needs(Permission.SEE_ARCHIVE, Permission.EXPORT_LISTS)
def export(request: TownRequest) -> HttpResponse:
    """The same rows as Excel."""
    waiting = _rows(request, "waiting").exists()
    return LISTING.export(
        _rows(request, _tab(request, waiting=waiting)), request.GET, title=say("政府信息公开"), write=workbook
    )


@require_safe
@needs(Permission.SEE_ARCHIVE, Permission.RELEASE_DOCUMENTS)
def site_zip(_request: TownRequest) -> FileResponse:
    """Everything public as plain files, for the column of the city's portal."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_zip(stream)
    stream.seek(0)
    return FileResponse(
        stream, as_attachment=True, filename=f"{say('政府信息公开')}.zip", content_type="application/zip"
    )


@require_safe
@needs(Permission.SEE_ARCHIVE, Permission.RELEASE_DOCUMENTS)
def choose(request: TownRequest) -> HttpResponse:
    """Which document to release."""
    return render(
        request, "archive/release_choose.html", {"page": CHOOSING.page(queries.releasable(request.actor), request.GET)}
    )


def release_or_refuse(request: TownRequest, release_id: int) -> Release:
    """The release, if this person may know of its document."""
    found = queries.with_files(queries.seen_by(request.actor)).filter(pk=release_id).first()
    if found is None:
        raise NotFound(what=say("这条公开信息"))
    return found


@require_safe
@needs(Permission.SEE_ARCHIVE)
def release(request: TownRequest, release_id: int) -> HttpResponse:
    """One release: as the public will see it, what the check found, who reviewed it, what can be done now."""
    return render(request, "archive/release.html", page_of(request, release_or_refuse(request, release_id)))


def page_of(request: TownRequest, found: Release) -> dict[str, Any]:
    """Everything on the page of a release."""
    rules = rules_in_force().disclosure
    is_open = found.state in {ReleaseState.PROPOSED, ReleaseState.RETURNED}
    may_handle = why_not_handle(found.document, request.actor) is None
    checked = findings(found) if is_open else []
    no_review = why_not_review(found, request.actor, two_people=rules.two_people)
    waits = found.state == ReleaseState.PROPOSED
    link = reverse("open_page", args=[found.pk])
    open_marks = {one.mark for one in checked if not one.is_decided}
    found.text = masked(found.text, (one for mark, one in found_in_text(found.text) if mark in open_marks))
    return {
        "release": found,
        "shown": shown(found),
        "released": released_told(found) or "—",
        "findings": checked,
        "left": sum(not one.is_decided for one in checked),
        "kept": list(found.decisions.values()),
        "stopped": why_not_public(found.document) if found.state == ReleaseState.RELEASED else None,
        "may_change": is_open and may_handle,
        "may_manage": found.state == ReleaseState.RELEASED and may_handle,
        "may_review": waits and no_review is None,
        "no_review": no_review if waits and request.actor.may(Permission.REVIEW_RELEASES) else None,
        "opinions": rules.opinions,
        "validities": Validity.choices,
        "notes": list(notes_about("release", str(found.pk))[:30]),
        "public_link": f"{settings.SITE_ADDRESS}{link}",
        "due": queries.deadline(found.issued_on, rules.within, work_calendar()) if is_open else None,
        "within": rules.within,
        "today": request.at.date(),
    }


@require_safe
@needs(Permission.SEE_ARCHIVE)
def file(request: TownRequest, release_id: int, file_id: int) -> FileResponse:
    """An attachment as the public will get it, for those who check it."""
    found = release_or_refuse(request, release_id)
    row = ReleaseFile.objects.filter(release=found, pk=file_id).select_related("document_file__file").first()
    if row is None:
        raise NotFound(what=say("这个附件"))
    answer = sent(attachment(row))
    answer["Cache-Control"] = "private, no-cache"
    return answer
