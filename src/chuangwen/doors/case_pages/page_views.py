"""One case: what it is, what has happened, what may be done now; and opening a new one."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.archive_pages.uses import documents_for
from chuangwen.doors.case_pages.declared_fields import Choices, category_options, facts_of, proposed, shown
from chuangwen.doors.case_pages.forms import Posted, read_post
from chuangwen.kernel.fields import WrongAnswers
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.queries import public_path, sealed_path
from chuangwen.records.township.models import Organisation, Person, Site
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases import queries
from chuangwen.work.cases.actions import open_case, openings_for, take
from chuangwen.work.cases.conditions import needs_of
from chuangwen.work.cases.definitions import CaseTypeRow, ClockRow, MoveRow
from chuangwen.work.cases.materials import grades_for, is_about_material
from chuangwen.work.cases.models import Attachment, Case, CaseLink, Phase, Purpose
from chuangwen.work.cases.placing import read_place
from chuangwen.work.cases.policy import knows_reporter, may_read, why_not_lead, why_not_take, word_titles
from chuangwen.work.cases.said import Link, NewCase, NewReporter, Place
from chuangwen.work.cases.types import all_in_force, definition, in_force, type_of

CHANNELS = (
    ("visit", later("来访")),
    ("phone", later("电话")),
    ("hotline", later("12345 热线转来")),
    ("upper", later("上级交办")),
    ("media", later("媒体曝光")),
    ("patrol", later("巡查发现")),
    ("inspection", later("考察发现")),
)


def case_or_refuse(request: TownRequest, number: str) -> Case:
    """The case, if this person may know of it; somebody else learns nothing."""
    found = queries.by_number(request.actor, number)
    if found is None:
        raise NotFound(what=say("事项“{number}”", number=number[:40]))
    return found


def open_moves(case: Case, request: TownRequest) -> list[MoveRow]:
    """The moves that are open now and this person's to take: the same question as the action asks.

    Those that refuse or send back come last, so that the page never opens with one.
    """
    moves = [one for one in type_of(case).moves if case.state in one.sources]
    mine = [one for one in moves if why_not_take(case, one, request.actor) is None]
    return sorted(mine, key=lambda one: one.tone == "bad")


@require_safe
@needs(Permission.SEE_CASES)
def case(request: TownRequest, number: str) -> HttpResponse:
    """The page of one case."""
    return render(request, "cases/case.html", page_of(request, case_or_refuse(request, number)))


def page_of(
    request: TownRequest,
    found: Case,
    *,
    posted: Posted | None = None,
    active: str = "",
    opened: dict[str, object] | None = None,
) -> dict[str, Any]:
    """All that the page of a case shows; ``posted`` is a form that was refused, kept as typed."""
    type_ = type_of(found)
    moves, known = open_moves(found, request), _known_values(found)
    scale = [grade for one in moves for grade in grades_for(found, type_, one)]
    choices = Choices(type_.type.categories, list(dict.fromkeys(scale)))
    return {
        "case": found,
        "type": type_,
        "state": type_.state(found.state),
        "closed": found.phase == Phase.CLOSED,
        "now": request.at,
        "category": queries.category_titles(type_.type.categories).get(found.category, found.category),
        "facts": [one for one in facts_of(found, type_, opened or {}) if one[0] not in _named_above(type_)],
        "forms": [_form(known, found, type_, one, choices, posted if one.id == active else None) for one in moves],
        "active": active,
        "whose": whose_turn(found),
        "clocks": clock_lines(found, type_),
        "links": [_shown_link(one) for one in found.links.all() if one.kind != "finding"],
        "units": choices.units() if why_not_lead(found, request.actor) is None else [],
        "colleagues": _colleagues(found) if why_not_lead(found, request.actor) is None else [],
        "assisting": {one.code for one in found.assisting.all()},
        "relapses": queries.relapses_here(request.actor, found),
        **queries.relatives(request.actor, found),
        "likes": _likes(request, found),
        "printable": [one for one in type_.papers if not one.states or found.state in one.states],
        **_family(found),
        **_rights(request, found, type_),
        **documents_for(request.actor, [("case", found.number)]),
    }


def clock_lines(found: Case, type_: CaseTypeRow) -> list[tuple[ClockRow, dict[str, Any]]]:
    """Every deadline of the case in the type's order, those that came with a duplicate after the own one."""
    return [
        (one, clock) for one in type_.clocks for name, clock in found.clocks.items() if name.partition("@")[0] == one.id
    ]


