"""Many cases at once from a table: a template by kind, a dry run with its questions, all or nothing."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.site.importing import ImportPage, Sent, sent_table, written_now, wrong_rows
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.tables.dry_run import Change, DryRun, Line
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.case_rows import CaseRow
from chuangwen.work.cases.import_actions import take_in_rows
from chuangwen.work.cases.row_differences import masked_text
from chuangwen.work.cases.sheet_rows import case_table
from chuangwen.work.cases.trying import Kind, Tried, kind_for_rows, try_cases

REMARKS = 20


@require_safe
@needs(Permission.WORK_CASES)
def template(request: TownRequest, kind: str) -> HttpResponse:
    """The empty table of a kind of case, with the headings it is read by."""
    found = kind_for_rows(kind, request.GET.get("move", ""), by=request.actor)
    heads = [one.title for one in case_table(found.type, found.move).fields]
    answer = HttpResponse(workbook(found.type.type.title, heads, []), content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.WORK_CASES)
def import_cases(request: TownRequest, kind: str) -> HttpResponse:
    """Choose a file, look at what was understood, answer, take all of it in or nothing."""
    found = kind_for_rows(kind, request.GET.get("move", ""), by=request.actor)
    if request.method != "POST":
        return _page(found).choose(request)
    sent = sent_table(request, case_table(found.type, found.move))
    tried = try_cases(sent.book, found, sent.said, by=request.actor, at=request.at)
    if sent.move == "errors":
        return wrong_rows(tried.reading)
    if sent.move == "take" and tried.reading.is_ready:
        return _taken(request, sent, tried)
    return _page(found).show(request, sent, tried.reading, _run(tried, found))


def _page(kind: Kind) -> ImportPage:
    code, move = kind.type.type.id, kind.move
    return ImportPage(
        title=say("从表格登记：{kind}", kind=kind.type.type.title),
        lede=f"{kind.type.type.title}　{move.title}",
        hint=say("用原来的台账也行：列名对得上就认，先后随意；先试读再登记，重复导入不会多出来"),
        again=f"{reverse('case_import', args=[code])}?move={move.id}",
        back=reverse("case_open", args=[code]),
        template=f"{reverse('case_import_template', args=[code])}?move={move.id}",
    )


def _taken(request: TownRequest, sent: Sent, tried: Tried) -> HttpResponse:
    done = take_in_rows(tried.batch, by=request.actor, at=request.at)
    written_now(request, sent)
    told = {"new": done.new, "corrected": done.corrected, "known": done.known}
    messages.success(request, say("新 {new} 件，改正 {corrected} 件，已有 {known} 件。", **told))
    for _row, remark in done.remarks[:REMARKS]:
        messages.warning(request, remark)
    return redirect(f"{reverse('cases')}?tab=all&kind={tried.batch.kind}&sort=-opened")


def _run(tried: Tried, kind: Kind) -> DryRun:
    """What taking it in would do, row by row."""
    plan = tried.plan
    heads = [say("问题"), say("村（社区）"), say("点位"), say("地址"), say("登记日期"), say("反映人")]
    return DryRun(
        new=len(plan.fresh),
        changed=len(plan.corrections),
        known=len(plan.known),
        columns=heads,
        lines=sorted(_lines(tried, kind), key=lambda one: one.row),
        changes=list(_changes(tried)),
    )


def _lines(tried: Tried, kind: Kind) -> Iterator[Line]:
    plan = tried.plan
    for row, _mark in plan.fresh:
        tag = (say("已办结，补录"), "tag-calm") if row.finished else (say("新"), "tag-good")
        yield Line(row.row, _cells(row, kind), *tag)
    for one in plan.corrections:
        yield Line(one.row.row, _cells(one.row, kind), say("改正 {number}", number=one.case.number), "tag-warn")
    for row, number in plan.known:
        yield Line(row.row, _cells(row, kind), say("已有 {number}", number=number))


def _cells(row: CaseRow, kind: Kind) -> list[str]:
    area = kind.names["areas"].usual(row.area) if row.area else ""
    site = kind.names["sites"].usual(row.site) if row.site else ""
    day = f"{row.opened:%Y-%m-%d}" if row.opened else ""
    return [row.title, area, site, row.address, day, say("、").join(one.name or one.phone for one in row.reporters)]


def _changes(tried: Tried) -> Iterator[Change]:
    """Old values of reporters are masked; the new ones are what the person's own file says."""
    for one in tried.plan.corrections:
        for each in one.changes:
            what = f"{one.case.number} {each.title}"
            yield Change(one.row.row, what, masked_text(each, each.old), each.new)
    for row, remark in tried.plan.remarks:
        yield Change(row, remark, "", say("不改"))
