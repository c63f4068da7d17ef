"""The evaluation system: the tree with its scores, one standard opened down to its working, the duty table."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from chuangwen.doors.archive_pages.uses import documents_for
from chuangwen.doors.site.framing import chosen_edition, chosen_round
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.records.archive.lacking import key_of
from chuangwen.records.duties import queries as duty_queries
from chuangwen.records.ledger.queries import notes_about
from chuangwen.records.measures.queries import graded, observations_visible_to
from chuangwen.records.standards.models import Check, Edition, Node, NodeKind, Requirement
from chuangwen.records.standards.sheets_out import DutyRow, duty_table
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.scores import Scored
from chuangwen.results.scoring.gathering import pack_of
from chuangwen.results.scoring.queries import editions, score_edition
from chuangwen.results.scoring.working import method_title, working_of

Rows = list[dict[str, Any]]


def _scored(request: TownRequest, edition: Edition) -> Scored | None:
    """The edition's score in the round looked at, for those who may see scores."""
    round_ = chosen_round(request)
    if round_ is None or not request.actor.may(Permission.SEE_SCORE):
        return None
    if edition.pk not in {one.pk for one in editions(round_)}:
        return None
    on = min(request.at.date(), round_.closed_at.date()) if round_.closed_at else request.at.date()
    return score_edition(round_, edition, on)


def _edition(request: TownRequest, edition_id: int | None) -> Edition | None:
    if edition_id is not None:
        return get_object_or_404(Edition.objects.defer("content"), pk=edition_id)
    return chosen_edition(request)


@require_safe
@needs(Permission.SEE_FRAMEWORK)
def framework(request: TownRequest, edition_id: int | None = None) -> HttpResponse:
    """The tree: items, contents, standards, with points, scores and lead units; searched by code, words or unit."""
    edition = _edition(request, edition_id)
    if edition is None:
        return render(request, "framework/none.html")
    scored = _scored(request, edition)
    lines = {code: line for (kind, code), line in scored.rows.items() if kind == "node"} if scored else {}
    duties = duty_queries.of_standards(edition.pk)
    rows = _tree_rows(edition, lines, duties)
    word = request.GET.get("q", "").strip()
    if word:
        rows = _found(rows, word)
    context = {
        "edition": edition,
        "editions": Edition.objects.defer("content"),
        "rows": rows,
        "word": word,
        "count": sum(row["kind"] == NodeKind.STANDARD for row in rows),
        "bare": sum(row["kind"] == NodeKind.STANDARD and row["duty"] is None for row in rows),
        "total": scored.total if scored else None,
        "pass_line": scored.prepared.plan.framework.pass_line if scored else None,
        "may_edit": request.actor.may(Permission.EDIT_FRAMEWORK),
    }
    return render(request, "framework/framework.html", context)


def _tree_rows(edition: Edition, lines: dict[str, Line], duties: dict[int, Any]) -> Rows:
    values = Node.objects.filter(edition=edition).order_by("position")
    rows: Rows = []
    points: dict[str, Any] = {}
    fields = values.values_list("pk", "code", "kind", "parent__code", "title", "text", "points", "methods")
    for pk, code, kind, parent, title, text, own, methods in fields:
        row = {
            "pk": pk,
            "code": code,
            "kind": kind,
            "parent": parent or "",
            "title": title,
            "text": text,
            "points": own,
            "methods": [method_title(method) for method in methods],
            "line": lines.get(code),
            "duty": duties.get(pk),
        }
        rows.append(row)
        points[code] = row
        place = parent
        while own is not None and place:
            points[place]["points"] = (points[place]["points"] or 0) + own
            place = points[place]["parent"]
    return rows


def _found(rows: Rows, word: str) -> Rows:
    """Standards that match every word, with the branches they hang on."""
    words = word.lower().split()
    kept: set[str] = set()
    parents = {row["code"]: row["parent"] for row in rows}
    for row in rows:
        duty = row["duty"]
        heap = " ".join(
            [row["code"], row["title"], row["text"], duty.lead if duty else "", duty.person if duty else ""]
        )
        if all(one in heap.lower() for one in words):
            place = row["code"]
            while place:
                kept.add(place)
                place = parents[place]
    return [row for row in rows if row["code"] in kept]


@require_safe
@needs(Permission.SEE_FRAMEWORK)
def standard_by_code(request: TownRequest, edition_id: int, code: str) -> HttpResponse:
    """A standard by the code people know it by."""
    node = get_object_or_404(Node, edition_id=edition_id, code=code)
    return redirect("standard", node.pk)