def _shown_link(one: CaseLink) -> dict[str, str]:
    """What the case guards or comes from, with the page of a standard that stands in an edition."""
    edition, _sep, code = one.key.partition(":")
    href = ""
    if code and whole(edition) and one.kind == "standard":
        href = reverse("standard_by_code", args=[int(edition), code])
    if code and one.kind == "requirement":
        href = f"{reverse('materials')}?q={quote(code)}"
    return {"kind": one.kind, "key": one.key, "title": one.title, "href": href}


def _named_above(type_: CaseTypeRow) -> set[str]:
    """Fields that name the case's own units and person: the page names these already."""
    return {row.title for row in type_.fields if row.id in {"unit", "assist", "person"}}


def _colleagues(found: Case) -> list[tuple[str, str]]:
    """The people of the lead unit to whom the case may be handed over."""
    people = Person.objects.filter(is_active=True, organisation=found.lead_id).exclude(pk=found.holder_id or 0)
    return list(people.order_by("name").values_list("username", "name")) if found.lead_id else []


def _family(found: Case) -> dict[str, Any]:
    """History, photos and papers, those of merged duplicates included."""
    family = queries.family(found)
    files = family.attachments
    return {
        "family": family,
        "before": [one for one in files if one.purpose == Purpose.BEFORE and one.file.is_photo],
        "after": [one for one in files if one.purpose == Purpose.AFTER and one.file.is_photo],
        "papers": [one for one in files if one.purpose == Purpose.OTHER or not one.file.is_photo],
    }


def _rights(request: TownRequest, found: Case, type_: CaseTypeRow) -> dict[str, bool]:
    """Which buttons beside the moves this person gets."""
    actor = request.actor
    hidden = [row for row in type_.fields if row.private and row.id in found.hidden]
    merged = found.merged_into_id is not None
    return {
        "may_comment": actor.may(Permission.WORK_CASES),
        "may_recheck": actor.may(Permission.RECORD_OBSERVATIONS),
        "may_lead": why_not_lead(found, actor) is None,
        "may_merge": actor.may(Permission.STEER_CASES) and not merged and found.phase != Phase.CLOSED,
        "may_ask_reporter": knows_reporter(found, actor),
        "may_ask_hidden": any(may_read(row.readers, found, actor) for row in hidden),
    }


def _likes(request: TownRequest, found: Case) -> list[queries.Like]:
    """Cases that may be the same matter, for those who may merge."""
    if found.phase == Phase.CLOSED or found.guard or not request.actor.may(Permission.STEER_CASES):
        return []
    place = (found.lon, found.lat) if found.lon is not None and found.lat is not None else None
    rows = queries.visible_to(request.actor).exclude(pk=found.pk).filter(kind=found.kind)
    return queries.like(
        rows, category=found.category, place=place, area=found.area_id, site=found.site_id, at=found.opened_at
    )


def whose_turn(found: Case) -> str:
    """Whose turn it is, in words."""
    if found.phase == Phase.CLOSED:
        return ""
    if found.turn_person is not None:
        who, unit = found.turn_person.name, found.turn_unit
        return say("{name}（{unit}）", name=who, unit=unit.short) if unit else who
    if found.turn_unit is not None:
        return found.turn_unit.name
    return listed(word_titles((found.turn_role,))) if found.turn_role else say("等待")


