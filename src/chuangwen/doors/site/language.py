"""The language of a page: Chinese, unless this person has chosen another. What the browser prefers is not asked,

because the office's machines are set up in every way and its words are Chinese.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


class ChosenLanguage:
    """Reads the cookie of the choice; anything unknown means Chinese."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _ in settings.LANGUAGES}
        with translation.override(chosen if chosen in known else settings.LANGUAGE_CODE):
            answer = self.get_response(request)
            answer.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(answer, ["Cookie"])
        return answer
