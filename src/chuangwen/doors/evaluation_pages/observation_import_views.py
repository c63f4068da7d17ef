"""The table that a third-party team hands over: looked at, answered, tried, written."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chuangwen.doors.evaluation_pages.measure_views import round_or_refuse
from chuangwen.doors.packs.observing import told_of, weigh_table
from chuangwen.doors.site.importing import ImportPage, sent_table, written_now, wrong_rows
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.table import OBSERVATION_TABLE
from chuangwen.records.measures.visit_actions import take_in
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_OBSERVATIONS)
def observations(request: TownRequest) -> HttpResponse:
    """A third-party table: read, matched, judged; all problems told, or a dry run, or taken in."""
    round_ = round_or_refuse(request)
    page = _page(round_)
    if request.method != "POST":
        return page.choose(request)
    sent = sent_table(request, OBSERVATION_TABLE)
    found = weigh_table(round_, sent.book, sent.said, by=request.actor, at=request.at)
    if sent.move == "errors":
        return wrong_rows(found.reading)
    if sent.move == "take" and found.reading.is_ready:
        answers = replace(found.answers, seal=request.POST.get("seal", ""))
        done = take_in(round_, found.rows, answers, what=sent.name, by=request.actor, at=request.at)
        written_now(request, sent)
        messages.success(request, told_of(done))
        return redirect("observations")
    return replace(page, along={"seal": found.plan.seal}).show(request, sent, found.reading, found.run)


def _page(round_: Round) -> ImportPage:
    return ImportPage(
        title=say("导入观测"),
        lede=round_.title,
        hint=say(
            "列：点位、点位类型、考察内容、结果、次数/总数、时间、考察人、备注；先后随意，先试读再写入，重复导入不会多出来"
        ),
        again=reverse("observations_import"),
        back=reverse("observations"),
    )
