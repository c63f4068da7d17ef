"""When the product starts, what the kernel says passes through Django's translation."""

from django.apps import AppConfig
from django.utils.translation import gettext

from chuangwen.kernel.words import use_translator


class SiteConfig(AppConfig):
    """The pages."""

    name = "chuangwen.doors.site"

    def ready(self) -> None:
        use_translator(gettext)
