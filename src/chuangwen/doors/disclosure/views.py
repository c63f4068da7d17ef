"""What the town has released: a list, a page for each, attachments. No account, no session, cacheable by ETag."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_POST, require_safe

from chuangwen.doors.disclosure.serving import sent
from chuangwen.doors.disclosure.showing import attachment, released_told, shown
from chuangwen.kernel.squares import square_of
from chuangwen.kernel.words import later, say
from chuangwen.kit.doors import open_to_all
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NotFound
from chuangwen.kit.templatetags.look import asset
from chuangwen.records.releases import queries
from chuangwen.records.releases.models import Release, ReleaseFile, Validity
from chuangwen.records.township.models import Town
from chuangwen.records.township.requests import TownRequest

YEAR = 31_536_000
ASK_EACH_TIME = "public, no-cache"
"""May be kept, but the keeper asks each time: what is withdrawn is gone at once."""


Answer = TypeVar("Answer", HttpResponse, FileResponse)


class OpenFilters(forms.Form):
    """Year, category, validity."""

    year = forms.ChoiceField(label=_("年份"), required=False)
    category = forms.ChoiceField(label=_("信息类别"), required=False)
    validity = forms.ChoiceField(label=_("效力状态"), required=False, choices=[("", _("全部")), *Validity.choices])

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        years = [(str(one), say("{year} 年", year=one)) for one in queries.years()]
        everything = [("", say("全部"))]
        for name, choices in (("year", years), ("category", [(one, one) for one in queries.categories()])):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [*everything, *choices]


def _narrow(rows: QuerySet[Release], said: Mapping[str, Any]) -> QuerySet[Release]:
    if said.get("year"):
        rows = rows.filter(issued_on__year=said["year"])
    for name in ("category", "validity"):
        if said.get(name):
            rows = rows.filter(**{name: said[name]})
    return rows


LISTING: Listing[Release] = Listing(
    columns=[
        Column("issued_on", later("发文日期"), lambda row: row.issued_on, "issued_on"),
        Column("title", later("标题"), lambda row: row.title, "title"),
        Column("index_number", later("索引号"), lambda row: row.index_number, "index_number"),
    ],
    sort="-issued_on",
    search=["title", "number", "index_number"],
    filters=OpenFilters,
    narrow=_narrow,
)


def _tag(request: HttpRequest, *parts: object) -> str:
    """What an answer hangs on beside its data: the look, the address, the language, the size of type."""
    here = (str(asset("main")), request.get_host(), request.get_full_path(), translation.get_language())
    told = "|".join(str(one) for one in (*here, request.COOKIES.get("size", ""), *parts))
    return f'"{sha256(told.encode()).hexdigest()[:32]}"'


def _list_tag(request: HttpRequest) -> str:
    return _tag(request, queries.stamp(queries.released()))


def _page_tag(request: HttpRequest, release_id: int) -> str | None:
    found = queries.released().filter(pk=release_id).values_list("version", flat=True).first()
    return None if found is None else _tag(request, found)


def _file_tag(_request: HttpRequest, release_id: int, file_id: int) -> str | None:
    found = _file(release_id, file_id)
    return f'"{found.document_file.file.sha256[:40]}-{found.pk}"' if found else None


@open_to_all
@require_safe
@condition(etag_func=_list_tag)
def released_list(request: TownRequest) -> HttpResponse:
    """Everything that is public, by year, category and words of the title."""
    context = {"page": LISTING.page(queries.released(), request.GET), "town": Town.objects.first()}
    return _kept(render(request, "disclosure/list.html", context))


@open_to_all
@require_safe
@condition(etag_func=_page_tag)
def page(request: TownRequest, release_id: int) -> HttpResponse:
    """One release with its fields, text, photos, attachments and a code that leads back here."""
    once = queries.once_released().filter(pk=release_id).first()
    if once is None:
        raise NotFound(what=say("这条公开信息"))
    release = queries.with_files(queries.released()).filter(pk=release_id).first()
    town = Town.objects.first()
    if release is None:
        return render(request, "disclosure/gone.html", {"release": once, "town": town}, status=410)
    site = settings.SITE_ADDRESS or request.build_absolute_uri("/").rstrip("/")
    link = f"{site}{reverse('open_page', args=[release.pk])}"
    context = {
        "shown": shown(release),
        "release": release,
        "released": released_told(release),
        "town": town,
        "link": link,
        "code": SafeString(square_of(link)),
    }
    return _kept(render(request, "disclosure/page.html", context))


@open_to_all
@require_safe
@condition(etag_func=_file_tag)
def file(_request: TownRequest, release_id: int, file_id: int) -> FileResponse:
    """An attachment: papers to be saved, photos to be looked at, nothing that a browser would run."""
    found = _file(release_id, file_id)
    if found is None:
        raise NotFound(what=say("这个附件"))
    return _kept(sent(attachment(found)))


def _file(release_id: int, file_id: int) -> ReleaseFile | None:
    rows = ReleaseFile.objects.filter(pk=file_id, release=release_id, release__in=queries.released())
    return rows.select_related("document_file__file").first()


def _kept(answer: Answer) -> Answer:
    answer["Cache-Control"] = ASK_EACH_TIME
    return answer


@open_to_all
@csrf_exempt  # it changes the size of type on one device and nothing else; the pages carry no token, so that they can be kept
@require_POST
def elder(request: TownRequest) -> HttpResponse:
    """Large type on or off, kept on the device, the same choice as on the residents' pages."""
    back = request.POST.get("back", "")
    answer = redirect(back if back.startswith("/open/") else reverse("open"))
    on = request.COOKIES.get("size") != "large"
    answer.set_cookie("size", "large" if on else "normal", max_age=YEAR, samesite="Lax")
    return answer
