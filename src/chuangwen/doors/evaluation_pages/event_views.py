"""The negative list: what has happened, what it costs, and the way to write down, correct or withdraw an event."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chuangwen.doors.evaluation_pages.measure_views import round_or_refuse
from chuangwen.kernel.chain import canonical
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kit.doors import needs
from chuangwen.kit.templatetags.look import points
from chuangwen.records.measures import event_actions, queries
from chuangwen.records.measures.models import Event, Round
from chuangwen.records.standards.definitions import NegativeRow
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.gathering import deductions_of, pack_of, scored_on
from chuangwen.results.scoring.trying import Trial, tried

SHOWN = 500
EFFECTS = {
    "deduct": later("扣 {points} 分，{months} 个月内有效"),
    "suspend": later("暂停资格，{months} 个月内有效"),
    "bar": later("一票否决，{months} 个月内有效"),
}


def effect_told(row: NegativeRow) -> str:
    """What an event of this kind does, in one line."""
    return say(EFFECTS[row.effect], points=f"{row.points.normalize():f}", months=row.window_months)


def trial_told(trial: Trial) -> str:
    """What writing would do to the score, in one line: said alike of one event and of a table."""
    if trial.bars:
        return say("写入后，本镇的申报资格被否决或暂停：{what}", what=listed(trial.bars))
    if not trial.moves:
        return say("写入后，得分不变")
    before, after = trial.before.expected, trial.after.expected
    if before is None:
        return say("写入后，得分会变；现在测得太少，不给预计")
    return say("写入后，预计得分由 {before} 变为 {after}", before=points(before), after=points(after))


def kinds_of(round_: Round) -> dict[str, tuple[Edition, NegativeRow]]:
    """The kinds of events of a round's editions, by edition and code."""
    editions = filter(None, (round_.edition, round_.companion))
    return {f"{one.pk}:{row.code}": (one, row) for one in editions for row in pack_of(one).negative}


