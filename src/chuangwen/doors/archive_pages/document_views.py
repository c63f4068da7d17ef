"""One document: its pages, its facts and what the machine proposes for them, proof, files, what it serves, its history."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.archive_pages.forms import FactsForm, facts_of, newer, typed_anew
from chuangwen.doors.archive_pages.history import steps
from chuangwen.doors.archive_pages.photo_views import cards_of
from chuangwen.doors.archive_pages.uses import Choice, code_of, link_of, looked_for, proposed
from chuangwen.kernel.excerpts import Piece
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.arriving import Road
from chuangwen.records.archive.document_actions import DocumentChanged, describe
from chuangwen.records.archive.models import (
    Document,
    DocumentFile,
    DocumentKind,
    PageText,
    Passage,
    Proposal,
    Question,
    Reading,
    UseKind,
)
from chuangwen.records.archive.photo_policy import answerable
from chuangwen.records.archive.photo_queries import questions_visible_to, similar_for
from chuangwen.records.archive.policy import secrecy_of, why_not_change, why_not_link, why_not_read, why_not_use
from chuangwen.records.archive.previews import has_pictures
from chuangwen.records.archive.proposal_actions import leave_proposal, take_all, take_proposal
from chuangwen.records.archive.queries import visible_to
from chuangwen.records.archive.recognising import why_not_recognise
from chuangwen.records.archive.suggesting import suggest
from chuangwen.records.ledger.queries import notes_about
from chuangwen.records.releases.models import Release, ReleaseState
from chuangwen.records.releases.policy import why_not_propose
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Site
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

MOST_NOTES = 40
MOST_QUESTIONS = 12
FIRST_OFFERED = 6


@dataclass(frozen=True)
class Place:
    """A file of the document with the versions that it replaced, newest first."""

    now: DocumentFile
    before: Sequence[DocumentFile]


@dataclass(frozen=True)
class Said:
    """What was sent and refused: it stays on the page. ``do`` is the box it was sent from."""

    do: str
    refusal: Refusal
    ticked: Sequence[Choice] = ()


def document_or_refuse(request: TownRequest, document_id: int) -> Document:
    """The document, if this person may know of it; somebody else learns nothing."""
    rows = visible_to(request.actor).select_related("kind", "unit", "site", "person", "item")
    found = rows.filter(pk=document_id).first()
    if found is None:
        raise NotFound(what=say("资料"))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ARCHIVE)
def document(request: TownRequest, document_id: int) -> HttpResponse:
    """The page; sent back with facts, it writes them down. The second of two people loses nothing typed."""
    found = document_or_refuse(request, document_id)
    if request.method != "POST":
        return render(request, "archive/document.html", page_of(request, found))
    form = FactsForm(request.POST)
    if not form.is_valid():
        return render(request, "archive/document.html", page_of(request, found, form=form), status=422)
    typed = typed_anew(form, found)
    try:
        describe(found, form.facts(), by=request.actor, at=request.at, version=form.cleaned_data["version"])
        told = _answered(request, found, typed)
    except Refusal as no:
        found = document_or_refuse(request, document_id)
        context = page_of(request, found, form=form, said=Said("facts", no))
        context["newer"] = newer(form, found) if isinstance(no, DocumentChanged) else []
        return render(request, "archive/document.html", context, status=no.status)
    messages.success(request, told or say("“{title}”已著录。", title=form.cleaned_data["title"]))
    return redirect("document", document_id=document_id)


def _answered(request: TownRequest, found: Document, typed: Collection[str]) -> str:
    """Proposals that were taken or left together with what was typed in the other fields."""
    if request.POST.get("take"):
        return take(request, found, request.POST["take"])
    if request.POST.get("take_all"):
        keys = [one for one in request.POST["take_all"].split(",")[:MOST_NOTES] if re.fullmatch("[0-9]{1,9}", one)]
        rows = found.proposals.filter(pk__in=keys).exclude(field__in=typed)
        taken = take_all(found, rows.values_list("pk", flat=True), by=request.actor, at=request.at)
        return say("已采用 {n} 条识别建议。", n=len(taken))
    return leave(request, found, request.POST["leave"]) if request.POST.get("leave") else ""


def take(request: TownRequest, found: Document, key: str) -> str:
    """Take a proposal; what the page tells then."""
    row = _proposal(found, key)
    take_proposal(row, by=request.actor, at=request.at)
    return say("已采用：{value}。", value=row.value)


def leave(request: TownRequest, found: Document, key: str) -> str:
    """Leave it, with a reason where one is due."""
    leave_proposal(_proposal(found, key), by=request.actor, at=request.at, why=request.POST.get("why", ""))
    return say("已记下，不再提这条建议。")


def _proposal(found: Document, key: str) -> Proposal:
    return get_object_or_404(found.proposals, pk=whole(key) or 0)


def page_of(
    request: TownRequest, found: Document, *, form: FactsForm | None = None, said: Said | None = None
) -> dict[str, Any]:
    """All that the page shows, in a fixed number of queries."""
    actor = request.actor
    hidden = why_not_read(found, actor)
    places = _places(found)
    may_change = why_not_change(found, actor) is None
    return {
        "document": found,
        "item": getattr(found, "item", None),
        "road": Road(found.road).label if found.road in Road.values else found.road,
        "places": places,
        "hidden": hidden,
        "said": said,
        "refusal": said.refusal if said else None,
        "may_change": may_change,
        "crumbs": [(say("资料档案"), reverse("archive"))],
        **_looking(request, places, hidden),
        **_facts(found, form, may_change=may_change),
        **_proof(found, places, hidden),
        **_uses(request, found, said),
        **_questions(request, places),
        **_further(actor, found),
        "steps": steps(notes_about("document", str(found.pk))[:MOST_NOTES], _kinds()),
    }


def _kinds() -> dict[str, str]:
    return dict(DocumentKind.objects.values_list("code", "title"))


def _places(found: Document) -> list[Place]:
    by_place: dict[int, list[DocumentFile]] = {}
    for row in found.files.select_related("file").order_by("place", "-edition"):
        by_place.setdefault(row.place, []).append(row)
    return [Place(rows[0], rows[1:]) for rows in by_place.values()]


def _number(text: str, most: int) -> int:
    return min(max(whole(text, most=999_999) or 1, 1), most)


def _looking(request: TownRequest, places: Sequence[Place], hidden: Refusal | None) -> dict[str, Any]:
    """The file and page looked at, what stands before and after it, the text of the page with its proof marked."""
    rows = [one for place in places for one in (place.now, *place.before)]
    asked = request.GET.get("file", "")
    row = next((one for one in rows if str(one.pk) == asked), rows[0] if rows else None)
    if row is None or hidden is not None:
        return {"row": None}
    pages = row.file.pages or 1
    page = _number(request.GET.get("page", ""), pages)
    current = [place.now for place in places]
    text = PageText.objects.filter(file=row.file_id, page=page).first()
    return {
        "row": row,
        "page_number": page,
        "pages": pages,
        "drawn": has_pictures(row.file),
        "unread": why_not_recognise() if row.file.reading == Reading.SCANNED else None,
        "before": _step(current, row, page, -1),
        "after": _step(current, row, page, 1),
        "text": text,
        "pieces": _marked(text, row, page),
    }


def _step(current: Sequence[DocumentFile], row: DocumentFile, page: int, step: int) -> str:
    """The page before or after, going on from one file into the next."""
    if 1 <= page + step <= (row.file.pages or 1):
        return f"?file={row.pk}&page={page + step}"
    place = next((place for place, one in enumerate(current) if one.pk == row.pk), None)
    if place is None or not 0 <= place + step < len(current):
        return ""
    other = current[place + step]
    return f"?file={other.pk}&page={1 if step > 0 else other.file.pages or 1}"


def _marked(text: PageText | None, row: DocumentFile, page: int) -> list[Piece]:
    if text is None:
        return []
    rows = Passage.objects.filter(document_file=row, page=page).exclude(start=None).order_by("start")
    pieces, last = [], 0
    for from_, to in rows.values_list("start", "end"):
        start, end = max(from_ or 0, last), to or 0
        if start < end <= len(text.text):
            pieces += [Piece(text.text[last:start]), Piece(text.text[start:end], hit=True)]
            last = end
    return [*pieces, Piece(text.text[last:])]


def _facts(found: Document, form: FactsForm | None, *, may_change: bool) -> dict[str, Any]:
    open_ = list(found.proposals.filter(taken=None).order_by("-sure", "pk"))
    by_field: dict[str, list[Proposal]] = {}
    for one in open_:
        by_field.setdefault(one.field, []).append(one)
    shown = form or FactsForm(initial=facts_of(found))
    return {
        "form": shown if may_change else None,
        "version": found.version,
        "secret": by_field.get("classified", []),
        "proposals": [(field, by_field.get(field.name, [])) for field in shown.plain],
        "open_proposals": [one for one in open_ if one.field != "classified"],
        "caption_open": bool(found.caption) or found.kind.is_photo,
        "caption": [
            (field.label, found.caption.get(field.name.removeprefix("caption_"), "")) for field in shown.caption
        ],
        "sites": Site.objects.filter(closed=None).order_by("code").values_list("code", "name") if may_change else [],
        "kinds": _kinds(),
    }


def _proof(found: Document, places: Sequence[Place], hidden: Refusal | None) -> dict[str, Any]:
    if hidden is not None:
        return {"passages": []}
    rows = Passage.objects.filter(document_file__document=found).select_related("document_file")
    return {"passages": list(rows.order_by("document_file__place", "page", "start", "pk"))}


def _uses(request: TownRequest, found: Document, said: Said | None) -> dict[str, Any]:
    """What it serves, what it may serve, and what somebody looked for."""
    rows = [(one, link_of(one), code_of(one.key)) for one in found.serves.order_by("kind", "key")]
    may = why_not_link(found, request.actor) is None
    words = request.GET.get("find", "").strip()[:60]
    offered: list[Choice] = []
    looked: list[Choice] = []
    forbidden = why_not_use(found) if may else None
    if may and forbidden is None:
        on = request.at.astimezone(CHINA).date()
        offered, looked = proposed(suggest(found, on=on)), looked_for(request.actor, words, on)
    ticked = list(said.ticked) if said else []
    known = {(one.kind, one.key) for one, _link, _code in rows} | {(one.kind, one.key) for one in ticked}
    free = [one for one in offered if (one.kind, one.key) not in known]
    return {
        "uses": rows,
        "may_use": may and forbidden is None,
        "why_not_use": forbidden,
        "ticked": ticked,
        "offered": free[:FIRST_OFFERED],
        "offered_more": free[FIRST_OFFERED:],
        "find": words,
        "looked_for": [one for one in looked if (one.kind, one.key) not in known],
        "year": request.at.astimezone(CHINA).year,
        "year_kind": UseKind.YEAR.value,
    }


def _further(actor: Actor, found: Document) -> dict[str, Any]:
    """Where it goes on to: its filing, and its releases to the public."""
    releases = list(Release.objects.filter(document=found).order_by("pk"))
    is_open = any(one.state != ReleaseState.WITHDRAWN for one in releases)
    return {
        "may_file": actor.may(Permission.KEEP_ARCHIVE),
        "releases": releases,
        "may_release": not is_open and why_not_propose(found, actor) is None,
    }


def _questions(request: TownRequest, places: Sequence[Place]) -> dict[str, Any]:
    """What is asked about its photos; answered here as on the page of all questions."""
    photos = [one.now.file_id for one in places if one.now.file.is_photo]
    if not photos:
        return {"questions": [], "photos": []}
    rows: QuerySet[Question] = questions_visible_to(request.actor).filter(file__in=photos)
    shown = list(rows.order_by("-answered_at", "pk")[:MOST_QUESTIONS])
    return {"questions": cards_of(shown, request, answerable(shown, request.actor)), "photos": photos}


@require_safe
@needs(Permission.SEE_ARCHIVE)
def similar(request: TownRequest, document_id: int) -> HttpResponse:
    """Photos like those of this document: compared when asked for."""
    found = document_or_refuse(request, document_id)
    if no := why_not_read(found, request.actor):
        raise no
    twins = similar_for(found, request.actor)
    rows = DocumentFile.objects.filter(file__in=[one.file for one in twins], document__in=visible_to(request.actor))
    standing = {row.file_id: row for row in rows.select_related("document__unit").order_by("-at", "-pk")}
    marks = secrecy_of(row.document for row in standing.values())
    shown = [(one, standing[one.file.pk]) for one in twins if standing[one.file.pk].document_id not in marks]
    return render(request, "archive/similar.html", {"similar": shown, "crumbs": _way_back(found)})


def _way_back(found: Document) -> list[tuple[str, str]]:
    return [(say("资料档案"), reverse("archive")), (found.title, reverse("document", args=[found.pk]))]
