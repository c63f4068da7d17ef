"""One standard of the submission: its explanation, its materials in order, its faults; and how it will look when sent."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chuangwen.doors.submission_pages.views import frame_of, may_ask, year_or_refuse
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.asked import keys, whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive import storage
from chuangwen.records.archive.models import Document, Passage, StoredFile
from chuangwen.records.archive.policy import ClassifiedForbidden, secrecy_of
from chuangwen.records.archive.queries import public_path, visible_to
from chuangwen.records.archive.serving import requirement_key
from chuangwen.records.standards.models import Requirement
from chuangwen.records.township.models import Town
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.submission import actions, queries
from chuangwen.results.submission.asking import why_not_ask
from chuangwen.results.submission.explanations import draft, figures_in, length_of
from chuangwen.results.submission.matrix import Line, Matrix
from chuangwen.results.submission.models import Entry, Overrule, Pick, Submission
from chuangwen.results.submission.policy import why_not_compose, why_not_return, why_not_sign
from chuangwen.results.submission.shapes import Piece
from chuangwen.results.submission.signing_actions import lacks_of
from chuangwen.work.cases.queries import cases_by_link

MOST_CHOICES = 20
SHOWN_PAGES = 6


def line_or_refuse(request: TownRequest, found: Submission, node_id: int) -> tuple[Matrix, Line]:
    """The standard, if this person may see it; somebody else learns nothing."""
    seen = queries.line_for(request.actor, found, node_id, request.at.date())
    if seen is None:
        raise NotFound(what=say("这条标准的申报"))
    return seen


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ARCHIVE)
def entry(request: TownRequest, year: int, node_id: int) -> HttpResponse:
    """The composing page of one standard. What was typed stays on it when somebody was faster."""
    found = year_or_refuse(year)
    matrix, line = line_or_refuse(request, found, node_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        said = request.POST
        version = whole(said.get("version"))
        try:
            actions.write_text(
                line.standing.entry, said.get("text", ""), by=request.actor, at=request.at, version=version
            )
        except Refusal as no:
            refusal = no
        else:
            messages.success(request, say("情况说明已存。"))
            return redirect("submission_entry", year=year, node_id=node_id)
    context = _page(request, found, (matrix, line)) | {"refusal": refusal}
    if refusal is not None:
        context["text"] = request.POST.get("text", "")
    return render(request, "submission/entry.html", context, status=refusal.status if refusal else 200)


def _page(request: TownRequest, found: Submission, seen: tuple[Matrix, Line]) -> dict[str, Any]:
    matrix, line = seen
    standing, rules = line.standing, matrix.board.rules
    text = _first_text(request, seen) or standing.entry.text
    limit = next((one.asked.words for one in standing.needs if one.asked.words), None) or rules.explanation.most
    words = request.GET.get("q", "").strip()[:60]
    open_ = why_not_compose(standing.entry, request.actor) is None
    return {
        **frame_of(request, found, "matrix"),
        "matrix": matrix,
        "line": line,
        "entry": standing.entry,
        "node": standing.node,
        "cells": [(matrix.board.title_of(cell.kind), cell) for cell in line.cells if cell],
        "text": text,
        "is_draft": bool(request.GET.get("draft") or request.GET.get("from")),
        "length": length_of(text),
        "figures": len(figures_in(text)),
        "least": min(rules.explanation.least, limit),
        "most": limit,
        "least_figures": rules.figures.least,
        "headings": [one.title for one in rules.headings],
        "texts": queries.texts_of(standing.entry)[:8],
        "readable": [one for one in standing.pieces if one.texts],
        "left_out": queries.left_out(standing.entry),
        "words": words,
        "choices": queries.choosable(request.actor, standing.entry, words)[:MOST_CHOICES] if words and open_ else [],
        "cases": reviews_of(request, [one.requirement for one in standing.needs], found.year),
        "crumbs": _crumbs(found),
        "may_ask": may_ask(request) and why_not_ask(found.round) is None,
        "open": open_,
        "why_not_open": why_not_compose(standing.entry, request.actor),
        "may_sign_now": why_not_sign(standing.entry, request.actor) is None,
        "may_return": why_not_return(standing.entry, request.actor) is None,
        "may_reopen": bool(found.locked_at) and request.actor.may(Permission.SIGN_SUBMISSION),
        "lacks": lacks_of(line),
        **_neighbours(request, found, standing.node.pk),
    }


def _crumbs(found: Submission, line: Line | None = None) -> list[tuple[str, str]]:
    first = (say("{year} 年网上申报", year=found.year), reverse("submission_year", args=[found.year]))
    if line is None:
        return [first]
    node = line.standing.node
    return [first, (f"{node.code} {node.title}", reverse("submission_entry", args=[found.year, node.pk]))]


def reviews_of(request: TownRequest, requirements: Sequence[Requirement], year: int) -> dict[int, str]:
    """The number of the case that is open for each requirement in a year and that this person sees, by the requirement's own key."""
    keys = {requirement_key(one): one.pk for one in requirements}
    found = cases_by_link(request.actor, "requirement", list(keys), year=year)
    return {keys[key]: number for key, (number, over) in found.items() if not over}


