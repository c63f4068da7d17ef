"""One visit by page, and one re-check: what was found goes in raw, the action judges it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.evaluation_pages.findings import finding_kind, open_for
from chuangwen.doors.evaluation_pages.measure_views import round_or_refuse
from chuangwen.kernel.numerals import fixed
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kit.doors import needs
from chuangwen.kit.handles import digests, handle
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.actions import keep_photo
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import public_path
from chuangwen.records.measures import queries
from chuangwen.records.measures.models import Observation, ObservationPhoto, Round
from chuangwen.records.measures.visit_actions import TakenIn, record_visit
from chuangwen.records.measures.visit_actions import recheck as recheck_observation
from chuangwen.records.measures.visit_policy import OutsideRound, SeenThatDay, VisitRefused
from chuangwen.records.measures.visits import Answers, Ask, Choice, Item, Visit
from chuangwen.records.standards.models import Check
from chuangwen.records.township.models import Site
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.queries import sites_visible_to
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.live import town_after
from chuangwen.work.cases.queries import cases_by_link

MOST_PHOTOS = 6


class NoSuchMoment(Refusal):
    """A time that no clock shows."""

    code = "no_such_moment"
    sentence = later("考察时间“{said}”看不懂。请写成 2021-10-14 09:30 这样的日期和时间。")
    status = 422


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_OBSERVATIONS)
def record(request: TownRequest) -> HttpResponse:
    """One visit by page: choose a site, then note what was found for each of its checks."""
    round_ = round_or_refuse(request)
    asked = request.POST.get("site") or request.GET.get("site", "")
    reachable = sites_visible_to(request.actor, Permission.RECORD_OBSERVATIONS).filter(closed=None)
    site = reachable.filter(code__iexact=asked).first() or reachable.filter(name=asked).first() if asked else None
    if site is None:
        found = reachable.filter(name__icontains=asked)[:50]
        return render(request, "measures/choose_site.html", {"round": round_, "sites": found, "asked": asked})
    checks = queries.checks_for(round_, site)
    form = _Form(request, checks)
    if request.method == "POST":
        done = form.save(round_, site)
        if done is not None:
            messages.success(request, _told(round_, site, done, request))
            return redirect(f"{reverse('observations')}?site={site.code}")
    context = {
        "round": round_,
        "site": site,
        "lines": form.lines(),
        "refused": form.refused,
        "asks": form.asks,
        "seen_at": form.seen_text,
        "visit": request.POST.get("visit") or get_random_string(24),
        "may_open": finding_kind(request.actor) is not None,
    }
    return render(request, "measures/record.html", context, status=422 if request.method == "POST" else 200)


class _Form:
    """A posted visit: what it says for each check, and what stands against it."""

    def __init__(self, request: TownRequest, checks: Sequence[Check]) -> None:
        self.request, self.checks = request, checks
        self.wrong: dict[str, Refusal] = {}
        self.refused = ""
        self.photos: dict[str, list[StoredFile]] = {}
        self.seen_text = request.POST.get("seen_at") or now_of(request)

    @property
    def asks(self) -> set[str]:
        """The questions that have to be answered before this can be saved."""
        kinds = {SeenThatDay: Ask.SAME_DAY, OutsideRound: Ask.OUTSIDE}
        return {str(kinds[type(no)]) for no in self.wrong.values() if type(no) in kinds}

    def save(self, round_: Round, site: Site) -> TakenIn | None:
        """Write the visit and what follows from it, or nothing; what is against it is told beside its check."""
        request = self.request
        items = [item for check in self.checks if (item := self._item(check)) is not None]
        if self.wrong:
            return None
        try:
            visit = Visit(round_, site, moment_of(self.seen_text), items)
            with transaction.atomic():
                done = record_visit(visit, answers_of(request.POST), by=request.actor, at=request.at)
                for made in done.observations if request.POST.get("open_cases") else ():
                    open_for(made, by=request.actor, at=request.at)
        except VisitRefused as no:
            self.wrong = no.refusals
        except Refusal as no:
            if len(items) == 1:
                self.wrong = {items[0].check.code: no}
            else:
                self.refused = str(no)
        else:
            return done
        return None

    def _item(self, check: Check) -> Item | None:
        said = {name: self._said(name, check) for name in ("result", "count", "note")}
        try:
            photos = photos_of(self.request, check.code)
        except Refusal as no:
            self.wrong[check.code] = no
            return None
        self.photos[check.code] = photos
        if not (said["result"] or said["count"] or said["note"] or photos):
            return None
        visit = self.request.POST.get("visit", "")[:80]
        return Item(
            check, said["result"], said["count"], said["note"][:300], photos, f"{visit}|{check.code}" if visit else ""
        )

    def _said(self, name: str, check: Check) -> str:
        return self.request.POST.get(f"{name}-{check.code}", "").strip()

    def lines(self) -> list[dict[str, Any]]:
        """Every check with what was said of it: nothing typed is lost when something is wrong."""
        return [
            {
                "check": check,
                "wrong": str(self.wrong.get(check.code, "")),
                **{name: self._said(name, check) for name in ("result", "count", "note")},
                "kept": [
                    (handle(one.sha256, sender_of(self.request)), one.name) for one in self.photos.get(check.code, [])
                ],
            }
            for check in self.checks
        ]


def sender_of(request: TownRequest) -> str:
    """Whose files these are while a form is still wrong."""
    return f"person:{request.actor.person_id}"


def photos_of(request: TownRequest, name: str) -> list[StoredFile]:
    """Photos of one check: those received with an earlier try, and new ones, which are kept at once."""
    known = digests(request.POST.getlist(f"kept-{name}")[:MOST_PHOTOS], sender_of(request))
    found = list(StoredFile.objects.filter(sha256__in=known, removed_at=None)) if known else []
    for file in request.FILES.getlist(f"photo-{name}")[:MOST_PHOTOS]:
        if isinstance(file, UploadedFile):
            kept = keep_photo(file.read(), file.name or say("照片"), by=request.actor, at=request.at)
            if kept not in found:
                found.append(kept)
    return found


def answers_of(said: Mapping[str, str]) -> Answers:
    """What was declared: a correction or a second visit that day, and that a day outside the round counts."""
    same_day = said.get("same_day", "")
    return Answers(
        same_day=Choice(same_day) if same_day in {Choice.CORRECTION, Choice.SECOND} else None,
        outside=Choice.TAKE if said.get("outside") == Choice.TAKE else None,
    )


def now_of(request: TownRequest) -> str:
    """The time that a form proposes."""
    return f"{timezone.localtime(request.at):%Y-%m-%dT%H:%M}"


def moment_of(text: str) -> datetime:
    """A time as the page's field writes it, in the town's time."""
    try:
        found = datetime.fromisoformat(text)
        return found if timezone.is_aware(found) else timezone.make_aware(found)
    except (ValueError, OverflowError) as wrong:
        raise NoSuchMoment(said=text[:30]) from wrong


def _told(round_: Round, site: Site, done: TakenIn, request: TownRequest) -> str:
    """What was written down, what it corrected, and - for those who may see it - where the total stands now."""
    told = say("“{site}”记下 {count} 条。", site=site.name, count=done.new) if done.new else ""
    if done.corrections:
        changed = listed(f"{old.check_item.code} {old.in_words()} → {new.in_words()}" for old, new in done.corrections)
        told += say("改正 {count} 条：{changed}。", count=done.corrected, changed=changed)
    if done.known:
        told += say("{count} 条先前已有，内容相同，没有重复写入。", count=done.known)
    if not request.actor.may(Permission.SEE_SCORE):
        return told
    total = town_after(round_, site.pk, request.at.date())
    return told if total.expected is None else told + say("全镇预计 {score} 分。", score=fixed(total.expected))


def observation_within(request: TownRequest, observation_id: int) -> Observation:
    """An observation that this person may see, or a refusal."""
    rows = queries.observations_visible_to(request.actor).select_related("round", "site__organisation", "check_item")
    found = rows.filter(pk=observation_id).first()
    if found is None:
        raise NotFound(what=say("观测"))
    return found


def _latest(old: Observation) -> Observation:
    """The row that counts now: a re-check of a re-check goes on from the newest."""
    while old.replaced_by_id is not None:
        rows = Observation.objects.select_related("round", "site__organisation", "check_item")
        old = rows.get(pk=old.replaced_by_id)
    return old


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_OBSERVATIONS)
def recheck(request: TownRequest, observation_id: int) -> HttpResponse:
    """Judge the same check at the same site again; the earlier row stays and no longer counts."""
    old = _latest(observation_within(request, observation_id))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = _recheck(request, old)
        except Refusal as no:
            refusal = no
        else:
            messages.success(request, say("复查已记下：{result}。", result=made.in_words()))
            return redirect(f"{reverse('observations')}?site={old.site.code}#o{made.pk}")
    case = cases_by_link(request.actor, "observation", [str(old.pk)]).get(str(old.pk))
    context = {
        "old": old,
        "was": old.in_words(),
        "check": old.check_item,
        "site": old.site,
        "round": old.round,
        "wrong": str(refusal or ""),
        "seen_at": request.POST.get("seen_at") or now_of(request),
        "asks_outside": isinstance(refusal, OutsideRound),
        "case": case,
    }
    return render(request, "measures/recheck.html", context, status=422 if refusal else 200)


def _recheck(request: TownRequest, old: Observation) -> Observation:
    result, count, note = (request.POST.get(name, "").strip() for name in ("result", "count", "note"))
    item = Item(old.check_item, result, count, note[:300], photos_of(request, "recheck"))
    answers = answers_of(request.POST)
    seen_at = moment_of(request.POST.get("seen_at") or now_of(request))
    return recheck_observation(old, item, answers, seen_at=seen_at, by=request.actor, at=request.at)


@require_safe
@needs(Permission.SEE_ROWS)
def photo(request: TownRequest, photo_id: int, size: str) -> FileResponse:
    """A photo of an observation, as its public copy, to whoever may see the observation."""
    row = get_object_or_404(ObservationPhoto.objects.select_related("file"), pk=photo_id)
    observation_within(request, row.observation_id)
    path = public_path(row.file, "thumb" if size == "thumb" else "page")
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
