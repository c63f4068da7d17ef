"""The residents' pages: report with a photo, see what is near, follow by a tracking code, say whether it was solved."""

import secrets
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chuangwen.doors.portal.showing import (
    asked_of,
    categories_of,
    followed,
    near_cases,
    opening_of,
    public_cases,
    public_kinds,
)
from chuangwen.kernel.fields import WrongAnswers
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.doors import open_to_all
from chuangwen.kit.handles import digests, handle
from chuangwen.kit.limits import count_or_refuse, network_of
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.actions import keep_photo
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import public_path
from chuangwen.records.township.models import Organisation, Town
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases import side_actions
from chuangwen.work.cases.actions import open_case, take
from chuangwen.work.cases.models import Attachment, Case, Reporter
from chuangwen.work.cases.placing import read_place
from chuangwen.work.cases.policy import RESIDENT
from chuangwen.work.cases.said import NewCase, NewReporter, Place, Said
from chuangwen.work.cases.types import type_of

FEW = 3  # like matters shown beside a report that is being written
DEVICE, YEAR = "device", 31_536_000


class NothingWritten(Refusal):
    """A report needs a word of what it is."""

    code = "nothing_written"
    sentence = later("请用一句话写明是什么事，例如“村口路灯不亮”。")
    status = 422


class NoPlace(Refusal):
    code = "no_place"
    sentence = later("请点“用我的位置”，或选所在的村（社区）。")
    status = 422


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: TownRequest) -> HttpResponse:
    """Photo, place, one line, send. What was typed and the photos received stay when something is missing."""
    device = request.COOKIES.get(DEVICE, "")
    sent = digests(request.POST.getlist("kept")[:6], device)
    kept = list(StoredFile.objects.filter(sha256__in=sent, is_photo=True))
    refusal = None
    if request.method == "POST":
        try:
            _limit(request)
            kept += [one for one in _photos(request) if one not in kept]
            case = _open(request, kept)
        except Refusal as no:
            refusal = no
        else:
            code = Reporter.objects.filter(case=case).order_by("pk").values_list("code", flat=True)[0]
            return redirect("portal_done", code=code)
    context = {
        **_asked(request.POST if request.method == "POST" else request.GET, refusal),
        "villages": _villages(),
        "kept": [handle(one.sha256, device) for one in kept],
        "refusal": refusal,
        "mark": request.POST.get("mark") or secrets.token_urlsafe(12),
        "town": Town.objects.first(),
    }
    template = "portal/_asked.html" if "fields" in request.GET else "portal/report.html"
    page = render(request, template, context, status=refusal.status if refusal else 200)
    return _with_device(request, page)


def _asked(said: QueryDict, refusal: Refusal | None) -> dict[str, Any]:
    """The kinds of matter, the one that is chosen, and what that one asks."""
    kinds = public_kinds()
    if not kinds:
        return {"kinds": kinds, "said": said}
    row, type_ = next((one for one in kinds if one[0].code == said.get("kind")), kinds[0])
    wrong = refusal.wrong if isinstance(refusal, WrongAnswers) else {}
    asked, categories = asked_of(type_, said, wrong), categories_of(type_)
    return {"kinds": kinds, "said": said, "chosen": row.code, "asked": asked, "categories": categories}


def _villages() -> QuerySet[Organisation]:
    """Where something may lie."""
    return Organisation.objects.exclude(region_code="").exclude(parent=None).filter(closed=None).order_by("order")


def _photos(request: HttpRequest) -> list[StoredFile]:
    """Photos that arrive, each kept before anything else can go wrong."""
    at = request.at  # type: ignore[attr-defined]
    files = [one for one in request.FILES.getlist("photos")[:6] if isinstance(one, UploadedFile)]
    return [keep_photo(one.read(), one.name or say("照片"), by=RESIDENT, at=at) for one in files]


def _open(request: TownRequest, photos: list[StoredFile]) -> Case:
    said = request.POST
    kinds = {row.code: type_ for row, type_ in public_kinds()}
    kind = said.get("kind") or next(iter(kinds), "")
    if kind not in kinds:
        raise NotFound(what=say("可以上报的事项"))
    text = said.get("text", "").strip()
    if not text:
        raise NothingWritten
    area = Organisation.objects.filter(code=said.get("area", ""), closed=None).exclude(region_code="").first()
    place = _place(said)
    if area is None and place is None:
        raise NoPlace
    new = NewCase(
        kind=kind,
        title=text.splitlines()[0][:60],
        text=text[:2000] if len(text) > 60 or "\n" in text else "",
        move=opening_of(kinds[kind]).id,
        category=said.get("category", ""),
        source="resident",
        area=area,
        address=said.get("address", "")[:200],
        place=place,
        reporter=NewReporter(said.get("name", ""), said.get("phone", ""), bool(said.get("confidential")), "phone"),
    )
    fields = kinds[kind].resident_fields(opening_of(kinds[kind]))
    answers = {row.id: said.getlist(f"f-{row.id}") for row in fields}
    return open_case(
        new, Said(answers, photos=photos, mark=f"p:{said.get('mark', '')[:70]}"), by=RESIDENT, at=request.at
    )