def _first_text(request: TownRequest, seen: tuple[Matrix, Line]) -> str:
    """A text to begin with that nobody has saved yet: the pack's draft, or what a chosen report says."""
    matrix, line = seen
    standing = line.standing
    if request.GET.get("draft"):
        town = Town.objects.first()
        return draft(
            matrix.board.rules,
            standard=standing.node.text or standing.node.title,
            documents=[one.document.title for one in standing.pieces if "number" in one.document.kind.needs],
            title=standing.node.title,
            unit=standing.lead.lead if standing.lead else "____",
            year=str(matrix.board.submission.year),
            town=town.name if town else "",
        )
    wanted = request.GET.get("from", "")
    piece = next((one for one in standing.pieces if str(one.document.pk) == wanted), None)
    return "\n".join(piece.texts.values()).strip() if piece else ""


def _neighbours(request: TownRequest, found: Submission, node_id: int) -> dict[str, int | None]:
    """The standards before and after this one, for walking through."""
    keys = queries.walk(request.actor, found)
    place = keys.index(node_id)
    return {
        "before": keys[place - 1] if place else None,
        "after": keys[place + 1] if place + 1 < len(keys) else None,
        "place": place + 1,
        "standards": len(keys),
    }


@require_POST
@needs(Permission.COMPOSE_SUBMISSION)
def change(request: TownRequest, year: int, node_id: int) -> HttpResponse:
    """One change beside the text: order, choose, leave out, judge a fault."""
    found = year_or_refuse(year)
    _matrix, line = line_or_refuse(request, found, node_id)
    works = {
        "order": _order,
        "choose": _choose,
        "leave_out": _leave_out,
        "overrule": _overrule,
        "withdraw": _withdraw,
    }
    work = works.get(request.POST.get("do", ""))
    if work is None:
        raise NotFound(what=say("动作"))
    work(request, line.standing.entry)
    back = reverse("submission_entry", args=[year, node_id])
    return redirect(f"{back}#{request.POST.get('at', '')}" if request.POST.get("at") else back)


def _order(request: TownRequest, entry: Entry) -> None:
    """The whole order as it was dragged, or one step up or down."""
    order = keys(request.POST.getlist("order"))
    for name, step in (("up", -1), ("down", 1)):
        moved = whole(request.POST.get(name))
        if moved in order:
            place = order.index(moved)
            other = min(max(place + step, 0), len(order) - 1)
            order.insert(other, order.pop(place))
    actions.put_in_order(entry, order, by=request.actor, at=request.at)


def _choose(request: TownRequest, entry: Entry) -> None:
    document = get_object_or_404(visible_to(request.actor), pk=whole(request.POST.get("document")))
    wanted = whole(request.POST.get("requirement"))
    row = get_object_or_404(Requirement, pk=wanted, node=entry.node_id) if wanted is not None else None
    actions.choose(entry, document, row, by=request.actor, at=request.at)
    messages.success(request, say("已选入“{title}”。", title=document.title))


