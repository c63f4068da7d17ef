"""The archive's documents as a list: searched, narrowed, sorted, exported; and what the standards still lack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chuangwen.doors.archive_pages.document_filters import DocumentFilters
from chuangwen.doors.archive_pages.tabs import archive_figure, tabs
from chuangwen.doors.background.progress import Background, background
from chuangwen.doors.site.framing import chosen_round
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.figures import TOWN, Figure, FigureKind, day_text
from chuangwen.kernel.words import later, listed, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit import clock
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.records.archive.arriving import Road
from chuangwen.records.archive.missing_materials import missing_materials
from chuangwen.records.archive.models import Document
from chuangwen.records.archive.policy import secrecy_of
from chuangwen.records.archive.proof_queries import DAMAGED
from chuangwen.records.archive.queries import PROPOSALS, in_rows, last_check, undecided, unused, visible_to
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.archive.searching import STATES
from chuangwen.records.archive.suggesting import editions_in_use, standard_keys
from chuangwen.records.filing.models import Destruction
from chuangwen.records.filing.queries import DUE, LISTS, WAITING, count_waiting, due
from chuangwen.records.measures.material_queries import editions_of
from chuangwen.records.releases.queries import UNDER_WAY, under_way
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.policy import why_not_everywhere
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.submission.queries import submissions

ARCHIVE_JOBS = ("archive_read", "archive_recognise", "archive_look", "archive_preview")


@dataclass(frozen=True)
class Card:
    """A way on to other pages: how many there are, what is there to do."""

    title: str
    count: Figure | None
    text: str
    link: str = ""


class ListFilters(DocumentFilters):
    """Which documents to list; at first those in force."""

    field_order = ("kind", "unit", "standard", "used", "year", "road", "state")

    standard = forms.CharField(label=_("测评标准"), required=False, max_length=60)
    used = forms.ChoiceField(
        label=_("用途"), required=False, choices=[("", _("全部")), ("yes", _("用上的")), ("no", _("没用上的"))]
    )
    road = forms.ChoiceField(label=_("来路"), required=False, choices=[("", _("全部")), *Road.choices])


def _narrow(rows: QuerySet[Document], said: Mapping[str, Any]) -> QuerySet[Document]:
    rows = rows.filter(STATES.get(str(said.get("state") or ""), STATES[""]))
    rows = rows.filter(**{key: said[key] for key in ("kind", "unit", "road") if said.get(key)})
    if said.get("year"):
        rows = rows.filter(dated__range=rules_in_force().window_of(said["year"]))
    if said.get("standard"):
        keys = standard_keys(said["standard"], clock.today())
        rows = rows.filter(Q(pk__in=Document.objects.filter(serves__kind="standard", serves__key__in=keys)))
    if said.get("used"):
        free = unused(Document.objects.all()).values("pk")
        rows = rows.filter(pk__in=free) if said["used"] == "no" else rows.exclude(pk__in=free)
    return rows


def _state(row: Document) -> str:
    item = getattr(row, "item", None)
    if row.withdrawn_at:
        return say("已作废：{why}", why=row.withdrawn_why)
    return item.code if item is not None else ""


LISTING: Listing[Document] = Listing(
    columns=[
        Column("title", later("题名"), lambda row: row.title, "title"),
        Column("kind", later("类型"), lambda row: row.kind.title, "kind__order"),
        Column("number", later("文号"), lambda row: row.number, "number"),
        Column("issuer", later("发文机关"), lambda row: row.issuer, "issuer"),
        Column("dated", later("文件日期"), lambda row: row.dated, "dated"),
        Column("unit", later("形成单位"), lambda row: row.unit.name, "unit__order"),
        Column("used", later("用于"), lambda row: row.used, "used"),  # type: ignore[attr-defined]
        Column("road", later("来路"), lambda row: Road(row.road).label if row.road in Road.values else row.road),
        Column("arrived", later("收到"), lambda row: row.arrived_at, "arrived_at"),
        Column("secret", later("密级"), lambda row: row.get_confidentiality_display() if row.confidentiality else ""),
        Column("state", later("档号或作废"), _state),
    ],
    sort="-arrived",
    search=["title", "number", "issuer", "unit__short"],
    filters=ListFilters,
    narrow=_narrow,
)


def _rows(actor: Actor, tab: str) -> QuerySet[Document]:
    rows = visible_to(actor)
    if tab == "proposals":
        rows = undecided(rows)
    elif tab == "unused":
        rows = unused(rows)
    elif tab == "unit":
        rows = rows.filter(unit=actor.organisation)
    return in_rows(rows)


@require_safe
@needs(Permission.SEE_ARCHIVE)
def archive(request: TownRequest) -> HttpResponse:
    """The documents that this person may know of."""
    ways = tabs(request.actor)
    asked = request.GET.get("tab", "")
    tab = asked if asked in {"proposals", "unused", "unit"} else "all"
    page = LISTING.page(_rows(request.actor, tab), request.GET)
    context: dict[str, Any] = {
        "page": page,
        "total": archive_figure(request.actor, PROPOSALS, page.total) if not page.is_narrowed else page.total,
        "tab": tab,
        "tabs": ways,
        "cards": [*_cards(request.actor), *_keeping_cards(request.actor, request.at)],
        "marks": secrecy_of(page.rows),
        "roads": dict(Road.choices),
        "waiting": _waiting(background(clock.now())) if _sees_all(request.actor) else (),
        "may_add": request.actor.may(Permission.ADD_DOCUMENTS),
        "export": reverse("archive_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
    }
    return render(request, "archive/archive.html", context)


@require_safe
@needs(Permission.SEE_ARCHIVE, Permission.EXPORT_LISTS)
def export(request: TownRequest) -> HttpResponse:
    """The same rows as Excel."""
    rows = _rows(request.actor, request.GET.get("tab", ""))
    return LISTING.export(rows, request.GET, title=say("资料目录"), write=workbook)


def _sees_all(actor: Actor) -> bool:
    """Whether what waits in the background is about documents that this person sees."""
    return actor.reach(Permission.SEE_ARCHIVE).everything


def _cards(actor: Actor) -> list[Card]:
    """Where else one may go from the list."""
    releases = Card(
        say("政府信息公开"),
        archive_figure(actor, UNDER_WAY, under_way(actor).count()),
        say("等审查和退回待改的；已公开的群众看得到"),
        reverse("releases"),
    )
    return [releases, Card(say("网上申报"), None, say("缺什么、弱什么、谁该交，封装成申报包"), reverse("submission"))]


def _keeping_cards(actor: Actor, at: datetime) -> list[Card]:
    """The ways of those who keep the archive, and of those who approve what is destroyed."""
    keeps = why_not_everywhere(actor, Permission.KEEP_ARCHIVE) is None
    approves = why_not_everywhere(actor, Permission.APPROVE_DESTRUCTION) is None
    year, cards = at.astimezone(CHINA).year, []
    if keeps:
        cards.append(
            Card(
                say("整理归档"),
                _town(WAITING, count_waiting(year), at),
                say("往年待归档的：编档号、装盒、移交"),
                reverse("archive_filing"),
            )
        )
    if keeps or approves:
        lists = Destruction.objects.filter(approved_at=None, refused_at=None).count()
        count = due(year).count() if keeps else lists
        text = say("保管期满的：鉴定、续存或销毁") if keeps else say("等人批准的销毁清册")
        kind = DUE if keeps else LISTS
        cards.append(Card(say("鉴定销毁"), _town(kind, count, at), text, reverse("archive_destruction")))
    if keeps and (last := last_check()) is not None:
        cards.append(
            Card(
                say("完整性"),
                _town(DAMAGED, len(last.damaged), at),
                say("缺失或被改动的原件"),
                reverse("archive_checking"),
            )
        )
    return cards


def _town(kind: FigureKind, count: int, at: datetime) -> Figure:
    """A count of the whole archive, which only those see who keep all of it or approve."""
    return Figure(kind, count, TOWN, day_text(at.astimezone(CHINA).date()))


def _waiting(found: Background) -> list[tuple[str, int]]:
    """What the background has still to do for the archive."""
    return [(one.title, one.waiting) for one in found.jobs if one.name in ARCHIVE_JOBS and one.waiting]


@require_safe
@needs(Permission.SEE_ARCHIVE)
def lacking_page(request: TownRequest) -> HttpResponse:
    """Each standard of the round looked at (without one: of the editions in force) with what no document serves."""
    on, round_ = request.at.astimezone(CHINA).date(), chosen_round(request)
    editions = editions_of(round_) if round_ is not None else editions_in_use(on)
    year = round_.year if round_ is not None else on.year
    lines = missing_materials(editions, year)
    whole = bool(request.GET.get("all"))
    context = {
        "tabs": tabs(request.actor),
        "tab": "lacking",
        "lines": lines if whole else [one for one in lines if one.missing],
        "whole": whole,
        "standards": len(lines),
        "asked": sum(one.asked for one in lines),
        "there": sum(one.there for one in lines),
        "scope": f"round:{round_.code}" if round_ is not None else "town",
        "day": on,
        "year": year,
        "systems": listed(one.short_title for one in editions),
        "submission": submissions().first(),
        "may_add": request.actor.may(Permission.ADD_DOCUMENTS),
    }
    return render(request, "archive/lacking.html", context)