def _form(
    known: Mapping[str, Sequence[str]],
    found: Case | None,
    type_: CaseTypeRow,
    move: MoveRow,
    choices: Choices,
    posted: Posted | None,
) -> dict[str, Any]:
    """A move as a form: its fields, what was typed before or is known already, the version looked at."""
    said = posted.values if posted else known
    return {
        "move": move,
        "fields": shown(type_.fields_of(move), needs_of(move, found), said, choices, posted.wrong if posted else {}),
        "posted": posted,
        "mark": posted.mark if posted else secrets.token_urlsafe(12),
        "version": found.version if found else "",
        "wants_photo": move.photos > 0
        or move.does in {"mend", "report", "reply", "revisit", "relapse", "rework"}
        or move.opens,
    }


def _known_values(found: Case) -> dict[str, list[str]]:
    """What is known already stands in the form: lead unit, holder, category, open answers."""
    known: dict[str, list[str]] = {}
    for key, value in found.answers.items():
        known[key] = (
            [str(one) for one in value]
            if isinstance(value, list) and not any(isinstance(one, dict) for one in value)
            else [str(value)]
        )
    known["unit"] = [found.lead.code] if found.lead else []
    known["person"] = [found.holder.username] if found.holder else []
    known["category"] = [found.category] if found.category else []
    known["assist"] = [one.code for one in found.assisting.all()]
    fresh = {"extension", "reason", "solved", "stars", "result"}
    return {key: value for key, value in known.items() if key not in fresh}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.WORK_CASES)
def do_move(request: TownRequest, number: str, move_id: str) -> HttpResponse:
    """Take a move. What was typed, and photos that were received, stay on the page when it is refused."""
    found = case_or_refuse(request, number)
    move = type_of(found).move(move_id)
    if move is None:
        raise NotFound(what=say("动作"))
    if request.method != "POST":
        return render(request, "cases/case.html", page_of(request, found, active=move_id))
    posted = read_post(request, type_of(found), move)
    if posted.refusal is None:
        try:
            done = take(found, move_id, posted.said(), by=request.actor, at=request.at)
        except Refusal as no:
            posted.refusal = no
            posted.wrong = no.wrong if isinstance(no, WrongAnswers) else {}
        else:
            messages.success(
                request,
                say("“{move}”已办，现在是“{state}”。", move=move.title, state=type_of(done).state(done.state).title),
            )
            again = queries.by_number(request.actor, number)
            return redirect("case", number=number) if again else redirect("cases")
    found = case_or_refuse(request, number)
    context = page_of(request, found, posted=posted, active=move_id)
    context["refusal"] = posted.refusal
    return render(request, "cases/case.html", context, status=posted.refusal.status if posted.refusal else 422)


@require_safe
@needs(Permission.SEE_CASES)
def file(request: TownRequest, attachment_id: int, size: str) -> FileResponse:
    """A photo (its public copy) or a paper of a case that this person may see."""
    row = get_object_or_404(Attachment.objects.select_related("file", "case"), pk=attachment_id)
    seen = [row.case_id, row.case.merged_into_id]  # what hangs on a duplicate is shown with the case that goes on
    if not queries.visible_to(request.actor).filter(pk__in=[one for one in seen if one]).exists():
        raise NotFound(what=say("文件"))
    if row.file.is_photo:
        path = public_path(row.file, "thumb" if size == "thumb" else "page")
        answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    else:
        path = sealed_path(row.file)
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=row.name, content_type=row.file.media_type)
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@needs(Permission.WORK_CASES)
def choose_kind(request: TownRequest) -> HttpResponse:
    """Which kind of case to open."""
    kinds = [(row, definition(row)) for row in all_in_force()]
    kinds = [(row, type_) for row, type_ in kinds if not is_about_material(type_)]  # opened from the material itself
    offered = [(row, type_) for row, type_ in kinds if openings_for(type_, request.actor)]
    if len(offered) == 1:
        return redirect("case_open", kind=offered[0][0].code)
    return render(request, "cases/kinds.html", {"kinds": offered})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.WORK_CASES)