class EventForm(forms.Form):
    """One event: its kind, its day, its place, what happened."""

    kind = forms.ChoiceField(label=_("负面清单条目"))
    on = forms.DateField(label=_("发生日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    where = forms.ModelChoiceField(
        Organisation.objects.filter(closed=None), label=_("发生在哪个单位"), required=False, empty_label=_("全镇的事")
    )
    text = forms.CharField(label=_("事件经过"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, kinds: dict[str, tuple[Edition, NegativeRow]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            told = [
                (key, say("{title}（{effect}）", title=f"{row.code} {row.title}", effect=effect_told(row)))
                for key, (_edition, row) in kinds.items()
            ]
            field.choices = [("", say("请选一条")), *told]


class CorrectionForm(EventForm):
    """The same with the reason of the correction."""

    reason = forms.CharField(label=_("更正原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@require_safe
@needs(Permission.SEE_ROWS)
def events(request: TownRequest) -> HttpResponse:
    """The events of the round's editions within reach, each as the round's own score takes it; and how many it takes in all."""
    round_ = round_or_refuse(request)
    kinds, on = kinds_of(round_), scored_on(round_, request.at.date())
    found = queries.events_visible_to(request.actor).filter(edition__in=queries.editions_of(round_))
    lines = [_line(one, kinds, on, round_.closed_at) for one in found[:SHOWN]]
    context = {
        "round": round_,
        "lines": lines,
        "counting": sum(bool(one["counts"]) for one in lines),
        "scored": len(deductions_of(round_, on)) if request.actor.may(Permission.SEE_SCORE) else None,
        "kinds": [(row, effect_told(row)) for _edition, row in kinds.values()],
        "may_record": request.actor.may(Permission.RECORD_EVENTS),
    }
    return render(request, "measures/events.html", context)


def _line(
    event: Event, kinds: dict[str, tuple[Edition, NegativeRow]], on: date, sealed: datetime | None
) -> dict[str, object]:
    """An event as the round's score takes it; ``since`` says what came of it after the round was sealed."""
    _edition, row = kinds[f"{event.edition_id}:{event.code}"]
    told = {"event": event, "kind": row, "effect": effect_told(row), "since": ""}
    if sealed is not None and event.recorded_at > sealed:
        return {**told, "counts": False, "since": say("封存以后登记，封存的得分不计")}
    stood = event.withdrawn_at is None or (sealed is not None and event.withdrawn_at > sealed)
    if stood and event.withdrawn_at is not None:
        told["since"] = say("封存以后撤销，封存的得分仍计")
    return {**told, "counts": stood and queries.still_counts(event.happened_on, row.window_months, on)}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS, Permission.RECORD_EVENTS)
def new_event(request: TownRequest) -> HttpResponse:
    """Write down an event; first what it does to the score is said."""
    round_ = round_or_refuse(request)
    kinds = kinds_of(round_)
    form = EventForm(request.POST or None, kinds=kinds, initial={"on": request.at.date()})

    def write() -> Event:
        edition, new = _said(form, kinds)
        return event_actions.record_event(edition, new, by=request.actor, at=request.at)

    return _in_two_steps(request, round_, form, write, {"title": say("登记负面清单事件")})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS, Permission.RECORD_EVENTS)
def change_event(request: TownRequest, event_id: int) -> HttpResponse:
    """Put an event right, with the reason; first what it does to the score is said."""
    round_ = round_or_refuse(request)
    event = get_object_or_404(queries.events_visible_to(request.actor), pk=event_id)
    kinds = {key: one for key, one in kinds_of(round_).items() if one[0].pk == event.edition_id}
    initial = {
        "kind": f"{event.edition_id}:{event.code}",
        "on": event.happened_on,
        "where": event.organisation_id,
        "text": event.text,
    }
    form = CorrectionForm(request.POST or None, kinds=kinds, initial=initial)

    def write() -> Event:
        _edition, new = _said(form, kinds)
        reason = form.cleaned_data["reason"]
        return event_actions.correct_event(event, new, reason=reason, by=request.actor, at=request.at)

    return _in_two_steps(request, round_, form, write, {"title": say("更正负面清单事件"), "event": event})


@require_POST
@needs(Permission.SEE_ROWS, Permission.RECORD_EVENTS)
def withdraw_event(request: TownRequest, event_id: int) -> HttpResponse:
    """Strike out an event that was written down in error."""
    event = get_object_or_404(queries.events_visible_to(request.actor), pk=event_id)
    event_actions.withdraw_event(event, reason=request.POST.get("reason", ""), by=request.actor, at=request.at)
    messages.success(request, say("已撤销，得分不再计这一件；留痕里有原来的内容。"))
    return redirect("events")


def _said(form: EventForm, kinds: dict[str, tuple[Edition, NegativeRow]]) -> tuple[Edition, event_actions.NewEvent]:
    said = form.cleaned_data
    edition, row = kinds[said["kind"]]
    return edition, event_actions.NewEvent(row.code, said["text"].strip(), said["on"], said["where"])


def _in_two_steps(
    request: TownRequest, round_: Round, form: EventForm, write: Callable[[], Event], context: dict[str, Any]
) -> HttpResponse:
    """First the effect on the score, then - when nothing was changed since - the writing."""
    refused: Refusal | None = None
    trial: Trial | None = None
    seen = ""
    if request.method == "POST" and form.is_valid():
        seen = sha256(canonical({key: str(one) for key, one in form.cleaned_data.items()}).encode()).hexdigest()
        try:
            if request.POST.get("seen") == seen:
                write()
                messages.success(request, say("已写入负面清单。"))
                return redirect("events")
            trial = tried(round_, request.at.date(), write)
        except Refusal as no:
            refused = no
    told = trial_told(trial) if trial else ""
    context |= {
        "round": round_,
        "form": form,
        "trial": trial,
        "told": told,
        "seen": seen if trial else "",
        "refused": refused,
    }
    status = 422 if refused or form.errors else 200
    return render(request, "measures/event_form.html", context, status=status)