def _place(said: Any) -> Place | None:
    if not said.get("lon") or not said.get("lat"):
        return None
    return read_place(
        said["lon"], said["lat"], said.get("crs") or "wgs84", accuracy=said.get("accuracy", ""), source="phone"
    )


def _limit(request: TownRequest) -> None:
    """One device is held back early, an address that a whole village may share late."""
    count_or_refuse("portal:device", request.COOKIES.get(DEVICE, ""), 10)
    count_or_refuse("portal:network", network_of(request), 300)


def _with_device(request: TownRequest, page: HttpResponse) -> HttpResponse:
    if DEVICE not in request.COOKIES:
        page.set_cookie(
            DEVICE, secrets.token_urlsafe(16), max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return page


@open_to_all
@require_safe
def done(request: TownRequest, code: str) -> HttpResponse:
    """Received: the tracking code in large type, and what happens next."""
    return render(request, "portal/done.html", {"reporter": _reporter(code), "town": Town.objects.first()})


def _reporter(code: str) -> Reporter:
    clean = "".join(code.split()).upper()[:20]
    found = Reporter.objects.select_related("case__type", "case__merged_into").filter(code=clean).first()
    if found is None:
        raise NotFound(what=say("这个查询码"))
    return found


@open_to_all
@require_safe
def ask_code(request: TownRequest) -> HttpResponse:
    """Type a tracking code."""
    code = request.GET.get("code", "")
    if code:
        count_or_refuse("portal:code", network_of(request), 200)
        if Reporter.objects.filter(code="".join(code.split()).upper()[:20]).exists():
            return redirect("portal_track", code="".join(code.split()).upper()[:20])
    return render(request, "portal/ask.html", {"code": code, "wrong": bool(code), "town": Town.objects.first()})


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: TownRequest, code: str) -> HttpResponse:
    """How far it is; when it is answered: satisfaction or objection."""
    reporter = _reporter(code)
    refusal = None
    if request.method == "POST":
        count_or_refuse("portal:say", reporter.code, 20)
        try:
            _say(request, reporter)
        except Refusal as no:
            refusal = no
        else:
            return redirect("portal_track", code=reporter.code)
    context = {"reporter": reporter, "refusal": refusal, "town": Town.objects.first(), **followed(reporter)}
    return render(request, "portal/track.html", context, status=refusal.status if refusal else 200)


def _say(request: TownRequest, reporter: Reporter) -> None:
    said = request.POST
    case = reporter.case.merged_into or reporter.case
    if said.get("what") == "object":
        move = next((one for one in type_of(case).moves if one.does == "object" and "@resident" in one.who), None)
        if move is not None:
            take(case, move.id, Said(text=said.get("text", "")[:1000]), by=RESIDENT, at=request.at)
        return
    stars = said.get("stars", "")
    side_actions.say_satisfied(
        reporter.code,
        solved=said.get("solved") == "yes",
        stars=int(stars) if stars in {"1", "2", "3", "4", "5"} else None,
        said=said.get("text", ""),
        by=RESIDENT,
        at=request.at,
    )


@open_to_all
@require_safe
def near(request: TownRequest) -> HttpResponse:
    """What others have reported, near me or in my village."""
    asked = request.GET
    area = Organisation.objects.filter(code=asked.get("area", "")).first()
    lon, lat = asked.get("lon", ""), asked.get("lat", "")
    if "partial" in asked:
        lines = [one for one in near_cases(area, lon, lat) if one["open"]][:FEW] if area or lon else []
        return render(request, "portal/_same.html", {"lines": lines})
    context = {"villages": _villages(), "area": area, "lines": near_cases(area, lon, lat), "town": Town.objects.first()}
    return render(request, "portal/near.html", context)


@open_to_all
@require_POST
def me_too(request: TownRequest, number: str) -> HttpResponse:
    """The same matter: one more reporter instead of one more case."""
    case = public_cases().filter(number=number).first()
    if case is None:
        raise NotFound(what=say("这件事"))
    _limit(request)
    new = NewReporter(request.POST.get("name", ""), request.POST.get("phone", ""), channel="phone")
    reporter = side_actions.also_report(case, new, by=RESIDENT, at=request.at)
    return redirect("portal_done", code=reporter.code)


@open_to_all
@require_safe
def photo(request: TownRequest, attachment_id: int) -> HttpResponse:
    """A public photo of a verified report."""
    row = Attachment.objects.filter(pk=attachment_id, file__is_photo=True).select_related("file").first()
    if row is None or not public_cases().filter(pk=row.case_id).exists():
        raise NotFound(what=say("照片"))
    answer = HttpResponse(public_path(row.file, "thumb").read_bytes(), content_type="image/jpeg")
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


@open_to_all
@require_safe
def privacy(request: TownRequest) -> HttpResponse:
    """What is asked of residents, why, who sees it, how long it is kept."""
    return render(request, "portal/privacy.html", {"town": Town.objects.first()})


@open_to_all
@require_POST
def elder(request: TownRequest) -> HttpResponse:
    """Large type on or off, kept on the phone."""
    answer = redirect(
        request.POST.get("back", "") if request.POST.get("back", "").startswith("/p/") else reverse("portal")
    )
    on = request.COOKIES.get("size") != "large"
    answer.set_cookie("size", "large" if on else "normal", max_age=YEAR, samesite="Lax")
    return answer
