"""What this person has been told, and the address of the own calendar feed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chuangwen.doors.case_pages.paper_views import feed_link
from chuangwen.kernel.figures import Figure, day_text
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import signed_in
from chuangwen.records.notices import queries
from chuangwen.records.notices.actions import mark_read
from chuangwen.records.township.requests import TownRequest

MOST = 200


@require_safe
@signed_in
def notices(request: TownRequest) -> HttpResponse:
    """Newest first; what is unread stands out."""
    person = request.actor.person
    rows = list(queries.notices_of(person)[:MOST]) if person else []
    link = request.build_absolute_uri(feed_link(person)) if person else ""
    context = {"rows": rows, "unread": _unread(request), "feed": link, "now": request.at}
    return render(request, "cases/notices.html", context)


def _unread(request: TownRequest) -> Figure:
    """The number on the bell."""
    count = queries.unread_by(request.actor.person_id).count()
    return Figure(queries.UNREAD, count, f"person:{request.actor.username}", day_text(request.at.date()))


@require_POST
@signed_in
def read(request: TownRequest) -> HttpResponse:
    """Mark one as read and go where it leads, or all of them."""
    person = request.actor.person
    one = whole(request.POST.get("notice"))
    if person is not None:
        mark_read(person, [one] if one is not None else None, at=request.at)
    link = request.POST.get("link", "")
    return redirect(link if link.startswith("/") and not link.startswith("//") else "notices")
