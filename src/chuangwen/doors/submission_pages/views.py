"""The yearly submission: the matrix, its checks, asking units for what is missing, Excel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from chuangwen.doors.site.framing import chosen_round
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.figures import narrowed
from chuangwen.kernel.words import listed, say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.serving import requirement_key
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.submission import asking, queries
from chuangwen.results.submission.compose_actions import compose as compose_year
from chuangwen.results.submission.compose_actions import round_of
from chuangwen.results.submission.faults import TITLES
from chuangwen.results.submission.gathering import submission_of
from chuangwen.results.submission.matrix import Line, Matrix, State
from chuangwen.results.submission.models import Submission
from chuangwen.work.cases.actions import openings_for
from chuangwen.work.cases.types import definition, for_materials, in_force


def year_or_refuse(year: int) -> Submission:
    """The submission of a year; before anybody began it there is none."""
    found = submission_of(year)
    if found is None:
        raise NotFound(what=say("{year} 年的申报", year=year))
    return found


@require_safe
@needs(Permission.SEE_ARCHIVE)
def submission(request: TownRequest) -> HttpResponse:
    """The year of the round looked at; else the newest."""
    round_ = chosen_round(request)
    rows = queries.submissions()
    found = rows.filter(year=round_.year).first() if round_ else None
    found = found or rows.first()
    if found is not None:
        return redirect("submission_year", year=found.year)
    year = round_.year if round_ else request.at.year
    context = {"year": year, "may_compose": _may_begin(request, year)}
    return render(request, "submission/none.html", context)


def _may_begin(request: TownRequest, year: int) -> bool:
    return request.actor.may(Permission.COMPOSE_SUBMISSION) and round_of(year) is not None


@dataclass(frozen=True)
class Narrowed:
    """What of the matrix is asked for."""

    state: str = ""
    unit: str = ""
    words: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.state or self.unit or self.words)

    def takes(self, line: Line) -> bool:
        """Whether a standard is asked for."""
        node, lead = line.standing.node, line.standing.lead
        if self.unit and (lead is None or str(lead.lead_id) != self.unit):
            return False
        if any(word not in f"{node.code} {node.title} {node.text}" for word in self.words.split()):
            return False
        if self.state == "unsigned":
            return not line.is_signed
        return not self.state or any(cell is not None and cell.state == self.state for cell in line.cells)


def _narrowed(request: TownRequest) -> Narrowed:
    said = request.GET
    return Narrowed(said.get("state", ""), said.get("unit", ""), said.get("q", "").strip()[:60])


@require_safe
@needs(Permission.SEE_ARCHIVE)
def year(request: TownRequest, year: int) -> HttpResponse:
    """The matrix of standards and kinds of material."""
    found = year_or_refuse(year)
    matrix = queries.matrix_for(request.actor, found, request.at.date())
    asked = _narrowed(request)
    lines = [one for one in matrix.lines if asked.takes(one)]
    owed = asking.owed(matrix)
    scope = (
        f"round:{found.round.code}"
        if queries.sees_all(request.actor)
        else narrowed(f"seen:{request.actor.username}", year=year)
    )
    cases = asking.open_cases((one.need.requirement for one in owed), found.year)
    new = [one for one in owed if requirement_key(one.need.requirement) not in cases]
    shut = asking.why_not_ask(found.round)
    context = {
        **frame_of(request, found, "matrix"),
        "matrix": matrix,
        "groups": _groups(lines, found),
        "asked": asked,
        "units": _units(matrix),
        "scope": scope,
        "states": [(one.value, one.label, matrix.figure(one, scope, request.at.date())) for one in State],
        "width": len(matrix.columns) + 4,
        "owed": len(owed),
        "to_ask": 0 if shut else len(new),
        "units_asked": len({one.need.lead.lead_id for one in new if one.need.lead}),
        "asked_for": len(owed) - len(new),
        "overdue": sum(one.overdue for one in owed),
        "may_ask": may_ask(request),
        "export": f"{reverse('submission_export', args=[year])}?{request.GET.urlencode()}"
        if request.actor.may(Permission.EXPORT_LISTS)
        else "",
    }
    return render(request, "submission/matrix.html", context)


def frame_of(request: TownRequest, found: Submission, tab: str) -> dict[str, Any]:
    """What every page of a year shows: its tabs, the years, the deadline, what this person may do."""
    actor = request.actor
    return {
        "submission": found,
        "year": found.year,
        "years": [one.year for one in queries.submissions()],
        "tab": tab,
        "may_compose": actor.may(Permission.COMPOSE_SUBMISSION),
        "may_sign": actor.may(Permission.SIGN_SUBMISSION),
        "today": request.at.date(),
    }


def _groups(lines: Sequence[Line], found: Submission) -> list[tuple[str, list[Line]]]:
    """Lines by edition, the main one first; its heading only where there are two."""
    names = {found.edition_id: found.edition.short_title}
    if found.companion_id and found.companion is not None:
        names[found.companion_id] = found.companion.short_title
    return [
        (names[key] if len(names) > 1 else "", mine)
        for key in names
        if (mine := [one for one in lines if one.standing.node.edition_id == key])
    ]


def _units(matrix: Matrix) -> list[tuple[int, str]]:
    found = {one.standing.lead.lead_id: one.standing.lead.lead for one in matrix.lines if one.standing.lead}
    return sorted(found.items(), key=lambda one: one[1])


def may_ask(request: TownRequest) -> bool:
    """Whether this person may ask units for materials: the opening that the type declares is open to the person."""
    kind = for_materials()
    if kind is None:
        return False
    type_ = definition(in_force(kind[0]))
    return kind[1] in {one.id for one in openings_for(type_, request.actor)}


@require_POST
@needs(Permission.COMPOSE_SUBMISSION)
def compose(request: TownRequest, year: int) -> HttpResponse:
    """Begin the year or bring in what is new."""
    done = compose_year(year, by=request.actor, at=request.at)
    told = say("已汇集：新增标准 {n} 条，新选入资料 {m} 份。", n=done.entries, m=done.picks)
    messages.success(request, told)
    return redirect("submission_year", year=year)


@require_POST
@needs(Permission.WORK_CASES, Permission.SEE_ARCHIVE)
def ask(request: TownRequest, year: int) -> HttpResponse:
    """Ask the lead units for what is missing: one requirement, or all that nobody was asked for yet."""
    found = year_or_refuse(year)
    owed = asking.owed(queries.matrix_for(request.actor, found, request.at.date()))
    wanted = request.POST.getlist("requirement")
    chosen = [one for one in owed if not wanted or str(one.need.requirement.pk) in wanted]
    made = asking.ask_for(chosen, found.round, by=request.actor, at=request.at)
    if made:
        units = listed(dict.fromkeys(one.lead.short for one in made if one.lead))
        messages.success(request, say("已向 {units} 发出 {n} 件资料报审。", units=units, n=len(made)))
    else:
        messages.info(request, say("没有新的要发：缺的都已要过，或者没有牵头单位。"))
    return redirect(back_to(request, reverse("submission_year", args=[year])))


def back_to(request: TownRequest, otherwise: str) -> str:
    """Where a form came from, if that is a page of this site."""
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if safe else otherwise


@require_safe
@needs(Permission.SEE_ARCHIVE)
def checks(request: TownRequest, year: int) -> HttpResponse:
    """Every fault that the machine found, by kind of fault; those that a person let stand, with the reason."""
    found = year_or_refuse(year)
    matrix = queries.matrix_for(request.actor, found, request.at.date())
    code = request.GET.get("fault", "")
    rows = [(line, one) for line in matrix.lines for one in line.findings if not code or one.code == code]
    counts = [
        (key, say(title), sum(one.code == key and one.stands for line in matrix.lines for one in line.findings))
        for key, title in TITLES.items()
    ]
    context = {
        **frame_of(request, found, "checks"),
        "matrix": matrix,
        "rows": [row for row in rows if row[1].stands],
        "overruled": [row for row in rows if not row[1].stands],
        "counts": [one for one in counts if one[2] or one[0] == code],
        "fault": code,
    }
    return render(request, "submission/checks.html", context)


@require_safe
@needs(Permission.SEE_ARCHIVE, Permission.EXPORT_LISTS)
def export(request: TownRequest, year: int) -> HttpResponse:
    """The matrix as Excel: one row for each requirement."""
    found = year_or_refuse(year)
    matrix = queries.matrix_for(request.actor, found, request.at.date())
    asked = _narrowed(request)
    heads = [
        say("标准编号"), say("测评标准"), say("材料编号"), say("材料"), say("类型"), say("情况"), say("已有"), say("至少"),
        say("资料"), say("毛病"), say("评定"), say("牵头单位"), say("应交日期"), say("签批"),
    ]  # fmt: skip
    rows = (row for line in matrix.lines if asked.takes(line) for row in _rows(line))
    title = say("{year} 年网上申报矩阵", year=year)
    answer = HttpResponse(workbook(title, heads, rows), content_type=EXCEL)
    header = content_disposition_header(as_attachment=True, filename=f"{title}.xlsx")
    answer["Content-Disposition"] = header or "attachment"
    return answer


def _rows(line: Line) -> list[list[object]]:
    entry = line.standing.entry
    signed = entry.signer.name if entry.signer else ""
    rows: list[list[object]] = []
    for cell in line.cells:
        for one in cell.judged if cell else ():
            faults = listed(dict.fromkeys(fault.title for fault in (cell.findings if cell else ()) if fault.stands))
            row = one.need.requirement
            papers = listed(piece.document.title for piece in one.pieces)
            lead = one.need.lead.lead if one.need.lead else ""
            told = [row.kind, one.state.label, one.have, one.least, papers, faults, one.need.grade, lead, one.need.due]
            rows.append([line.standing.code, line.standing.node.title, row.code, row.title, *told, signed])
    return rows
