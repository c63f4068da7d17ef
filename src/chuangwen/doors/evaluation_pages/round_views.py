"""Rounds: where each stands and how it was made; losses and what-if; villages; opening, locking, closing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.site.framing import chosen_round
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.records.measures import actions, queries
from chuangwen.records.measures.grading_actions import lock_material
from chuangwen.records.measures.models import Round, RoundKind
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.absence_actions import state_absent, withdraw_absence
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.dashboard.queries import group_lines
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.arithmetic.sampling import sample_size
from chuangwen.results.scoring.arithmetic.scores import Scored
from chuangwen.results.scoring.gathering import pack_of
from chuangwen.results.scoring.queries import RoundScore, cycle_of, recompute, score_round, totals_of, villages_of
from chuangwen.results.scoring.standing import standing_of
from chuangwen.results.scoring.unregistered import unregistered_types
from chuangwen.results.scoring.working import method_title


@require_safe
@needs(Permission.SEE_SCORE)
def rounds(request: TownRequest) -> HttpResponse:
    """All rounds, newest first; the years of the cycle beside each other."""
    found = list(queries.rounds().annotate(seen=Count("observations")))
    totals = totals_of(found, request.at.date())
    lines = [{"round": one, "total": totals[one.pk]} for one in found]
    context = {"lines": lines, "may_open": request.actor.may(Permission.RUN_ROUNDS)}
    return render(request, "rounds/rounds.html", context)


@require_safe
@needs(Permission.SEE_SCORE)
def round_page(request: TownRequest, code: str) -> HttpResponse:
    """One round: its total, by method, by grouping, by branch; what dropped out; the bars."""
    round_ = get_object_or_404(queries.rounds(), code=code)
    result = score_round(round_, request.at.date())
    context: dict[str, Any] = {
        "round": round_,
        "result": result,
        "standing": standing_of(result),
        "cycle": cycle_of(result),
        "groupings": group_lines(result, pack_of(round_.edition).framework.groupings),
        "systems": [_system_rows(result, one.code) for one in result.town.systems],
        "unregistered": unregistered_types(result),
        "check": recompute(round_) if round_.closed_at and "check" in request.GET else None,
        "may_state": request.actor.may(Permission.EDIT_PLAN) and not round_.closed_at,
        **_lock_cost(result),
        "may_lock": request.actor.may(Permission.RUN_ROUNDS) and not round_.material_locked_at and not round_.closed_at,
        "may_close": request.actor.may(Permission.CLOSE_ROUNDS) and not round_.closed_at,
    }
    return render(request, "rounds/round.html", context)


def _lock_cost(result: RoundScore) -> dict[str, Any]:
    """What locking the materials would cost at most: parts that are unknown now, and their points of the town's total."""
    graded = {"material", "opinion", "overall"}
    open_ = [part for one in result.losses if one.method in graded for part in one.parts if part.at_risk and part.thing]
    return {"lock_items": len(open_), "lock_points": sum(part.at_risk for part in open_)}


def _system_rows(result: RoundScore, code: str) -> dict[str, Any]:
    """One system alone, in points of its own 100: by method, item and lead unit; what dropped out; the sample wanted."""
    system = next(one for one in result.town.systems if one.code == code)
    edition, scored = result.edition_of(code), system.scored
    pack = pack_of(edition)
    items = [row for row in pack.standards if row.kind == "item"]
    leads = _leads(scored)
    enough = scored.total.is_measured_enough and result.round.closed_at is None
    return {
        "edition": edition,
        "title": edition.short_title,
        "share": system.share,
        "methods": [(method_title(method), line) for (kind, method), line in scored.rows.items() if kind == "method"],
        "items": [(row, scored.rows["node", row.code]) for row in items],
        "leads": leads,
        "unled": 100 - sum(line.weight for _, line in leads),
        "sample": sample_size(scored, 2.0) if enough else None,
        "types": {row.code: row.name for row in pack.site_types},
        "dropped": scored.dropped,
    }


def _leads(scored: Scored) -> list[tuple[Organisation, Any]]:
    units = {unit.code: unit for unit in Organisation.objects.all()}
    rows = [(units[code], line) for (kind, code), line in scored.rows.items() if kind == "lead" and code in units]
    return sorted(rows, key=lambda row: row[0].order)


@require_http_methods(["POST"])
@needs(Permission.SEE_SCORE)
def absent_type(request: TownRequest, code: str) -> HttpResponse:
    """State that the town has no site of a type, or take that back."""
    type_code = request.POST.get("type", "")
    if request.POST.get("move") == "withdraw":
        withdraw_absence(type_code, by=request.actor, at=request.at)
        messages.success(request, say("已撤回：这类点位又算未知。"))
    else:
        state_absent(type_code, request.POST.get("reason", ""), by=request.actor, at=request.at)
        messages.success(request, say("已声明本镇没有这类点位，有关标准不再计入基数。"))
    return redirect(f"{reverse('round', args=[code])}#absent")


class RoundForm(forms.Form):
    """A new round."""

    code = forms.SlugField(label=_("编号"), max_length=40, help_text=_("字母、数字、横线，如 2021-mock-1"))
    title = forms.CharField(label=_("名称"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=RoundKind.choices)
    year = forms.IntegerField(label=_("测评年度"), min_value=2000, max_value=2100)
    edition = forms.ModelChoiceField(Edition.objects.defer("content"), label=_("测评体系"))
    companion = forms.ModelChoiceField(Edition.objects.defer("content"), label=_("并计体系"), required=False)
    opens = forms.DateField(label=_("开始"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    closes = forms.DateField(label=_("结束"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

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
        lock_material(round_, by=request.actor, at=request.at)
        messages.success(request, say("材料申报已锁定：没有材料的按 0 分计。"))
    elif request.POST.get("move") == "close":
        close_round(round_, by=request.actor, at=request.at)
        messages.success(request, say("“{title}”已封存，数字从此不变。", title=round_.title))
    return redirect("round", code)


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
        "main": round_.edition.short_title if round_ else "",
        "unplaced": sum(not one.band for one in lines),
    }
    return render(request, "rounds/villages.html", context)
