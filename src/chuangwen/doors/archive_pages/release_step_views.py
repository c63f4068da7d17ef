"""Steps of a release: proposed, changed, decided upon, reviewed, its validity changed, withdrawn."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from chuangwen.doors.archive_pages.release_forms import ReleaseForm, lines_of, said_of
from chuangwen.doors.archive_pages.release_views import page_of, release_or_refuse
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.asked import day_or, whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.models import Document
from chuangwen.records.archive.queries import visible_to
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.releases import actions
from chuangwen.records.releases.models import Release
from chuangwen.records.releases.policy import why_not_handle, why_not_propose
from chuangwen.records.releases.proposing import proposed_from
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ARCHIVE, Permission.RELEASE_DOCUMENTS)
def new(request: TownRequest, document_id: int) -> HttpResponse:
    """Propose to release a document; the fields are filled from it."""
    document = visible_to(request.actor).select_related("unit").filter(pk=document_id).first()
    if document is None:
        raise NotFound(what=say("资料"))
    if no := why_not_propose(document, request.actor):
        raise no
    return _edit(request, document, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ARCHIVE, Permission.RELEASE_DOCUMENTS)
def change(request: TownRequest, release_id: int) -> HttpResponse:
    """Change a proposal; one that was given back is proposed anew."""
    found = release_or_refuse(request, release_id)
    if no := why_not_handle(found.document, request.actor):
        raise no
    return _edit(request, found.document, found)


def _edit(request: TownRequest, document: Document, found: Release | None) -> HttpResponse:
    rules = rules_in_force()
    said = said_of(found) if found else proposed_from(document, rules, today=request.at.date())
    data = request.POST if request.method == "POST" else None
    form, lines = ReleaseForm(rules, said, data), lines_of(document, said, data)
    refusal: Refusal | None = None
    if data is not None and form.is_valid():
        told = form.said(lines)
        try:
            if found is None:
                found = actions.propose(document, told, by=request.actor, at=request.at)
            else:
                version = _version(request)
                found = actions.change(found, told, version=version, by=request.actor, at=request.at)
        except Refusal as no:
            refusal = no
        else:
            messages.success(request, say("已提出，等另一个人审查。请先处理检查出来的内容。"))
            return redirect("release", release_id=found.pk)
    context = {"document": document, "release": found, "form": form, "lines": lines, "refusal": refusal}
    status = refusal.status if refusal else (422 if form.errors else 200)
    return render(request, "archive/release_edit.html", context, status=status)


def _version(request: TownRequest) -> int:
    """The version that was looked at; nonsense is no version that ever was."""
    text = request.POST.get("version", "")
    return whole(text) or 0


@require_POST
@needs(Permission.SEE_ARCHIVE, Permission.RELEASE_DOCUMENTS)
def decide(request: TownRequest, release_id: int) -> HttpResponse:
    """What was decided about what the check found."""
    found = release_or_refuse(request, release_id)
    decisions = {
        mark: actions.Decided(request.POST[f"do-{mark}"], request.POST.get(f"why-{mark}", ""))
        for mark in (name.removeprefix("do-") for name in request.POST if name.startswith("do-"))
    }
    try:
        actions.decide(found, decisions, version=_version(request), by=request.actor, at=request.at)
    except Refusal as no:
        return _shown_again(request, found, no)
    messages.success(request, say("已记下处理结果。"))
    return redirect("release", release_id=found.pk)


@require_POST
@needs(Permission.SEE_ARCHIVE, Permission.REVIEW_RELEASES)
def review(request: TownRequest, release_id: int) -> HttpResponse:
    """The second person confirms or gives back."""
    found = release_or_refuse(request, release_id)
    step = actions.publish if request.POST.get("do") == "publish" else actions.give_back
    opinion = request.POST.get("opinion", "")
    try:
        step(found, opinion, version=_version(request), by=request.actor, at=request.at)
    except Refusal as no:
        return _shown_again(request, found, no)
    said = say("已公开。") if step is actions.publish else say("已退回提出人。")
    messages.success(request, said)
    return redirect("release", release_id=found.pk)


@require_POST
@needs(Permission.SEE_ARCHIVE, Permission.RELEASE_DOCUMENTS)
def validity(request: TownRequest, release_id: int) -> HttpResponse:
    """Valid, lapsed, repealed."""
    found = release_or_refuse(request, release_id)
    said = request.POST
    on = day_or(said.get("on"), request.at.date())
    try:
        actions.change_validity(
            found, said.get("validity", ""), said.get("why", ""), on, by=request.actor, at=request.at
        )
    except Refusal as no:
        return _shown_again(request, found, no)
    messages.success(request, say("效力状态已改。"))
    return redirect("release", release_id=found.pk)


@require_POST
@needs(Permission.SEE_ARCHIVE, Permission.RELEASE_DOCUMENTS)
def withdraw(request: TownRequest, release_id: int) -> HttpResponse:
    """Taken down, for a reason."""
    found = release_or_refuse(request, release_id)
    try:
        actions.take_down(found, request.POST.get("why", ""), by=request.actor, at=request.at)
    except Refusal as no:
        return _shown_again(request, found, no)
    messages.success(request, say("已撤下，群众打开原网址会看到“已撤下”。"))
    return redirect("release", release_id=found.pk)


def _shown_again(request: TownRequest, found: Release, no: Refusal) -> HttpResponse:
    """The page with the refusal and everything that was typed."""
    fresh = release_or_refuse(request, found.pk)
    context = {**page_of(request, fresh), "refusal": no, "said": request.POST}
    return render(request, "archive/release.html", context, status=no.status)
