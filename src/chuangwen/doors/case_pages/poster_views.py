"""Posters for residents: a code to scan with the phone, for the whole town or for one village."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from chuangwen.kernel.squares import square_of
from chuangwen.kit.doors import needs
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

ALONE = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - addresses that no phone can reach


@require_safe
@needs(Permission.STEER_CASES)
def posters(request: TownRequest) -> HttpResponse:
    """One A4 sheet, or one for each village; a village's code brings its name along, so nobody has to choose it."""
    asked = request.GET.get("area", "")
    villages = list(Organisation.objects.filter(closed=None).exclude(region_code="").exclude(parent=None))
    villages.sort(key=lambda one: one.order)
    chosen = [one for one in villages if asked in {one.code, "all"}]
    site = settings.SITE_ADDRESS or request.build_absolute_uri("/").rstrip("/")
    sheets = [(one.name, f"{site}{reverse('portal')}?{urlencode({'area': one.code})}") for one in chosen]
    sheets = sheets or [("", f"{site}{reverse('portal')}")]
    context = {
        "villages": villages,
        "asked": asked,
        "sheets": [(name, link, code_of(link)) for name, link in sheets],
        "alone": urlsplit(site).hostname in ALONE,
    }
    return render(request, "cases/posters.html", context)


def code_of(link: str) -> SafeString:
    """The square code of an address."""
    return SafeString(square_of(link))