def _leave_out(request: TownRequest, entry: Entry) -> None:
    pick = get_object_or_404(Pick, pk=whole(request.POST.get("pick")), entry=entry)
    actions.leave_out(pick, request.POST.get("why", ""), by=request.actor, at=request.at)
    messages.success(request, say("已移出“{title}”。", title=pick.document.title))


def _overrule(request: TownRequest, entry: Entry) -> None:
    said = request.POST
    actions.overrule(
        entry, said.get("code", ""), said.get("key", ""), said.get("why", ""), by=request.actor, at=request.at
    )
    messages.success(request, say("已认定：这一处不算毛病。"))


def _withdraw(request: TownRequest, entry: Entry) -> None:
    made = get_object_or_404(Overrule, pk=whole(request.POST.get("overrule")), entry=entry)
    actions.withdraw_overrule(made, by=request.actor, at=request.at)


@require_safe
@needs(Permission.SEE_ARCHIVE)
def preview(request: TownRequest, year: int, node_id: int) -> HttpResponse:
    """Page by page as it will be sent: the sheet, the explanation, one photo a page, the papers."""
    found = year_or_refuse(year)
    matrix, line = line_or_refuse(request, found, node_id)
    standing, board = line.standing, matrix.board
    sent = [one for one in standing.pieces if one.counts]
    pages = [_sheet(piece, file) for piece in sent for file in piece.files]
    kind = board.rules.explanation.kind
    title = next((one.requirement.title for one in standing.needs if one.kind == kind), standing.node.title)
    context = {
        **frame_of(request, found, "matrix"),
        "matrix": matrix,
        "line": line,
        "node": standing.node,
        "entry": standing.entry,
        "crumbs": _crumbs(found, line),
        "form": board.rules.form.title,
        "edition": found.edition.title if standing.node.edition_id == found.edition_id else str(found.companion),
        "rows": [(board.title_of(one.kind), one.document, len(one.files)) for one in sent],
        "title": title,
        "paragraphs": [one.strip() for one in standing.entry.text.splitlines() if one.strip()],
        "sheets": pages,
        "pages": 1 + bool(standing.entry.text) + len(pages),
    }
    return render(request, "submission/preview.html", context)


def _sheet(piece: Piece, file: StoredFile) -> dict[str, Any]:
    """A photo on a page of its own, or a paper: pictures of its pages where they were made, else how its text begins."""
    if file.is_photo:
        return {"piece": piece, "file": file}
    pages = [f"p{number}" for number in range(1, SHOWN_PAGES + 1)]
    pictures = [one for one in pages if storage.place(settings.FILES, "public", f"{file.sha256}.{one}.jpg").is_file()]
    marks = Passage.objects.filter(document_file__document=piece.document, document_file__file=file)
    return {
        "piece": piece,
        "file": file,
        "pictures": pictures,
        "text": piece.texts.get(file.pk, "")[:1600],
        "marks": marks,
    }


@require_safe
@needs(Permission.SEE_ARCHIVE)
def picture(request: TownRequest, file_id: int, size: str) -> FileResponse:
    """A photo's public copy, or the picture of a page, of a document that this person sees or that stands in the submission."""
    file = get_object_or_404(StoredFile, pk=file_id)
    chosen = Document.objects.filter(picks__entry__in=queries.entries_seen(request.actor), files__file=file)
    if not (visible_to(request.actor).filter(files__file=file).exists() or chosen.exists()):
        raise NotFound(what=say("照片"))
    holders = list(Document.objects.filter(files__file=file))
    marks = secrecy_of(holders)
    if marked := next((one for one in holders if one.pk in marks), None):
        raise ClassifiedForbidden(title=marked.title, mark=marks[marked.pk])
    page = size.removeprefix("p") if size[:1] == "p" and whole(size[1:]) is not None else ""
    path = (
        storage.place(settings.FILES, "public", f"{file.sha256}.p{page}.jpg")
        if page
        else public_path(file, "thumb" if size == "thumb" else "page")
    )
    if not path.is_file():
        raise NotFound(what=say("照片"))
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
