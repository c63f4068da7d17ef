"""When the product starts, what the kernel says passes through Django's translation."""

from django.apps import AppConfig
from django.utils.translation import gettext, ngettext

from chuangwen.kernel.words import use_translator


def _translate(sentence: str, count: int) -> str:
    return ngettext(sentence, sentence, count) if count else gettext(sentence)


class SiteConfig(AppConfig):
    """The pages."""

    name = "chuangwen.doors.site"

    def ready(self) -> None:
        use_translator(_translate)
