"""The archive's front: what came in last, what waits for somebody, and the ways to its pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chuangwen.doors.background.progress import Background, background
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit import clock
from chuangwen.kit.doors import needs
from chuangwen.records.archive.filing_queries import count_waiting, due
from chuangwen.records.archive.models import Arrival, Destruction
from chuangwen.records.archive.photo_queries import open_questions
from chuangwen.records.archive.queries import in_rows, last_check, visible_to
from chuangwen.records.archive.release_queries import under_way
from chuangwen.records.archive.seeing import sees_arrivals
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.policy import why_not_everywhere
from chuangwen.records.township.requests import TownRequest

LATEST = 20
ARCHIVE_JOBS = ("archive_read", "archive_recognise", "archive_look", "archive_preview")


@dataclass(frozen=True)
class Card:
    """One way on: how many there are, what is there to do."""

    title: str
    count: int | None
    text: str
    link: str = ""


@require_safe
@needs(Permission.SEE_ARCHIVE)
def archive(request: TownRequest) -> HttpResponse:
    """The first page of the archive."""
    documents = visible_to(request.actor).filter(withdrawn_at=None)
    context: dict[str, Any] = {
        "cards": [*_cards(request.actor, documents.count()), *_keeping_cards(request.actor, request.at)],
        "documents": in_rows(documents.order_by("-arrived_at", "-pk"))[:LATEST],
        "waiting": _waiting(background(clock.now())),
    }
    return render(request, "archive/archive.html", context)


def _cards(actor: Actor, documents: int) -> list[Card]:
    undecided = Arrival.objects.filter(sees_arrivals(actor), decision="")
    return [
        Card(_("在用的资料"), documents, _("按题名、文号、正文里的词查找"), reverse("search")),
        Card(
            _("照片疑点"), open_questions(actor).count(), _("等人答复：继续使用，还是换一张"), reverse("archive_photos")
        ),
        Card(_("等人处理的收件"), undecided.count(), _("与已有资料相同的，和没有收下的")),
        Card(
            _("政府信息公开"),
            under_way(actor).count(),
            _("等审查和退回待改的；已公开的群众看得到"),
            reverse("releases"),
        ),
        Card(_("网上申报"), None, _("缺什么、弱什么、谁该交，封装成申报包"), reverse("submission")),
    ]


def _keeping_cards(actor: Actor, at: datetime) -> list[Card]:
    """The ways of those who keep the archive, and of those who approve what is destroyed."""
    keeps = why_not_everywhere(actor, Permission.KEEP_ARCHIVE) is None
    approves = why_not_everywhere(actor, Permission.APPROVE_DESTRUCTION) is None
    year, cards = at.astimezone(CHINA).year, []
    if keeps:
        cards.append(
            Card(_("整理归档"), count_waiting(year), _("往年待归档的：编档号、装盒、移交"), reverse("archive_filing"))
        )
    if keeps or approves:
        lists = Destruction.objects.filter(approved_at=None, refused_at=None).count()
        count = due(year).count() if keeps else lists
        text = _("保管期满的：鉴定、续存或销毁") if keeps else _("等人批准的销毁清册")
        cards.append(Card(_("鉴定销毁"), count, text, reverse("archive_destruction")))
    if keeps and (last := last_check()) is not None:
        cards.append(Card(_("完整性"), len(last.damaged), _("缺失或被改动的原件"), reverse("archive_checking")))
    return cards


def _waiting(found: Background) -> list[tuple[str, int]]:
    """What the background has still to do for the archive."""
    return [(one.title, one.waiting) for one in found.jobs if one.name in ARCHIVE_JOBS and one.waiting]
