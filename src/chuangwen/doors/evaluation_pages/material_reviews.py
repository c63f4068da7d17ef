"""Beside the grades of materials: the documents that serve each, the review that is open for it, asking for one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from chuangwen.doors.site.framing import chosen_round
from chuangwen.doors.submission_pages.entry_views import reviews_of
from chuangwen.doors.submission_pages.views import back_to, may_ask
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.models import Document
from chuangwen.records.archive.queries import visible_to
from chuangwen.records.archive.serving import requirement_key
from chuangwen.records.duties.queries import of_requirements, of_standards
from chuangwen.records.measures.material_queries import Material
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.queries import requirements_of
from chuangwen.records.standards.models import Requirement
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.submission import asking
from chuangwen.results.submission.gathering import units_day
from chuangwen.work.cases.actions import openings_for
from chuangwen.work.cases.types import definition, for_materials, in_force


@dataclass(frozen=True)
class Papers:
    """Documents that a person sees, and how many that are out of the person's sight."""

    shown: Sequence[Document]
    hidden: int


def around_materials(request: TownRequest, found: Sequence[Material]) -> dict[str, Any]:
    """What the page of materials shows beside each requirement, in a fixed number of queries."""
    rows = [one.requirement for one in found]
    leads = _leads(rows)
    round_ = chosen_round(request)
    still = round_ is not None and round_.closed_at is None
    asks = round_ is not None and asking.why_not_ask(round_) is None and may_ask(request)
    own = request.actor.organisation.pk if request.actor.organisation else 0
    offer = _offer(request) if still else ""
    return {
        "documents": _documents(request, found),
        "reviews": reviews_of(request, rows, round_.year if round_ else request.at.year),
        "askable": {one.pk for one in rows if asks and one.pk in leads},
        "offerable": {
            one.pk: _offer_link(offer, one, round_)
            for one in rows
            if offer and round_ is not None and leads.get(one.pk) == own
        },
    }


def _leads(rows: Iterable[Requirement]) -> dict[int, int]:
    """The lead unit of each requirement: its own duty's, else its standard's."""
    found: dict[int, int] = {}
    rows = list(rows)
    for edition in sorted({one.edition_id for one in rows}):
        standards, own = of_standards(edition), of_requirements(edition)
        for one in rows:
            line = own.get(one.pk) or standards.get(one.node_id)
            if line is not None:
                found[one.pk] = line.lead_id
    return found


def _documents(request: TownRequest, found: Sequence[Material]) -> dict[int, Papers]:
    """The documents that serve each requirement: those that this person sees, and how many others there are."""
    wanted = {paper.document for one in found for paper in one.documents}
    seen = visible_to(request.actor).filter(pk__in=wanted).select_related("unit").in_bulk()
    told = {}
    for one in found:
        shown = [seen[paper.document] for paper in one.documents if paper.document in seen]
        told[one.requirement.pk] = Papers(shown, len(one.documents) - len(shown))
    return told


def _offer(request: TownRequest) -> str:
    """The opening by which this person's unit hands in of its own accord, if there is one."""
    kind = for_materials()
    if kind is None:
        return ""
    openings = openings_for(definition(in_force(kind[0])), request.actor)
    return next((f"{kind[0]}:{one.id}" for one in openings if one.does == "hand_in"), "")


def _offer_link(offer: str, row: Requirement, round_: Round) -> str:
    """The form of that opening, with its links and its title filled in."""
    kind, _sep, move = offer.partition(":")
    links = [f"{one.kind}:{one.key}|{one.title}" for one in asking.links_of(row, round_)]
    said = [("move", move), ("title", f"{row.code} {row.title}"[:120]), *(("link", one) for one in links)]
    return f"{reverse('case_open', args=[kind])}?{urlencode(said)}"


@require_POST
@needs(Permission.SEE_ROWS, Permission.WORK_CASES)
def ask(request: TownRequest, requirement_id: int) -> HttpResponse:
    """Open the review of one requirement to its lead unit."""
    round_ = chosen_round(request)
    if round_ is None:
        raise NotFound(what=say("测评轮次"))
    row = get_object_or_404(requirements_of(round_), pk=requirement_id)
    lead = _leads([row]).get(row.pk)
    if lead is None:
        raise asking.NobodyLeads(code=row.code, title=row.title)
    unit = Organisation.objects.get(pk=lead)
    known = asking.open_cases([row], round_.year).get(requirement_key(row))
    case = known or asking.ask(row, unit, round_, units_day(round_.year), by=request.actor, at=request.at)
    messages.success(request, say("已向“{unit}”发起 {number}。", unit=unit.name, number=case.number))
    return redirect(back_to(request, reverse("materials")))
