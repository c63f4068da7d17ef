"""Many cases at once from Excel: a template by kind, a dry run, all problems told, all or nothing."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.site.kept_files import sent_or_kept
from chuangwen.doors.site.sheets import marked_workbook, workbook
from chuangwen.kernel.sheets import read_table
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.models import Organisation, Person, Site
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.actions import open_case, openings_for
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Category
from chuangwen.work.cases.said import NewCase, NewReporter, Said
from chuangwen.work.cases.sheet_rows import Asked, CaseRow, Lists, read_cases
from chuangwen.work.cases.types import definition, in_force


def _opening(request: TownRequest, kind: str) -> tuple[CaseTypeRow, MoveRow]:
    """The opening by which rows come in: one that needs no photo, which a table has not."""
    type_ = definition(in_force(kind))
    moves = [one for one in openings_for(type_, request.actor) if not one.photos and not one.files]
    if not moves:
        raise NotFound(what=say("能从表格登记的方式"))
    asked = request.GET.get("move", "")
    chosen = [one for one in moves if one.id == asked] or [one for one in moves if one.does == "file"] or moves
    return type_, chosen[0]


def _lists(table: str) -> Lists:
    """The town's names, read once for a file."""
    units = list(Organisation.objects.filter(closed=None).values_list("code", "name", "short", "region_code"))
    sites = Site.objects.filter(closed=None).values_list("code", "name")
    people = Person.objects.filter(is_active=True).values_list("username", "name")
    categories = Category.objects.filter(table=table, retired=False).values_list("code", "title")
    return Lists(
        areas=_names([(code, name, short) for code, name, short, region in units if region]),
        sites=_names(list(sites)),
        categories=_names(list(categories)),
        units=_names([(code, name, short) for code, name, short, _ in units]),
        people=_names(list(people)),
    )


def _names(rows: list[Any]) -> dict[str, str]:
    """Each name to its code; a name that several bear is left out."""
    found: dict[str, set[str]] = {}
    for code, *names in rows:
        for name in names:
            found.setdefault(name, set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


@require_safe
@needs(Permission.WORK_CASES)
def template(request: TownRequest, kind: str) -> HttpResponse:
    """The empty table of a kind of case, with the headings it is read by."""
    type_, move = _opening(request, kind)
    words = Asked(type_.fields_of(move), move.needs).words
    heads = [names[0] for names in words.values()]
    answer = HttpResponse(workbook(type_.type.title, heads, []), content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.WORK_CASES)
def import_cases(request: TownRequest, kind: str) -> HttpResponse:
    """Choose a file, look at what was read, open all of it or none."""
    type_, move = _opening(request, kind)
    context: dict[str, Any] = {"type": type_, "move": move, "kind": kind}
    if request.method != "POST":
        return render(request, "cases/import.html", context)
    key, data, name = sent_or_kept(request)
    book = read_table(data, name=name)
    table = read_cases(book, kind, Asked(type_.fields_of(move), move.needs), _lists(type_.type.categories))
    problems = sorted(table.problems)
    if request.POST.get("move") == "errors":
        return marked_workbook(book, problems)
    if not problems and request.POST.get("move") == "take":
        new, known = _open_all(request, kind, move, list(table.rows))
        messages.success(request, say("登记了 {new} 件；{known} 件先前已有，没有重复登记。", new=new, known=known))
        return redirect(f"{reverse('cases')}?tab=all&kind={kind}&sort=-opened")
    context |= {"table": table, "problems": problems, "key": key, "name": name}
    return render(request, "cases/import.html", context, status=422 if problems else 200)


@transaction.atomic
def _open_all(request: TownRequest, kind: str, move: MoveRow, rows: list[CaseRow]) -> tuple[int, int]:
    """Open every row in one transaction; a refusal of one leaves none."""
    areas = {one.code: one for one in Organisation.objects.exclude(region_code="")}
    sites = {one.code: one for one in Site.objects.select_related("organisation")}
    new = known = 0
    for row in rows:
        said = row.said
        who = said.get("reporter", "") or said.get("phone", "")
        made = open_case(
            NewCase(
                kind=kind,
                title=said["title"],
                text=said.get("text", ""),
                move=move.id,
                category=said.get("category", ""),
                source="sheet",
                outer_number=said.get("outer", "")[:60],
                area=areas.get(said.get("area", "")),
                site=sites.get(said.get("site", "")),
                address=said.get("address", ""),
                reporter=NewReporter(said.get("reporter", ""), said.get("phone", ""), channel="sheet") if who else None,
            ),
            Said(answers=row.answers, text=said.get("text", "") or said["title"], mark=row.mark),
            by=request.actor,
            at=request.at,
        )
        fresh = made.opened_at == request.at
        new, known = new + fresh, known + (not fresh)
    return new, known
