"""The sign of life that machines ask for."""

from django.http import HttpRequest, HttpResponse

from chuangwen.kit.doors import open_to_all


@open_to_all
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as soon as pages are served; says nothing about the town."""
    return HttpResponse("ok\n", content_type="text/plain")
