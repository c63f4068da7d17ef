"""The addresses of GeoReport v2. Reading and reporting need no account and no key."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.open311 import rows
from chuangwen.doors.open311.answers import answer, refused
from chuangwen.doors.open311.description import DESCRIPTION
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import open_to_all
from chuangwen.kit.limits import count_or_refuse, network_of
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.actions import keep_photo
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import public_path
from chuangwen.records.township.models import Organisation, Site, Town
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.models import Attachment, Case, Phase, Reporter
from chuangwen.work.cases.placing import read_place
from chuangwen.work.cases.policy import RESIDENT
from chuangwen.work.cases.said import NewCase, NewReporter, Place, Said

MOST_PAGE, PAGE, DAYS = 200, 50, 90
View = Callable[..., HttpResponse]


class BadRequest(Refusal):
    """Something in the request cannot be understood."""

    code = "bad_request"
    sentence = later("{why}")
    status = 400


def in_form(view: View) -> View:
    """Tell a refusal in the form (json, xml) of the address, with the codes that the specification knows."""

    @wraps(view)
    def guarded(request: TownRequest, *args: Any, form: str, **kwargs: Any) -> HttpResponse:
        if form not in {"json", "xml"}:
            return refused(404, say("只有 json 和 xml 两种格式。"), "json")
        wanted = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id")
        town = Town.objects.first()
        if wanted and town is not None and wanted not in {town.code, town.name}:
            return refused(404, say("没有辖区“{id}”。", id=wanted[:40]), form)
        try:
            return view(request, *args, form=form, **kwargs)
        except Refusal as no:
            return refused(no.status if no.status in {403, 404, 413, 429} else 400, str(no), form)

    return open_to_all(guarded)


@in_form
@require_safe
def services(request: TownRequest, form: str) -> HttpResponse:
    """What can be reported."""
    return answer("services", rows.services(), form)


@in_form
@require_safe
def service(request: TownRequest, code: str, form: str) -> HttpResponse:
    """What one service asks for."""
    found = rows.find_service(code)
    if found is None:
        raise NotFound(what=say("服务“{code}”", code=code[:40]))
    return answer("service_definition", rows.service_definition(code, found[1]), form)


@csrf_exempt
@in_form
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: TownRequest, form: str) -> HttpResponse:
    """List requests, or send one in."""
    if request.method == "POST":
        return _report(request, form)
    cases = _asked(request.GET)
    size = _number(request.GET, "page_size", PAGE, MOST_PAGE)
    start = (_number(request.GET, "page", 1, 100_000) - 1) * size
    found = list(cases.order_by("-opened_at", "-pk")[start : start + size])
    return answer("service_requests", rows.request_rows(found, request.build_absolute_uri("/")), form)


def _asked(said: QueryDict) -> Any:
    cases = rows.public_cases()
    if ids := said.get("service_request_id"):
        return cases.filter(number__in=ids.split(",")[:MOST_PAGE])
    if codes := said.get("service_code"):
        pairs = [one.partition(".") for one in codes.split(",")]
        wanted = [(kind, category) for kind, _sep, category in pairs]
        kinds, categories = {kind for kind, _ in wanted}, {category for _, category in wanted if category}
        cases = cases.filter(kind__in=kinds)
        cases = cases.filter(category__in=categories) if categories else cases
    if state := said.get("status"):
        states = set(state.split(","))
        if states - {"open", "closed"}:
            raise BadRequest(why=say("status 只能是 open 或 closed。"))
        if states == {"closed"}:
            cases = cases.filter(phase=Phase.CLOSED)
        elif states == {"open"}:
            cases = cases.exclude(phase=Phase.CLOSED)
    return _within_days(cases, said)


def _within_days(cases: Any, said: QueryDict) -> Any:
    start, end = _moment(said, "start_date"), _moment(said, "end_date")
    if start and end and start > end:
        raise BadRequest(why=say("start_date 晚于 end_date。"))
    if start and end and end - start > timedelta(days=DAYS):
        start = end - timedelta(days=DAYS)
    if start and not end:
        end = start + timedelta(days=DAYS)
    if end and not start:
        start = end - timedelta(days=DAYS)
    if start and end:
        cases = cases.filter(opened_at__gte=start, opened_at__lte=end)
    return cases


def _moment(said: QueryDict, name: str) -> datetime | None:
    text = said.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=CHINA)
        return found if 1970 <= found.astimezone(CHINA).year <= 9000 else None
    except (ValueError, OverflowError):
        raise BadRequest(why=say("{name} 不是时间，请写成 2021-10-14T00:00:00Z。", name=name)) from None


def _number(said: QueryDict, name: str, otherwise: int, most: int) -> int:
    text = said.get(name, "")
    if not text:
        return otherwise
    number = whole(text, least=1)
    if number is None:
        raise BadRequest(why=say("{name} 应是正整数。", name=name))
    return min(number, most)


def _report(request: TownRequest, form: str) -> HttpResponse:
    """Take a request in; its number comes back at once."""
    said = request.POST
    found = rows.find_service(said.get("service_code", ""))
    if found is None:
        raise BadRequest(
            why=say("service_code“{code}”不存在，请先查 services。", code=said.get("service_code", "")[:40])
        )
    kind, type_, category = found
    _limit(request)
    text = said.get("description", "").strip()
    if not text:
        raise BadRequest(why=say("请写 description：是什么事。"))
    area, site = _address(said.get("address_id", ""))
    place = _place(said)
    if place is None and not said.get("address_string") and area is None and site is None:
        raise BadRequest(why=say("请给 lat 和 long，或 address_string，或 address_id。"))
    move = rows.opening_of(type_)
    new = NewCase(
        kind=kind,
        title=text.splitlines()[0][:60],
        text=_whole(said, text),
        move=move.id if move else "",
        category=category,
        source="open311",
        area=area,
        site=site,
        address=said.get("address_string", "")[:200],
        place=place,
        reporter=_reporter(said),
    )
    answers = {one.id: said.getlist(f"attribute[{one.id}]") for one in rows.asked_fields(type_)}
    mark = f"open311:{said['client_request_id'][:60]}" if said.get("client_request_id") else ""
    case = open_case(new, Said(answers, photos=_photos(request), mark=mark), by=RESIDENT, at=request.at)
    row = {"service_request_id": case.number, "service_notice": _notice(case), "account_id": ""}
    return answer("service_requests", [row], form)


def _whole(said: QueryDict, text: str) -> str:
    """The text; an address of a picture is kept as text and never fetched."""
    return f"{text}\n{said['media_url'][:300]}" if said.get("media_url") else text


def _notice(case: Case) -> str:
    code = Reporter.objects.filter(case=case).values_list("code", flat=True).first()
    return say("查询码 {code}", code=code) if code else ""


def _reporter(said: QueryDict) -> NewReporter:
    name = f"{said.get('last_name', '')}{said.get('first_name', '')}"
    return NewReporter(name.strip()[:60], said.get("phone", "").strip()[:20], channel="open311")


def _address(text: str) -> tuple[Organisation | None, Site | None]:
    if not text:
        return None, None
    site = Site.objects.select_related("organisation").filter(code=text[:40], closed=None).first()
    area = site.organisation if site else Organisation.objects.filter(code=text[:40], closed=None).first()
    if area is None:
        raise BadRequest(why=say("address_id“{id}”不是村（社区）或点位的编号。", id=text[:40]))
    return area, site


def _place(said: QueryDict) -> Place | None:
    lon, lat = said.get("long", ""), said.get("lat", "")
    if not lon and not lat:
        return None
    return read_place(lon, lat, said.get("crs", "") or "wgs84", source="open311")


def _photos(request: TownRequest) -> list[StoredFile]:
    files = [one for name in ("media", "file", "photo") for one in request.FILES.getlist(name)][:5]
    return [
        keep_photo(one.read(), one.name or "photo.jpg", by=RESIDENT, at=request.at)
        for one in files
        if isinstance(one, UploadedFile)
    ]


def _limit(request: TownRequest) -> None:
    said = request.POST
    for name in ("device_id", "account_id", "phone"):
        count_or_refuse(f"open311:{name}", said.get(name, ""), 10)
    count_or_refuse("open311:network", network_of(request), 300)


@in_form
@require_safe
def one_request(request: TownRequest, number: str, form: str) -> HttpResponse:
    """One request by its number."""
    case = rows.public_cases().filter(number=number).first()
    if case is None:
        raise NotFound(what=say("请求“{number}”", number=number[:40]))
    return answer("service_requests", rows.request_rows([case], request.build_absolute_uri("/")), form)


@in_form
@require_safe
def token(request: TownRequest, code: str, form: str) -> HttpResponse:
    """The number for a token (a tracking code); here a number is given at once, so this only repeats it."""
    found = Reporter.objects.filter(code=code.upper()).select_related("case__merged_into").first()
    if found is None:
        raise NotFound(what=say("查询码"))
    case = found.case.merged_into or found.case
    return answer("service_requests", [{"service_request_id": case.number, "token": found.code}], form)


@in_form
@require_safe
def updates(request: TownRequest, form: str) -> HttpResponse:
    """What was done on requests (servicerequestupdates)."""
    cases = list(_asked(request.GET).order_by("-opened_at")[:MOST_PAGE])
    return answer("service_request_updates", [row for case in cases for row in rows.update_rows(case)], form)


@open_to_all
@require_safe
def media(request: TownRequest, attachment_id: int) -> HttpResponse | FileResponse:
    """A public photo: its re-encoded copy, once the request was verified."""
    row = Attachment.objects.filter(pk=attachment_id, file__is_photo=True).select_related("file").first()
    shown = row and rows.public_cases().filter(pk=row.case_id, filed_at__isnull=False).exists()
    if row is None or not shown:
        return refused(404, say("没有这张照片。"), "json")
    return FileResponse(public_path(row.file).open("rb"), content_type="image/jpeg")


@open_to_all
@require_safe
def openapi(request: TownRequest) -> HttpResponse:
    """What these addresses take and give, as OpenAPI."""
    return answer("openapi", DESCRIPTION, "json")