def open_new(request: TownRequest, kind: str) -> HttpResponse:
    """Open a case of one kind."""
    type_ = definition(in_force(kind))
    openings = openings_for(type_, request.actor)
    asked = request.POST.get("move") or request.GET.get("move", "")
    move = next((one for one in openings if one.id == asked), openings[0] if openings else None)
    if move is None:
        raise NotFound(what=say("登记方式"))
    posted = None
    if request.method == "POST":
        posted = read_post(request, type_, move)
        try:
            if posted.refusal is not None:
                raise posted.refusal
            made = open_case(_new_case(request, kind, move), posted.said(), by=request.actor, at=request.at)
        except Refusal as no:
            posted.refusal = no
            posted.wrong = no.wrong if isinstance(no, WrongAnswers) else {}
        else:
            messages.success(request, say("已登记：{number}。", number=made.number))
            seen = queries.by_number(request.actor, made.number)
            return redirect("case", number=made.number) if seen else redirect("cases")
    context = _new_page(request, type_, (move, openings), posted)
    return render(
        request, "cases/new.html", context, status=posted.refusal.status if posted and posted.refusal else 200
    )


def _new_page(
    request: TownRequest, type_: CaseTypeRow, moves: tuple[MoveRow, list[MoveRow]], posted: Posted | None
) -> dict[str, Any]:
    choices = Choices(type_.type.categories)
    said = request.POST if request.method == "POST" else request.GET
    own = any(row.kind == "category" for row in type_.fields_of(moves[0])) or moves[0].id == type_.type.gap
    return {
        "type": type_,
        "move": moves[0],
        "openings": moves[1],
        "form": _form(proposed(type_.fields_of(moves[0]), request.at), None, type_, moves[0], choices, posted),
        "said": said,
        "refusal": posted.refusal if posted else None,
        "categories": [] if own else category_options(choices, [said.get("category", "")]),
        "areas": Organisation.objects.filter(closed=None)
        .exclude(region_code="")
        .exclude(parent=None)
        .order_by("order"),
        "sites": Site.objects.filter(closed=None).order_by("code").values_list("code", "name"),
        "links": said.getlist("link"),
        "channels": [(value, say(title)) for value, title in CHANNELS],
    }


def _new_case(request: TownRequest, kind: str, move: MoveRow) -> NewCase:
    said = request.POST
    site = Site.objects.select_related("organisation").filter(code=said.get("site", "").split(" ")[0]).first()
    area = Organisation.objects.filter(code=said.get("area", "")).first()
    who = any(said.get(one) for one in ("reporter_name", "reporter_phone"))
    reporter = NewReporter(
        said.get("reporter_name", ""),
        said.get("reporter_phone", ""),
        confidential=bool(said.get("confidential")),
        channel=said.get("channel", "office"),
    )
    return NewCase(
        kind=kind,
        title=said.get("title", "").strip(),
        text=said.get("body", ""),
        move=move.id,
        category=said.get("category", ""),
        urgent=bool(said.get("urgent")),
        source=said.get("channel", "") or "office",
        outer_number=said.get("outer_number", "")[:60],
        area=area,
        site=site,
        address=said.get("address", ""),
        place=_place(said.get("lon", ""), said.get("lat", "")),
        reporter=reporter if who else None,
        links=[_link(one) for one in said.getlist("link")[:20]],
    )


def _link(text: str) -> Link:
    kind, _sep, rest = text.partition(":")
    key, _sep, title = rest.partition("|")
    return Link(kind[:20], key[:120], title)


def _place(lon: str, lat: str) -> Place | None:
    if not lon or not lat:
        return None
    return read_place(lon, lat, "wgs84")
