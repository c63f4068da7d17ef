"""Changes of a document beside its facts: proposals, proof, files, what it serves, withdrawn. What is refused stays on the page."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from chuangwen.doors.archive_pages.document_views import Said, document_or_refuse, leave, page_of, take
from chuangwen.doors.archive_pages.uses import chosen, serves
from chuangwen.doors.site.uploads import uploaded
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive import document_actions
from chuangwen.records.archive.adding import take_into
from chuangwen.records.archive.arriving import Incoming
from chuangwen.records.archive.document_actions import Mark
from chuangwen.records.archive.models import Document, Use, UseKind
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

Work = Callable[[TownRequest, Document], str]


@require_POST
@needs(Permission.SEE_ARCHIVE, Permission.ADD_DOCUMENTS)
def change(request: TownRequest, document_id: int) -> HttpResponse:
    """One change, named by ``do``."""
    found = document_or_refuse(request, document_id)
    do = request.POST.get("do", "")
    work = WORKS.get(do)
    if work is None:
        raise NotFound(what=say("动作"))
    try:
        told = work(request, found)
    except Refusal as no:
        ticked = chosen(request.actor, _values(request)) if do == "use" and not isinstance(no, NotFound) else []
        context = page_of(request, document_or_refuse(request, document_id), said=Said(do, no, ticked))
        return render(request, "archive/document.html", context, status=no.status)
    if told:
        messages.success(request, told)
    query = request.POST.get("query", "")
    back = reverse("document", args=[document_id])
    return redirect(f"{back}{query if query.startswith('?') else ''}#{request.POST.get('at', '')}")


def _take(request: TownRequest, found: Document) -> str:
    return take(request, found, request.POST.get("proposal", ""))


def _leave(request: TownRequest, found: Document) -> str:
    return leave(request, found, request.POST.get("proposal", ""))


def _passage(request: TownRequest, found: Document) -> str:
    row = get_object_or_404(found.files, pk=_key(request, "file"))
    said = request.POST
    mark = Mark(
        quote=said.get("quote", ""),
        page=_key(request, "page") or 1,
        note=said.get("note", "").strip(),
        start=_key(request, "start") if said.get("start", "") != "" else None,
    )
    document_actions.mark_passage(row, mark, by=request.actor, at=request.at)
    return say("已标为佐证。")


def _file(request: TownRequest, found: Document) -> str:
    """One more file, or - with ``place`` - a new version of the one that stands there."""
    sent: UploadedFile[bytes] = uploaded(request, "file")
    incoming = Incoming(sent.name or "", found.unit, source=sent.chunks)
    made = take_into(found, incoming, _key(request, "place") or None, by=request.actor, at=request.at)
    return say("“{name}”已加入，第 {edition} 版。", name=made.name, edition=made.edition)


def _values(request: TownRequest) -> list[str]:
    """What was ticked, and the year that was typed."""
    year = request.POST.get("year", "").strip()
    return [*request.POST.getlist("serves")[:40], *([f"{UseKind.YEAR.value}|{year}"] if year else [])]


def _use(request: TownRequest, found: Document) -> str:
    values = _values(request)
    if not values:
        raise NotFound(what=say("勾选的用途"))
    wanted = serves(chosen(request.actor, values), request.POST.get("why", "").strip())
    made = document_actions.put_to_use(found, wanted, by=request.actor, at=request.at)
    return say("已关联 {n} 处用途。", n=len(made))


def _unuse(request: TownRequest, found: Document) -> str:
    row = get_object_or_404(Use, pk=_key(request, "use"), document=found)
    document_actions.take_out_of_use(row, by=request.actor, at=request.at)
    return say("已取消“{title}”。", title=row.title or row.key)


def _withdraw(request: TownRequest, found: Document) -> str:
    document_actions.withdraw(found, request.POST.get("why", ""), by=request.actor, at=request.at)
    return say("“{title}”已作废。", title=found.title)


def _key(request: TownRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return whole(text) or 0


WORKS: Mapping[str, Work] = {
    "take": _take,
    "leave": _leave,
    "passage": _passage,
    "file": _file,
    "use": _use,
    "unuse": _unuse,
    "withdraw": _withdraw,
}
