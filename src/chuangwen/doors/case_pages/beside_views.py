"""What is done beside the steps of a case: comments, files, assisting units, links, merging, looks at what is private."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from chuangwen.doors.case_pages.page_views import case_or_refuse, page_of
from chuangwen.doors.case_pages.views import case_line
from chuangwen.doors.site.framing import chosen_edition
from chuangwen.doors.site.uploads import NoFile
from chuangwen.kernel.words import listed, say
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.standards.models import Node, NodeKind
from chuangwen.records.township.models import Organisation, Person
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases import actions, handing, merge_actions, side_actions
from chuangwen.work.cases.policy import why_not_lead
from chuangwen.work.cases.said import Link

MOST_FILES = 20


@require_POST
@needs(Permission.WORK_CASES)
def say_comment(request: TownRequest, number: str) -> HttpResponse:
    """A comment beside the steps."""
    found = case_or_refuse(request, number)
    side_actions.comment(found, request.POST.get("text", ""), by=request.actor, at=request.at)
    return redirect(f"{reverse('case', args=[number])}#comments")


@require_POST
@needs(Permission.STEER_CASES)
def merge(request: TownRequest, number: str) -> HttpResponse:
    """Merge this case into another."""
    found = case_or_refuse(request, number)
    into = case_or_refuse(request, request.POST.get("into", "").strip())
    sure = bool(request.POST.get("sure"))
    try:
        merge_actions.merge(found, into, by=request.actor, at=request.at, sure=sure)
    except merge_actions.SureTheSame as no:
        context = {**page_of(request, found), "refusal": no, "ask_sure": into}
        return render(request, "cases/case.html", context, status=no.status)
    messages.success(request, say("{one} 已并入 {into}，反映人和照片都在。", one=found.number, into=into.number))
    return redirect("case", number=into.number)


@require_POST
@needs(Permission.SEE_CASES)
def look(request: TownRequest, number: str) -> HttpResponse:
    """Look at reporters or private answers; the look is noted in the ledger."""
    found = case_or_refuse(request, number)
    if request.POST.get("what") == "reporters":
        reporters = side_actions.look_at_reporters(found, by=request.actor, at=request.at)
        return render(request, "cases/case.html", {**page_of(request, found), "reporters": reporters})
    opened = side_actions.look_at_hidden(found, by=request.actor, at=request.at)
    return render(request, "cases/case.html", page_of(request, found, opened=opened))


@require_POST
@needs(Permission.WORK_CASES)
def attach(request: TownRequest, number: str) -> HttpResponse:
    """Further photos and papers, beside the steps."""
    found = case_or_refuse(request, number)
    sent = [one for one in request.FILES.getlist("files")[:MOST_FILES] if isinstance(one, UploadedFile)]
    if not sent:
        raise NoFile
    rows = [keep_file(one.read(), one.name or say("附件"), by=request.actor, at=request.at) for one in sent]
    actions.attach(found, rows, by=request.actor, at=request.at)
    messages.success(request, say("附上 {n} 个文件。", n=len(rows)))
    return redirect("case", number=number)


@require_POST
@needs(Permission.WORK_CASES)
def assist(request: TownRequest, number: str) -> HttpResponse:
    """Name the assisting units anew."""
    found = case_or_refuse(request, number)
    units = list(Organisation.objects.filter(code__in=request.POST.getlist("unit"), closed=None))
    actions.assist(found, units, by=request.actor, at=request.at)
    messages.success(request, say("协办单位已更新：{units}。", units=listed(one.short for one in units) or say("没有")))
    return redirect("case", number=number)


@require_POST
@needs(Permission.WORK_CASES)
def hand_over(request: TownRequest, number: str) -> HttpResponse:
    """Let a colleague of the lead unit go on with it."""
    found = case_or_refuse(request, number)
    to = Person.objects.filter(username=request.POST.get("person", ""), is_active=True).first()
    if to is None:
        raise NotFound(what=say("这位同事"))
    handing.hand_over(found, to, by=request.actor, at=request.at, why=request.POST.get("text", ""))
    messages.success(request, say("已移交给{person}。", person=to.name))
    return redirect("case", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.WORK_CASES)
def hand_over_all(request: TownRequest) -> HttpResponse:
    """Everything that one person holds goes to a colleague: before somebody leaves a post, or after."""
    said = request.POST or request.GET
    one = Person.objects.filter(
        username=said.get("from", request.actor.person.username if request.actor.person else "")
    ).first()
    cases = [] if one is None else [case for case in handing.held_by(one) if why_not_lead(case, request.actor) is None]
    if request.method == "POST" and one is not None:
        to = Person.objects.filter(username=said.get("to", ""), is_active=True).first()
        if to is None:
            raise NotFound(what=say("这位同事"))
        count = handing.hand_over_all(one, to, by=request.actor, at=request.at, why=said.get("text", ""))
        messages.success(request, say("{n} 件已由{one}移交给{to}。", n=count, one=one.name, to=to.name))
        return redirect("cases")
    colleagues = Person.objects.filter(is_active=True, organisation=one.organisation_id if one else None)
    context = {
        "one": one,
        "lines": [case_line(case) for case in cases],
        "colleagues": colleagues.exclude(pk=one.pk if one else 0).order_by("name"),
        "holders": handing.holders(request.actor),
        "now": request.at,
    }
    return render(request, "cases/hand_over.html", context)


@require_POST
@needs(Permission.WORK_CASES)
def connect(request: TownRequest, number: str) -> HttpResponse:
    """Link the case with a standard of the edition in use: it then stands beside the points it guards."""
    found, edition = case_or_refuse(request, number), chosen_edition(request)
    code = request.POST.get("standard", "").strip().split(" ")[0]
    node = Node.objects.filter(edition=edition, kind=NodeKind.STANDARD, code=code).first() if edition else None
    if node is None:
        raise NotFound(what=say("测评标准“{code}”", code=code[:40]))
    link = Link("standard", f"{node.edition_id}:{node.code}", f"{node.code} {node.title}")
    side_actions.connect(found, [link], by=request.actor, at=request.at)
    messages.success(request, say("已关联 {code} {title}。", code=node.code, title=node.title))
    return redirect("case", number=number)
