"""Rounds: where each stands and how it was made; losses and what-if; villages; opening, locking, closing."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.db.models.fields.json import KT
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.evaluation_pages.measure_views import round_or_refuse
from chuangwen.doors.site.framing import chosen_round
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import EXCEL
from chuangwen.records.measures import actions, queries
from chuangwen.records.measures.models import Round, RoundKind
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.dashboard.queries import group_lines
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.arithmetic.sampling import sample_size
from chuangwen.results.scoring.arithmetic.smallest import changes_of
from chuangwen.results.scoring.arithmetic.town import Town
from chuangwen.results.scoring.arithmetic.whatif import make_town_ready
from chuangwen.results.scoring.gathering import pack_of
from chuangwen.results.scoring.loss_words import LossLine, loss_lines
from chuangwen.results.scoring.queries import RoundScore, recompute, score_round, villages_of
from chuangwen.results.scoring.working import method_title
from chuangwen.work.cases.queries import cases_of_links
from chuangwen.work.cases.types import for_gaps


@require_safe
@needs(Permission.SEE_SCORE)
def rounds(request: TownRequest) -> HttpResponse:
    """All rounds, newest first; the years of the cycle beside each other."""
    found = list(queries.rounds().annotate(seen=Count("observations"), stored=KT("frozen__result__total")))
    now = chosen_round(request)
    lines = [{"round": one, "total": _shown_total(one, request, now)} for one in found]
    context = {"lines": lines, "may_open": request.actor.may(Permission.RUN_ROUNDS)}
    return render(request, "rounds/rounds.html", context)


def _shown_total(one: Any, request: TownRequest, now: Round | None) -> Any:
    """Closed rounds by their frozen result; the open one looked at is scored; other open ones show none."""
    if one.stored:
        return json.loads(one.stored) if isinstance(one.stored, str) else one.stored
    return score_round(one, request.at.date()).total if now is not None and one.pk == now.pk else None


@require_safe
@needs(Permission.SEE_SCORE)
def round_page(request: TownRequest, code: str) -> HttpResponse:
    """One round: its total, by method, by grouping, by branch; what dropped out; the bars."""
    round_ = get_object_or_404(queries.rounds(), code=code)
    result = score_round(round_, request.at.date())
    pack = pack_of(round_.edition)
    scored = result.main
    items = [row for row in pack.standards if row.kind == "item"]
    context: dict[str, Any] = {
        "round": round_,
        "result": result,
        "total": _total(result),
        "groupings": group_lines(result, pack.framework.groupings),
        "methods": [(method_title(method), line) for (kind, method), line in scored.rows.items() if kind == "method"],
        "items": [(row, scored.rows["node", row.code]) for row in items],
        "leads": _leads(result),
        "sample": sample_size(scored, 2.0) if scored.total.expected is not None else None,
        "types": {row.code: row.name for row in pack.site_types},
        "check": recompute(round_) if round_.closed_at and "check" in request.GET else None,
        "may_lock": request.actor.may(Permission.RUN_ROUNDS) and not round_.material_locked_at and not round_.closed_at,
        "may_close": request.actor.may(Permission.CLOSE_ROUNDS) and not round_.closed_at,
    }
    return render(request, "rounds/round.html", context)


def _total(result: RoundScore) -> dict[str, object]:
    return {**result.total.as_dict(), "pass_line": result.pass_line or None, "level": result.level}


def _leads(result: RoundScore) -> list[tuple[Organisation, Any]]:
    units = {unit.code: unit for unit in Organisation.objects.all()}
    rows = [(units[code], line) for (kind, code), line in result.main.rows.items() if kind == "lead" and code in units]
    return sorted(rows, key=lambda row: row[0].order)


class RoundForm(forms.Form):
    """A new round."""

    code = forms.SlugField(label=_("编号"), max_length=40, help_text=_("字母、数字、横线，如 2021-mock-1"))
    title = forms.CharField(label=_("名称"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=RoundKind.choices)
    year = forms.IntegerField(label=_("测评年度"), min_value=2000, max_value=2100)
    edition = forms.ModelChoiceField(Edition.objects.defer("content"), label=_("测评体系"))
    companion = forms.ModelChoiceField(Edition.objects.defer("content"), label=_("并计体系"), required=False)
    opens = forms.DateField(label=_("开始"), widget=forms.DateInput(attrs={"type": "date"}))
    closes = forms.DateField(label=_("结束"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("opens") and said.get("closes") and said["closes"] < said["opens"]:
            self.add_error("closes", _("结束不能早于开始。"))
        if said.get("code") and Round.objects.filter(code=said["code"]).exists():
            self.add_error("code", _("这个编号已经用过，请换一个。"))
        return said


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_SCORE, Permission.RUN_ROUNDS)
def open_round(request: TownRequest) -> HttpResponse:
    """Open a round."""
    form = RoundForm(request.POST or None, initial={"year": request.at.year, "opens": request.at.date()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        new = actions.NewRound(
            said["code"], said["title"], RoundKind(said["kind"]), said["year"], said["opens"], said["closes"]
        )
        actions.open_round(new, said["edition"], said["companion"], by=request.actor, at=request.at)
        messages.success(request, say("“{title}”已开。", title=new.title))
        return redirect("round", new.code)
    return render(request, "rounds/open.html", {"form": form})


@require_http_methods(["POST"])
@needs(Permission.SEE_SCORE)
def change_round(request: TownRequest, code: str) -> HttpResponse:
    """Lock the material submission, or close the round for good."""
    round_ = get_object_or_404(Round.objects.select_related("edition", "companion"), code=code)
    if request.POST.get("move") == "lock":
        actions.lock_material(round_, by=request.actor, at=request.at)
        messages.success(request, say("材料申报已锁定：没有材料的按 0 分计。"))
    elif request.POST.get("move") == "close":
        close_round(round_, by=request.actor, at=request.at)
        messages.success(request, say("“{title}”已封存，数字从此不变。", title=round_.title))
    return redirect("round", code)


def _lines(request: TownRequest, result: RoundScore) -> list[LossLine]:
    """All losses, or those of one member of a grouping, one unit, one branch."""
    pack = pack_of(result.round.edition)
    units = dict(Organisation.objects.values_list("code", "short"))
    found = result.losses
    nodes = {(one.code, node.code): node for one in result.town.systems for node in one.scored.prepared.plan.standards}
    for grouping in pack.framework.groupings:
        if member := request.GET.get(grouping.id):
            found = [one for one in found if member in nodes[one.system, one.standard].groups.get(grouping.id, ())]
    if lead := request.GET.get("lead"):
        found = [one for one in found if one.lead == lead]
    if branch := request.GET.get("branch"):
        found = [one for one in found if one.standard == branch or one.standard.startswith(f"{branch}-")]
    lines = loss_lines(result, found, units)
    if word := request.GET.get("q", "").strip():
        lines = [one for one in lines if word in one.label or word in one.where or word in one.lead]
    return lines


@require_safe
@needs(Permission.SEE_SCORE)
def losses(request: TownRequest) -> HttpResponse:
    """Where points are lost, ranked by points per day of work; tick some off and see the total at once."""
    round_ = round_or_refuse(request)
    result = score_round(round_, request.at.date())
    lines = _lines(request, result)
    ticked = set(request.GET.getlist("tick"))
    total = result.total
    town = _supposed(result, lines, ticked) if ticked else None
    supposed = town.line if town else None
    if "json" in request.GET:
        return JsonResponse({"total": supposed.as_dict() if supposed else total.as_dict()})
    context = {
        "round": round_,
        "result": result,
        "total": total,
        "supposed": supposed,
        "passing": town.passing if town else None,
        "losses": _rows(request, round_, lines[:200], ticked),
        "all": len(lines),
        "sums": {key: sum(getattr(one, key) for one in lines) for key in ("lost", "risk", "regain")},
        "filter": _filter_title(request, result),
        "word": request.GET.get("q", ""),
    }
    return render(request, "rounds/losses.html", context)


def _rows(request: TownRequest, round_: Round, lines: list[LossLine], ticked: set[str]) -> list[dict[str, object]]:
    """The losses as rows, each with its rectification: how many are under way, and the way to open one."""
    keys = {one.standard: f"{round_.edition_id}:{one.standard}" for one in lines}
    under_way = cases_of_links(request.actor, "standard", list(keys.values()))
    opening = for_gaps() if request.actor.may(Permission.STEER_CASES) else None
    return [
        {
            "key": one.key,
            "label": one.label,
            "where": one.where,
            "lead": one.lead,
            "regain": one.regain,
            "days": one.days,
            "link": f"/framework/{round_.edition_id}/code/{one.standard}/",
            "ticked": one.key in ticked,
            "mending": under_way.get(keys[one.standard], 0),
            "mending_link": f"{reverse('cases')}?{urlencode({'tab': 'all', 'link': f'standard:{keys[one.standard]}'})}",
            "open_link": _gap_link(opening, keys[one.standard], one) if opening else "",
        }
        for one in lines
    ]


def _gap_link(opening: tuple[str, str], key: str, one: LossLine) -> str:
    kind, move = opening
    links = [f"standard:{key}|{one.label}", f"loss:{one.key}|{one.where}"]
    asked = {"move": move, "title": f"{one.label}：{one.where}"[:110], "link": links}
    return f"{reverse('case_open', args=[kind])}?{urlencode(asked, doseq=True)}"


def _supposed(result: RoundScore, lines: list[LossLine], ticked: set[str]) -> Town:
    return make_town_ready(result.town).suppose(changes_of([one.loss for one in lines if one.key in ticked]))


def _filter_title(request: TownRequest, result: RoundScore) -> str:
    for grouping in pack_of(result.round.edition).framework.groupings:
        wanted = request.GET.get(grouping.id)
        for member in grouping.member:
            if member.code == wanted:
                return f"{grouping.title} · {member.title}"
    lead = request.GET.get("lead")
    if lead and (unit := Organisation.objects.filter(code=lead).first()):
        return unit.name
    return request.GET.get("branch", "")


@require_safe
@needs(Permission.SEE_SCORE, Permission.EXPORT_LISTS)
def losses_export(request: TownRequest) -> HttpResponse:
    """The losses as Excel."""
    lines = _lines(request, score_round(round_or_refuse(request), request.at.date()))
    heads = [
        say("测评标准"),
        say("方法"),
        say("失在哪里"),
        say("牵头"),
        say("已失"),
        say("存疑"),
        say("可挽回"),
        say("约需天数"),
    ]
    rows = (
        [
            one.label,
            one.method,
            one.where,
            one.lead,
            round(one.lost, 4),
            round(one.risk, 4),
            round(one.regain, 4),
            one.days,
        ]
        for one in lines
    )
    answer = HttpResponse(workbook(say("失分清单"), heads, rows), content_type=EXCEL)
    answer["Content-Disposition"] = 'attachment; filename="losses.xlsx"'
    return answer


@require_safe
@needs(Permission.SEE_SCORE)
def villages(request: TownRequest) -> HttpResponse:
    """Villages and units by their own sites, with intervals; no order is claimed where they overlap."""
    round_ = chosen_round(request)
    lines = villages_of(score_round(round_, request.at.date()).main) if round_ else []
    kind = request.GET.get("kind", "")
    kinds = {one.organisation.kind_id for one in lines}
    context = {
        "round": round_,
        "lines": [one for one in lines if not kind or one.organisation.kind_id == kind],
        "kinds": sorted(kinds),
        "kind": kind,
        "bands": max((one.band for one in lines), default=0),
    }
    return render(request, "rounds/villages.html", context)
