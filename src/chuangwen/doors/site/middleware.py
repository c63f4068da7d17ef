"""What every request passes: who acts, at what time, idle too long, closed by default, refusals shown."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit import clock
from chuangwen.kit.doors import Access, access_of
from chuangwen.kit.refusals import NothingYet, SignInFirst
from chuangwen.records.township import policy, queries
from chuangwen.records.township.actors import NOBODY, Actor, actor_for
from chuangwen.records.township.models import Person
from chuangwen.records.township.requests import is_for_machine

NUL = "\x00"
"""The one character that no database column takes; nobody types it."""
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
Answer = Callable[[HttpRequest], HttpResponse]

SEEN = "seen_at"
# How often "seen" is written into the session: often enough for minutes, seldom enough to save writes.
SEEN_EVERY = 60

# The pages of allauth that the town uses. All its other pages (sign-up, e-mail, reset by e-mail) are closed.
ANYONE = Access(anyone=True)
MEMBERS = Access()
SIGN_IN_PAGES = {
    "account_login": ANYONE,
    "account_logout": ANYONE,
    "account_inactive": ANYONE,
    "mfa_authenticate": ANYONE,
    "account_change_password": MEMBERS,
    "account_reauthenticate": MEMBERS,
    "mfa_index": MEMBERS,
    "mfa_reauthenticate": MEMBERS,
    "mfa_activate_totp": MEMBERS,
    "mfa_deactivate_totp": MEMBERS,
    "mfa_view_recovery_codes": MEMBERS,
    "mfa_generate_recovery_codes": MEMBERS,
    "mfa_download_recovery_codes": MEMBERS,
    "usersessions_list": MEMBERS,
}
# What somebody with a one-time password may open before changing it.
BEFORE_CHANGE = {"account_change_password", "account_logout", "account_login", "account_reauthenticate"}


class UndeclaredView(ImproperlyConfigured):
    """A view that does not say who may open it (``kit.doors``). Closed, and loudly so."""


def declared(view: Callable[..., Any], url_name: str | None) -> Access | None:
    """What is asked of the one who opens this view; ``None`` for pages of allauth that the town does not use."""
    if access := access_of(view):
        return access
    if str(getattr(view, "__module__", "")).startswith("allauth."):
        return SIGN_IN_PAGES.get(url_name or "")
    raise UndeclaredView(f"{view.__module__}.{getattr(view, '__qualname__', view)} does not say who may open it")


class TownMiddleware:
    """One middleware for the town's rules. Stands after sessions, sign-in, messages and htmx."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with clock.live_on(queries.demo_day()):
            request.at = clock.now()  # type: ignore[attr-defined]
            request.actor = SimpleLazyObject(lambda: _actor_of(request))  # type: ignore[attr-defined]
            request.GET = without_nul(request.GET)  # type: ignore[assignment]
            if _is_idle(request):
                return _sign_out_idle(request)
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Deny by default: every view has declared whom it is for."""
        name = request.resolver_match.url_name if request.resolver_match else None
        if NUL in request.path_info:
            raise Http404
        if request.method == "POST" and request.content_type in FORMS:
            request.POST = without_nul(request.POST)  # type: ignore[assignment]
        access = declared(view, name)
        if access is None:
            raise Http404
        if access.anyone:
            return None
        if no := why_not_open(request.actor, access):  # type: ignore[attr-defined]
            return refused(request, no)
        if _must_change_first(request, name):
            return HttpResponseRedirect(reverse("account_change_password"))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal from anywhere becomes a page, a partial or JSON. Everything else goes on as an error."""
        return refused(request, exception) if isinstance(exception, Refusal) else None


def without_nul(said: QueryDict) -> QueryDict:
    """The same without the character that databases refuse; left alone when it is not there."""
    if not any(NUL in one for key, values in said.lists() for one in (key, *values)):
        return said
    clean = QueryDict(mutable=True)
    for key, values in said.lists():
        clean.setlist(key.replace(NUL, ""), [one.replace(NUL, "") for one in values])
    clean._mutable = False  # noqa: SLF001 - as Django leaves it
    return clean


def why_not_open(actor: Actor, access: Access) -> Refusal | None:
    """Why this actor may not open a view with this declaration, or ``None``."""
    if access.anyone:
        return None
    if actor.person is None:
        return SignInFirst()
    for permission in access.permissions:
        if no := policy.why_not(actor, permission):
            return no
    return None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as its reader wants it: JSON for programs, a piece of page for htmx, else a page.

    Somebody who is not signed in is led to the sign-in page and back.
    """
    if is_for_machine(request):
        return JsonResponse(refusal.as_dict(), status=refusal.status, json_dumps_params={"ensure_ascii": False})
    piece = bool(getattr(request, "htmx", False))
    if isinstance(refusal, SignInFirst):
        return _to_sign_in(request, piece=piece)
    if isinstance(refusal, NothingYet) and request.method in {"GET", "HEAD"} and not piece:
        return render(request, "nothing_yet.html", {"nothing": refusal})
    template = "parts/_refused.html" if piece else "refused.html"
    told = {"refusal": refusal, "problems": getattr(refusal, "problems", []), "back": _back(request)}
    answer = render(request, template, told, status=refusal.status)
    if piece:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#refusal", "innerHTML"
    return answer


def _back(request: HttpRequest) -> str:
    """Where somebody who sent a form came from, if it was here."""
    page = request.headers.get("Referer", "")
    return page if request.method == "POST" and page.startswith(f"{request.scheme}://{request.get_host()}/") else ""


def _to_sign_in(request: HttpRequest, *, piece: bool) -> HttpResponse:
    page = resolve_url(settings.LOGIN_URL)
    if piece:
        return HttpResponse(status=204, headers={"HX-Redirect": page})
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" and request.path != "/" else ""
    return HttpResponseRedirect(f"{page}?{back}" if back else page)


def _actor_of(request: HttpRequest) -> Actor:
    return actor_for(request.user) if isinstance(request.user, Person) else NOBODY


def _must_change_first(request: HttpRequest, url_name: str | None) -> bool:
    person = request.user
    return isinstance(person, Person) and person.must_change_password and url_name not in BEFORE_CHANGE


def _is_idle(request: HttpRequest) -> bool:
    """Whether the person signed in has been away too long; otherwise the visit is written down now and then."""
    if not request.session.session_key or not request.user.is_authenticated:
        return False
    now = clock.real_now().timestamp()
    seen = request.session.get(SEEN)
    if isinstance(seen, int | float) and now - seen > settings.IDLE_SECONDS:
        return True
    if seen is None or now - seen > SEEN_EVERY:
        request.session[SEEN] = now
    return False


def _sign_out_idle(request: HttpRequest) -> HttpResponse:
    minutes = settings.IDLE_SECONDS // 60
    logout(request)
    refusal = SignInFirst()
    if is_for_machine(request):
        return refused(request, refusal)
    messages.info(request, say("已超过 {minutes} 分钟没有操作，为安全起见已自动退出。请重新登录。", minutes=minutes))
    return _to_sign_in(request, piece=bool(getattr(request, "htmx", False)))
