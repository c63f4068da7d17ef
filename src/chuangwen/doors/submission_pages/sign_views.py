"""Signing, locking, reopening, sealing: what a leader and the office do with a whole submission."""

from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chuangwen.doors.submission_pages.entry_views import line_or_refuse
from chuangwen.doors.submission_pages.views import back_to, frame_of, year_or_refuse
from chuangwen.kernel.manifests import verify as verify_package
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import listed, say
from chuangwen.kit.asked import keys, whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.submission import queries, sealing_actions, signing_actions
from chuangwen.results.submission.models import Package
from chuangwen.results.submission.policy import why_not_sign
from chuangwen.results.submission.sealing_actions import NoPackageFile
from chuangwen.results.submission.signing_actions import lacks_of


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SIGN_SUBMISSION)
def sign(request: TownRequest, year: int) -> HttpResponse:
    """What waits for the leader's signature: the whole ones to tick, the others with what they lack."""
    found = year_or_refuse(year)
    if request.method == "POST":
        looked_at = {
            key: version
            for key in keys(request.POST.getlist("entry"))
            if (version := whole(request.POST.get(f"version-{key}"))) is not None
        }
        signed = signing_actions.sign(found, looked_at, request.POST.get("why", ""), by=request.actor, at=request.at)
        messages.success(
            request, say("已签批 {n} 条：{codes}。", n=len(signed), codes=listed(one.node.code for one in signed))
        )
        return redirect(back_to(request, reverse("submission_sign", args=[year])))
    matrix = queries.matrix_for(request.actor, found, request.at.date())
    waiting = [(line, lacks_of(line), why_not_sign(line.standing.entry, request.actor)) for line in matrix.lines]
    waiting = [one for one in waiting if not one[0].is_signed]
    context = {
        **frame_of(request, found, "sign"),
        "matrix": matrix,
        "whole": [one for one in waiting if not one[1] and one[2] is None],
        "lacking": [one for one in waiting if one[1] and one[2] is None],
        "closed": [one for one in waiting if one[2] is not None],
        "signed": [one for one in matrix.lines if one.is_signed],
    }
    return render(request, "submission/sign.html", context)


@require_POST
@needs(Permission.SIGN_SUBMISSION)
def give_back(request: TownRequest, year: int, node_id: int) -> HttpResponse:
    """Take a signature back, or - after the lock - open the standard again."""
    found = year_or_refuse(year)
    _matrix, line = line_or_refuse(request, found, node_id)
    entry, why = line.standing.entry, request.POST.get("why", "")
    if found.locked_at is not None and entry.reopened_at is None:
        signing_actions.reopen_standard(entry, why, by=request.actor, at=request.at)
        messages.success(request, say("已重开“{title}”。", title=line.standing.node.title))
    else:
        signing_actions.return_entry(entry, why, by=request.actor, at=request.at)
        messages.success(request, say("已退回“{title}”。", title=line.standing.node.title))
    return redirect("submission_entry", year=year, node_id=node_id)


@require_POST
@needs(Permission.SIGN_SUBMISSION)
def reopen(request: TownRequest, year: int) -> HttpResponse:
    """Open what one unit leads again, with a reason."""
    found = year_or_refuse(year)
    unit = get_object_or_404(Organisation, pk=whole(request.POST.get("unit")))
    opened = signing_actions.reopen_unit(found, unit, request.POST.get("why", ""), by=request.actor, at=request.at)
    messages.success(request, say("已为“{unit}”重开 {n} 条标准。", unit=unit.name, n=len(opened)))
    return redirect("submission_packages", year=year)


@require_POST
@needs(Permission.COMPOSE_SUBMISSION, Permission.RUN_ROUNDS)
def lock(request: TownRequest, year: int) -> HttpResponse:
    """Lock the submission and the grades of its round."""
    signing_actions.lock(year_or_refuse(year), by=request.actor, at=request.at)
    messages.success(request, say("{year} 年申报已锁定。", year=year))
    return redirect("submission_packages", year=year)


@require_safe
@needs(Permission.SEE_ARCHIVE)
def packages(request: TownRequest, year: int) -> HttpResponse:
    """The sealed packages, and what sealing now would say."""
    found = year_or_refuse(year)
    matrix = queries.matrix_for(request.actor, found, request.at.date())
    missing = sum(len(one.missing) for one in matrix.lines)
    size = sum(file.size for line in matrix.lines for piece in line.standing.pieces for file in piece.files)
    units = {one.standing.lead.lead_id: one.standing.lead.lead for one in matrix.lines if one.standing.lead}
    context = {
        **frame_of(request, found, "packages"),
        "matrix": matrix,
        "packages": [(one, queries.package_path(one).is_file()) for one in queries.packages(found)],
        "missing": missing,
        "unsigned": len(matrix.lines) - matrix.signed,
        "weak": sum(len(one.open_findings) for one in matrix.lines),
        "megabytes": size / 1_000_000,
        "units": sorted(units.items(), key=lambda one: one[1]),
        "may_lock": request.actor.may(Permission.COMPOSE_SUBMISSION)
        and request.actor.may(Permission.RUN_ROUNDS)
        and found.locked_at is None,
    }
    return render(request, "submission/packages.html", context)


@require_POST
@needs(Permission.SEE_ARCHIVE)
def seal(request: TownRequest, year: int) -> HttpResponse:
    """Seal now. Who may, and whether it is complete, the action says."""
    package = sealing_actions.seal(
        year_or_refuse(year), by=request.actor, at=request.at, despite=request.POST.get("despite", "")
    )
    messages.success(request, say("已封装第 {n} 个申报包，{files} 个文件。", n=package.number, files=package.files))
    return redirect("submission_packages", year=year)


def _package(request: TownRequest, package_id: int) -> tuple[Package, Path]:
    """A package with its file. It holds everybody's materials: only those who see all of them get it."""
    rows = Package.objects.select_related("submission")
    package = rows.filter(pk=package_id).first()
    if package is None or not queries.sees_all(request.actor):
        raise NotFound(what=say("申报包"))
    path = queries.package_path(package)
    if not path.is_file():
        raise NoPackageFile(name=package.name, whole=package.whole)
    return package, path


@require_safe
@needs(Permission.SEE_ARCHIVE)
def package_file(request: TownRequest, package_id: int) -> FileResponse:
    """The package as it was sealed."""
    package, path = _package(request, package_id)
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=package.name, content_type="application/zip")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@needs(Permission.SEE_ARCHIVE)
def package_verify(request: TownRequest, package_id: int) -> HttpResponse:
    """Look at every byte of a package, and whether it is the one that was sealed."""
    package, path = _package(request, package_id)
    try:
        found = verify_package(path)
    except Refusal as no:
        messages.error(request, str(no))
    else:
        names = [*found.differs, *found.missing, *found.added]
        if found.holds and found.whole == package.whole and not found.repacked:
            told = say("完好：“{name}”的 {n} 个文件与封装时一致。", name=package.name, n=found.files)
            messages.success(request, told)
        else:
            told = say("“{name}”与封装时不一致：{names}。请从备份恢复。", name=package.name, names=listed(names[:5]))
            messages.error(request, told)
    return redirect("submission_packages", year=package.submission.year)
