"""Handing over, destroying, proving: the archive's later life, each step by those who may."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chuangwen.doors.archive_pages.filing_views import for_keepers
from chuangwen.doors.archive_pages.item_views import WORD, sent
from chuangwen.kernel.manifests import verify
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import listed, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.asked import keys, whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.proof_queries import proof
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.filing import destruction_actions as destroying
from chuangwen.records.filing.hand_over_actions import NoPackage, hand_over, package_path, receive
from chuangwen.records.filing.models import Destruction, HandOver, Item
from chuangwen.records.filing.papers import destruction_word
from chuangwen.records.filing.queries import due, years
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.policy import why_not_everywhere
from chuangwen.records.township.requests import TownRequest


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def transfer(request: TownRequest) -> HttpResponse:
    """Packages for the receiving archive: make one of a closed year, see those made."""
    rules = rules_in_force()
    if request.method == "POST":
        year = request.POST.get("year", "")
        one = hand_over(whole(year, most=9999) or 0, by=request.actor, at=request.at)
        messages.success(request, say("已生成第 {n} 批移交包，{files} 个文件。", n=one.number, files=one.files))
        return redirect("archive_transfer")
    this_year = request.at.astimezone(CHINA).year
    rows = HandOver.objects.prefetch_related("items")
    open_years = [
        (one, one.year + rules.filing.hand_over_after < this_year)
        for one in years()
        if one.is_closed and one.items > one.handed_over + one.destroyed
    ]
    context = {
        "tab": "transfer",
        "packages": [(one, package_path(one).is_file()) for one in rows],
        "years": open_years,
        "due": sum(is_due for _, is_due in open_years),
        "rules": rules,
    }
    return render(request, "archive/transfer.html", context)


def _package(hand_over_id: int) -> HandOver:
    one = HandOver.objects.filter(pk=hand_over_id).first()
    if one is None:
        raise NotFound(what=say("移交包"))
    return one


@require_safe
@for_keepers
def transfer_file(request: TownRequest, hand_over_id: int) -> FileResponse:
    """The package as it was made."""
    one = _package(hand_over_id)
    path = package_path(one)
    if not path.is_file():
        raise NoPackage(name=one.name)
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=one.name, content_type="application/zip")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@for_keepers
def transfer_change(request: TownRequest, hand_over_id: int) -> HttpResponse:
    """Note that it was received; or look at every byte of it."""
    one = _package(hand_over_id)
    if request.POST.get("do") == "verify":
        _verify(request, one)
    else:
        receive(one, request.POST.get("who", ""), by=request.actor, at=request.at)
        messages.success(request, say("第 {n} 批已登记为移交。", n=one.number))
    return redirect("archive_transfer")


def _verify(request: HttpRequest, one: HandOver) -> None:
    path = package_path(one)
    if not path.is_file():
        raise NoPackage(name=one.name)
    try:
        found = verify(path)
    except Refusal as no:
        messages.error(request, str(no))
        return
    if found.holds and found.whole == one.whole:
        told = say("完好：“{name}”的 {n} 个文件与生成时一致。", name=one.name, n=found.files)
        messages.success(request, told)
    else:
        names = listed([*found.differs, *found.missing, *found.added][:5])
        messages.error(request, say("“{name}”与生成时不一致：{names}。请重新生成。", name=one.name, names=names))


def _may(request: TownRequest) -> dict[str, bool]:
    """Who keeps the archive proposes and carries out, who approves approves; others find nothing here."""
    keeps = why_not_everywhere(request.actor, Permission.KEEP_ARCHIVE) is None
    approves = why_not_everywhere(request.actor, Permission.APPROVE_DESTRUCTION) is None
    if not keeps and not approves:
        raise NotFound(what=say("销毁清册"))
    return {"may_keep": keeps, "may_approve": approves}


@require_safe
@needs(Permission.SEE_ARCHIVE)
def destruction(request: TownRequest) -> HttpResponse:
    """Items whose term is over, to appraise; the lists, which stay for ever."""
    may = _may(request)
    year = request.at.astimezone(CHINA).year
    context = {
        **may,
        "tab": "destruction",
        "due": list(due(year)[:500]),
        "count": due(year).count(),
        "lists": Destruction.objects.select_related("proposed_by", "approved_by").prefetch_related("items"),
        "year": year,
    }
    return render(request, "archive/destruction.html", context)


@require_POST
@for_keepers
def destruction_appraise(request: TownRequest) -> HttpResponse:
    """The opinion on what is ticked: onto a list, or kept longer."""
    said = request.POST
    items = _ticked(said.getlist("item"))
    if said.get("do") == "keep":
        until = said.get("until", "")
        destroying.keep_longer(
            items, whole(until, most=9999) or 0, said.get("why", ""), by=request.actor, at=request.at
        )
        messages.success(request, say("{n} 件续存到 {year} 年。", n=len(items), year=until))
        return redirect("archive_destruction")
    one = destroying.propose_destruction(items, said.get("why", ""), by=request.actor, at=request.at)
    messages.success(request, say("“{title}”已提出，等另一个人批准。", title=one.title))
    return redirect("archive_destruction_list", destruction_id=one.pk)


def _ticked(ticked: Sequence[str]) -> list[Item]:
    return list(Item.objects.filter(pk__in=keys(ticked)))


def _list(destruction_id: int) -> Destruction:
    one = Destruction.objects.select_related("proposed_by", "approved_by").filter(pk=destruction_id).first()
    if one is None:
        raise NotFound(what=say("销毁清册"))
    return one


def _items(one: Destruction) -> list[Item]:
    return list(one.items.select_related("document__kind", "document__unit", "retention").order_by("code"))


@require_safe
@needs(Permission.SEE_ARCHIVE)
def destruction_list(request: TownRequest, destruction_id: int) -> HttpResponse:
    """One list with its items, opinions and names; what is next."""
    may, one = _may(request), _list(destruction_id)
    context = {
        **may,
        "tab": "destruction",
        "list": one,
        "items": _items(one),
        "rules": rules_in_force(),
        "is_own": one.proposed_by_id == request.actor.person_id,
        "bytes": sum(int(row["size"]) for row in one.removed),
    }
    return render(request, "archive/destruction_list.html", context)


@require_safe
@needs(Permission.SEE_ARCHIVE)
def destruction_paper(request: TownRequest, destruction_id: int) -> HttpResponse:
    """The list as Word, for signatures on paper."""
    _may(request)
    one = _list(destruction_id)
    data = destruction_word(one, _items(one), rules_in_force(), at=one.carried_out_at or request.at)
    return sent(data, f"{one.title}.docx", WORD)


@require_POST
@needs(Permission.SEE_ARCHIVE)
def destruction_change(request: TownRequest, destruction_id: int) -> HttpResponse:
    """Approve, refuse, carry out: who may, the action says."""
    _may(request)
    one, do = _list(destruction_id), request.POST.get("do", "")
    if do == "approve":
        destroying.approve_destruction(one, by=request.actor, at=request.at)
        messages.success(request, say("已批准。执行后文件才会删除。"))
    elif do == "refuse":
        destroying.refuse_destruction(one, request.POST.get("why", ""), by=request.actor, at=request.at)
        messages.success(request, say("已写明不批准的理由，这些件仍在档案里。"))
    elif do == "carry_out":
        done = destroying.carry_out(one, by=request.actor, at=request.at)
        messages.success(
            request, say("已执行：{n} 件，{files} 个文件将在后台删除。", n=done.items.count(), files=len(done.removed))
        )
    return redirect("archive_destruction_list", destruction_id=one.pk)


@require_safe
@for_keepers
def checking(request: TownRequest) -> HttpResponse:
    """The latest proof of all originals: what is missing or changed, since when, and which documents it hits."""
    found = proof()
    context: Mapping[str, Any] = {"tab": "checking", "proof": found, "today": request.at}
    return render(request, "archive/checking.html", context)
