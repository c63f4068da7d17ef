"""The request as the town's views see it."""

from datetime import datetime

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from chuangwen.records.township.actors import Actor


class TownRequest(HttpRequest):
    """A request that has passed the site's middleware: who acts (``actor``) and at what time (``at``)."""

    actor: Actor
    at: datetime
    htmx: HtmxDetails


def is_for_machine(request: HttpRequest) -> bool:
    """Whether the answer is read by a program: the API, or somebody who asks for JSON only."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or accept.startswith("application/json")