@require_safe
@needs(Permission.SEE_FRAMEWORK)
def standard(request: TownRequest, node_id: int) -> HttpResponse:
    """One standard: its text, points, methods, duty, materials, observations, history, and the working of its score."""
    node = get_object_or_404(
        Node.objects.select_related("parent__parent", "edition").defer("edition__content"), pk=node_id
    )
    edition = node.edition
    scored = _scored(request, edition)
    round_ = chosen_round(request)
    working = working_of(scored, pack_of(edition), node.code) if scored and node.kind == NodeKind.STANDARD else []
    checks = [check for check in Check.objects.filter(edition=edition) if node.code in check.standards]
    seen = observations_visible_to(request.actor).filter(round=round_, check_item__in=[check.pk for check in checks])
    context = {
        "node": node,
        "edition": edition,
        "crumbs": _crumbs(node),
        "siblings": list(Node.objects.filter(edition=edition, parent=node.parent).order_by("position")),
        "children": list(Node.objects.filter(parent=node).order_by("position")),
        "line": scored.rows.get(("node", node.code)) if scored else None,
        "working": working,
        "got": sum(part.got for method in working for part in method.parts),
        "coef": sum(part.coef for method in working for part in method.parts),
        "duty": duty_queries.of_standards(edition.pk).get(node.pk),
        "requirements": _requirements(node, round_),
        "observations": list(seen.order_by("value", "-seen_at")[:50]) if round_ and checks else [],
        "all_observations": seen.count() if round_ and checks else 0,
        "notes": list(notes_about("duty", node.code)[:20]),
        "methods": [(method_title(method), share) for method, share in node.methods.items()],
        "may_assign": request.actor.may(Permission.ASSIGN_DUTIES) and node.kind == NodeKind.STANDARD,
        "round": round_,
        **documents_for(request.actor, [("standard", f"{edition.pk}:{node.code}"), *_asked(node)]),
        "serving_link": f"{reverse('archive')}?standard={edition.pk}:{quote(node.code)}",
    }
    return render(request, "framework/standard.html", context)


def _asked(node: Node) -> list[tuple[str, str]]:
    return [("requirement", key_of(one)) for one in Requirement.objects.filter(node=node)]


def _crumbs(node: Node) -> list[tuple[str, str]]:
    above: list[tuple[str, str]] = []
    parent = node.parent
    while parent is not None:
        above.insert(0, (f"{parent.code} {parent.title}", f"/standards/{parent.pk}/"))
        parent = parent.parent
    return [(say("测评体系"), "/framework/"), *above]


def _requirements(node: Node, round_: Any) -> Rows:
    grades = graded(round_) if round_ else {}
    return [{"requirement": one, "grade": grades.get(one.pk)} for one in Requirement.objects.filter(node=node)]


@require_safe
@needs(Permission.SEE_FRAMEWORK, Permission.SEE_DUTIES)
def duty_sheet(request: TownRequest, edition_id: int) -> HttpResponse:
    """The duty table (责任分解表) of an edition as Excel, ready to print on A3."""
    edition = get_object_or_404(Edition.objects.defer("content"), pk=edition_id)
    rows = _duty_rows(edition)
    notes = [say("依据：{title} {edition}", title=edition.title, edition=edition.edition)]
    answer = HttpResponse(duty_table(rows, title=say("责任分解表"), notes=notes), content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="duties-{edition.pack}-{edition.edition}.xlsx"'
    return answer


def _duty_rows(edition: Edition) -> list[DutyRow]:
    duties = duty_queries.of_standards(edition.pk)
    materials: dict[int, list[str]] = {}
    for pk, title in Requirement.objects.filter(edition=edition).values_list("node_id", "title"):
        materials.setdefault(pk, []).append(title)
    nodes = {node.pk: node for node in Node.objects.filter(edition=edition).order_by("position")}
    return [
        _duty_row(node, nodes, duties.get(node.pk), materials.get(node.pk, []))
        for node in nodes.values()
        if node.kind == NodeKind.STANDARD
    ]


def _duty_row(node: Node, nodes: dict[int, Node], duty: Any, materials: list[str]) -> DutyRow:
    content = nodes.get(node.parent_id or 0)
    item = nodes.get(content.parent_id or 0) if content else None
    if item is None:
        content, item = None, content
    return DutyRow(
        item_code=item.code if item else "",
        item=item.title if item else "",
        content_code=content.code if content else "",
        content=content.title if content else "",
        code=node.code,
        text=node.text or node.title,
        methods={method: Decimal(share) for method, share in node.methods.items()},
        points=node.points or Decimal(0),
        lead=duty.lead if duty else "",
        assisting=list(duty.assisting) if duty else [],
        person=duty.person if duty else "",
        requirements=materials,
        due=f"{duty.due:%Y-%m-%d}" if duty and duty.due else "",
    )
