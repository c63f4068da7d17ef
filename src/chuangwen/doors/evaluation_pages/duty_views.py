"""Who answers for what: the duty table, one assignment, and what I owe."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.site.framing import chosen_edition
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.words import later, listed, say
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.records.duties import actions, queries
from chuangwen.records.duties.models import Duty
from chuangwen.records.standards.models import Edition, Node, NodeKind
from chuangwen.records.township.models import Organisation, Person
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest


class ChargeForm(forms.Form):
    """One lead unit, any number of assisting units, one person, a day."""

    lead = forms.ModelChoiceField(Organisation.objects.filter(closed=None), label=_("牵头单位"))
    assisting = forms.ModelMultipleChoiceField(
        Organisation.objects.filter(closed=None), label=_("责任（配合）单位"), required=False
    )
    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).order_by("name"), label=_("责任人"), required=False
    )
    due = forms.DateField(
        label=_("完成时限"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, duty: Duty | None = None, **kwargs: Any) -> None:
        if duty is not None:
            kwargs["initial"] = {
                "lead": duty.lead_id,
                "assisting": list(duty.assisting.values_list("pk", flat=True)),
                "person": duty.person_id,
                "due": duty.due,
            }
        super().__init__(*args, **kwargs)


def charge_of(form: ChargeForm) -> actions.Charge:
    """What the form says, for the action."""
    said = form.cleaned_data
    return actions.Charge(said["lead"], list(said["assisting"]), said["person"], said["due"])


class DutyFilters(forms.Form):
    """Which standards to list."""

    lead = forms.ModelChoiceField(Organisation.objects.filter(closed=None), label=_("牵头单位"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("bare", _("没有牵头单位")), ("nobody", _("没有责任人"))],
    )


def _narrow(rows: QuerySet[Node], said: Any) -> QuerySet[Node]:
    if said.get("lead"):
        rows = rows.filter(duty__lead=said["lead"])
    if said.get("state") == "bare":
        rows = rows.filter(duty=None)
    elif said.get("state") == "nobody":
        rows = rows.filter(duty__isnull=False, duty__person=None)
    return rows


def _duty(node: Node) -> Duty | None:
    return getattr(node, "duty", None)


def _assisting(node: Node) -> str:
    duty = _duty(node)
    return listed(unit.short for unit in duty.assisting.all()) if duty else ""


MOST_OWED = 500
LISTING: Listing[Node] = Listing(
    columns=[
        Column("code", later("编号"), lambda row: row.code, "position"),
        Column("title", later("测评标准"), lambda row: row.title, "title"),
        Column("points", later("分值"), lambda row: row.points, "points"),
        Column(
            "lead", later("牵头单位"), lambda row: duty.lead.name if (duty := _duty(row)) else "", "duty__lead__order"
        ),
        Column("assisting", later("责任单位"), _assisting),
        Column(
            "person",
            later("责任人"),
            lambda row: duty.person.name if (duty := _duty(row)) and duty.person else "",
            "duty__person__name",
        ),
        Column("due", later("完成时限"), lambda row: duty.due if (duty := _duty(row)) else None, "duty__due"),
    ],
    sort="code",
    search=["code", "title", "text", "duty__lead__name", "duty__person__name"],
    filters=DutyFilters,
    narrow=_narrow,
)


def _standards(edition: Edition) -> QuerySet[Node]:
    rows = Node.objects.filter(edition=edition, kind=NodeKind.STANDARD)
    return rows.select_related("duty__lead", "duty__person").prefetch_related("duty__assisting")


@require_safe
@needs(Permission.SEE_DUTIES)
def duties(request: TownRequest) -> HttpResponse:
    """The duty table of the edition in use."""
    edition = chosen_edition(request)
    if edition is None:
        return render(request, "framework/none.html")
    found = queries.spread(edition.pk)
    context = {
        "edition": edition,
        "page": LISTING.page(_standards(edition), request.GET),
        "total": found.standards,
        "bare": found.standards - found.with_lead,
        "with_lead": found.lead_figure(request.at.date()),
        "with_person": found.person_figure(request.at.date()),
        "may_assign": request.actor.may(Permission.ASSIGN_DUTIES),
        "export": reverse("duties_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
    }
    return render(request, "duties/duties.html", context)


@require_safe
@needs(Permission.SEE_DUTIES, Permission.EXPORT_LISTS)
def export(request: TownRequest) -> HttpResponse:
    """The same list as an Excel file."""
    edition = chosen_edition(request)
    rows = _standards(edition) if edition else Node.objects.none()
    return LISTING.export(rows, request.GET, title=say("责任清单"), write=workbook)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_DUTIES, Permission.ASSIGN_DUTIES)
def assign(request: TownRequest, node_id: int) -> HttpResponse:
    """Give one standard to a unit."""
    node = get_object_or_404(Node.objects.select_related("edition"), pk=node_id, kind=NodeKind.STANDARD)
    duty = Duty.objects.filter(standard=node).select_related("lead", "standard").first()
    if duty and request.POST.get("move") == "withdraw":
        actions.withdraw(duty, by=request.actor, at=request.at)
        messages.success(
            request, say("“{code} {title}”的责任已收回，现在没有牵头单位。", code=node.code, title=node.title)
        )
        return redirect("duties")
    form = ChargeForm(request.POST or None, duty=duty)
    if request.method == "POST" and form.is_valid():
        actions.assign(node, charge_of(form), by=request.actor, at=request.at)
        messages.success(
            request,
            say(
                "“{code} {title}”已由“{lead}”牵头。",
                code=node.code,
                title=node.title,
                lead=form.cleaned_data["lead"].name,
            ),
        )
        return redirect(request.POST.get("next") or "duties")
    return render(request, "duties/assign.html", {"form": form, "thing": node, "back": "duties", "duty": duty})


@require_safe
@needs(Permission.SEE_DUTIES)
def mine(request: TownRequest) -> HttpResponse:
    """What this person and the person's unit answer for, soonest first."""
    all_owed, own = queries.owed_figures(request.actor, request.at.date())
    context = {
        "owed": list(queries.owed_by(request.actor)[:MOST_OWED]),
        "all_owed": all_owed,
        "own": own,
        "more": max(0, int(all_owed.value or 0) - MOST_OWED),
        "today": request.at.date(),
    }
    return render(request, "duties/mine.html", context)
