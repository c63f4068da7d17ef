"""Answers, figures and events as Excel: out with the town's own rows so far, in by the steps of every import."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.evaluation_pages.answer_grid import told
from chuangwen.doors.evaluation_pages.event_views import trial_told
from chuangwen.doors.evaluation_pages.measure_views import round_or_refuse
from chuangwen.doors.site.importing import ImportPage, Sent, sent_table, written_now, wrong_rows
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.tables.declared import Table
from chuangwen.kernel.tables.dry_run import Change, DryRun, Line
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.records.measures import answer_tables, queries
from chuangwen.records.measures.answer_actions import Written, set_figures, tally_many
from chuangwen.records.measures.answer_rows import Found
from chuangwen.records.measures.event_actions import take_in_events
from chuangwen.records.measures.models import Round
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.trying import tried

Cells = Iterable[Sequence[object]]


def _as_table(table: Table, cells: Cells, title: str) -> HttpResponse:
    """The rows under the headings that the same table is read by."""
    answer = HttpResponse(workbook(title, [one.title for one in table.fields], cells), content_type=EXCEL)
    header = content_disposition_header(as_attachment=True, filename=f"{title}.xlsx")
    answer["Content-Disposition"] = header or "attachment"
    return answer


def _page(table: Table, round_: Round, out: str, again: str, back: str) -> ImportPage:
    return ImportPage(
        title=say("{table}：下载表格，填好再传回来", table=say(table.title)),
        lede=f"{round_.title}　{say('数没有变的不动；变了的先列出原来的数和新的数，再由您确认写入。')}",
        hint=say("表格在“{link}”下载，里面有已经录的数；没有数的留空。", link=reverse(out)),
        again=reverse(again),
        back=reverse(back),
        heads=[one.title for one in table.fields],
    )


def _run(found: Found[Any, Any]) -> DryRun:
    """What writing would do, row by row."""
    changed = {row.row for row in found.changed}
    new = {row.row for row in found.new}
    tags = {row.row: "" if row.row in new else say("改正") if row.row in changed else say("已有") for row in found.rows}
    return DryRun(
        new=len(new),
        changed=len(changed),
        known=len(found.rows) - len(new) - len(changed),
        left=found.left,
        columns=[say("对象"), say("原来的数"), say("表里的数")],
        lines=[Line(row.row, (row.label, row.was or "—", row.said), tags[row.row]) for row in found.rows],
        changes=[Change(row.row, row.label, row.was, row.said) for row in found.changed],
    )


def _done(request: TownRequest, sent: Sent, done: Written, back: str) -> HttpResponse:
    written_now(request, sent)
    messages.success(request, told(done))
    return redirect(back)


@require_safe
@needs(Permission.SEE_ROWS, Permission.RECORD_SURVEY)
def answers_table(request: TownRequest) -> HttpResponse:
    """Every question in every village that this person may put in, with the counts that stand."""
    round_ = round_or_refuse(request)
    stands, reach = queries.tallies_of(round_), request.actor.reach(Permission.RECORD_SURVEY)
    villages: list[Organisation | None] = [one for one in queries.villages_asked(round_) if reach.covers(one)]

    nowhere: list[Organisation | None] = [None]

    def cells() -> Cells:
        for question in queries.questions_of(round_):
            whole = stands.get((question.pk, None))
            for village in nowhere if whole else villages or nowhere:
                old = stands.get((question.pk, village.pk if village else None))
                counts = (old.positive, old.valid) if old else (None, None)
                yield (question.code, question.text, village.name if village else "", *counts)

    return _as_table(answer_tables.ANSWERS, cells(), say("问卷结果"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS, Permission.RECORD_SURVEY)
def answers_import(request: TownRequest) -> HttpResponse:
    """Survey answers by Excel."""
    round_ = round_or_refuse(request)
    page = _page(answer_tables.ANSWERS, round_, "answers_table", "answers_import", "answers")
    if request.method != "POST":
        return page.choose(request)
    sent = sent_table(request, answer_tables.ANSWERS)
    found = answer_tables.read_answers(sent.book, round_, sent.said)
    if sent.move == "errors":
        return wrong_rows(found.reading)
    if sent.move == "take" and found.reading.is_ready:
        done = tally_many(round_, found.writes, by=request.actor, at=request.at)
        return _done(request, sent, done, "answers")
    return page.show(request, sent, found.reading, _run(found))


@require_safe
@needs(Permission.SEE_ROWS, Permission.RECORD_FIGURES)
def figures_table(request: TownRequest) -> HttpResponse:
    """Every figure with the counts and the source that stand."""
    round_ = round_or_refuse(request)
    stands = queries.figure_values_of(round_)
    rows = [(one, stands.get(one.pk)) for one in queries.figures_of(round_)]
    cells = [
        (one.code, one.title, *((old.numerator, old.denominator, old.source) if old else (None, None, "")))
        for one, old in rows
    ]
    return _as_table(answer_tables.FIGURES, cells, say("统计数据"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS, Permission.RECORD_FIGURES)
def figures_import(request: TownRequest) -> HttpResponse:
    """Figures by Excel."""
    round_ = round_or_refuse(request)
    page = _page(answer_tables.FIGURES, round_, "figures_table", "figures_import", "answers")
    if request.method != "POST":
        return page.choose(request)
    sent = sent_table(request, answer_tables.FIGURES)
    found = answer_tables.read_figures(sent.book, round_, sent.said)
    if sent.move == "errors":
        return wrong_rows(found.reading)
    if sent.move == "take" and found.reading.is_ready:
        done = set_figures(round_, found.writes, by=request.actor, at=request.at)
        return _done(request, sent, done, "answers")
    return page.show(request, sent, found.reading, _run(found))


@require_safe
@needs(Permission.SEE_ROWS, Permission.RECORD_EVENTS)
def events_table(request: TownRequest) -> HttpResponse:
    """The events of the main system that stand and lie within reach."""
    round_ = round_or_refuse(request)
    titles = {one["code"]: one["title"] for one in round_.edition.content["negative"]}
    seen = queries.events_visible_to(request.actor).filter(edition=round_.edition, withdrawn_at=None)
    cells = [
        (one.code, titles[one.code], one.happened_on, one.organisation.name if one.organisation else "", one.text)
        for one in seen
    ]
    return _as_table(answer_tables.EVENTS, cells, say("负面清单事件"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS, Permission.RECORD_EVENTS)
def events_import(request: TownRequest) -> HttpResponse:
    """Events of the main system by Excel; another text of a known event corrects it, with the file as the reason."""
    round_ = round_or_refuse(request)
    page = _page(answer_tables.EVENTS, round_, "events_table", "events_import", "events")
    if request.method != "POST":
        return page.choose(request)
    sent = sent_table(request, answer_tables.EVENTS)
    found = answer_tables.read_events(sent.book, round_.edition, request.at.date(), sent.said)
    if sent.move == "errors":
        return wrong_rows(found.reading)

    def write() -> Written:
        pairs = [(row.old, row.new) for row in (*found.new, *found.changed)]
        reason = say("按表格“{file}”更正", file=sent.name)
        return take_in_events(round_.edition, pairs, reason=reason, by=request.actor, at=request.at)

    if sent.move == "take" and found.reading.is_ready:
        return _done(request, sent, write(), "events")
    run = _run(found)
    if found.reading.is_ready and run.writes:
        page = replace(page, note=trial_told(tried(round_, request.at.date(), write)))
    return page.show(request, sent, found.reading, run)
