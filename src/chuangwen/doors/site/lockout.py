"""The answer to somebody who has failed to sign in too often."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.township.requests import is_for_machine


class LockedOut(Refusal):
    code = "locked_out"
    sentence = later(
        "连续 {failures} 次输错密码，这个账号在本机上已锁定。请等 {minutes} 分钟再试，或请系统管理员重发一次性密码。"
    )
    status = 429


def locked(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Called by axes in place of the sign-in page (``AXES_LOCKOUT_CALLABLE``)."""
    refusal = LockedOut(failures=settings.AXES_FAILURE_LIMIT, minutes=round(settings.AXES_COOLOFF_TIME * 60))
    if is_for_machine(request):
        return JsonResponse(refusal.as_dict(), status=refusal.status, json_dumps_params={"ensure_ascii": False})
    return render(request, "site/locked.html", {"refusal": refusal}, status=refusal.status)
