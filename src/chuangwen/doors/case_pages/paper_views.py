"""Word documents and calendar feeds made from cases."""

from pathlib import Path

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from chuangwen.doors.case_pages.feeds import feed_of
from chuangwen.doors.case_pages.page_views import case_or_refuse
from chuangwen.doors.case_pages.paper_facts import Opened, facts_for
from chuangwen.kernel import papers
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs, open_to_all
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.township.actors import actor_for
from chuangwen.records.township.models import Person
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases import side_actions
from chuangwen.work.cases.definitions import PaperRow
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.policy import knows_reporter, may_read
from chuangwen.work.cases.types import type_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@needs(Permission.SEE_CASES)
def paper(request: TownRequest, number: str, paper_id: str) -> HttpResponse:
    """One paper of a case as Word. Private answers enter only for those who may read them; that look is noted."""
    case = case_or_refuse(request, number)
    type_ = type_of(case)
    row = next((one for one in type_.papers if one.id == paper_id), None)
    path = template_of(case, row) if row else None
    if row is None or path is None:
        raise NotFound(what=say("文书"))
    template = path.read_bytes()
    opened = _opened(request, case, papers.named(template))
    with translation.override(settings.LANGUAGE_CODE):  # a paper is written in the town's language, whoever asks for it
        made = papers.fill(template, facts_for(case, row, opened, request.at))
    answer = HttpResponse(made, content_type=WORD)
    header = content_disposition_header(as_attachment=True, filename=f"{row.title}-{case.number}.docx")
    answer["Content-Disposition"] = header or "attachment"
    return answer


def _opened(request: TownRequest, case: Case, named: set[str]) -> Opened:
    """What is private and this person may read; each look is noted. Names of reporters only where the paper has them."""
    private = [one for one in type_of(case).fields if one.private and one.id in case.hidden]
    answers: dict[str, object] = {}
    if any(may_read(one.readers, case, request.actor) for one in private):
        answers = side_actions.look_at_hidden(case, by=request.actor, at=request.at)
    if "reporter" in named and case.reporters.exists() and knows_reporter(case, request.actor):
        return Opened(answers, side_actions.look_at_reporters(case, by=request.actor, at=request.at))
    return Opened(answers)


def template_of(case: Case, row: PaperRow) -> Path | None:
    """The template that the case's edition keeps; editions from before templates were kept use the pack's folder."""
    kept = StoredFile.objects.filter(sha256=row.sha256).first() if row.sha256 else None
    path = sealed_path(kept) if kept else Path(settings.PACKS) / case.type.pack / "papers" / row.template
    return path if path.is_file() else None


FEED = Signer(salt="calendar-feed")


def feed_link(person: Person) -> str:
    """The secret address of a person's own feed; it ends when the account is closed or the password changes."""
    return reverse("case_feed", args=[_secret(person)])


def _secret(person: Person) -> str:
    return FEED.sign(f"{person.pk}-{salted_hmac('calendar-feed', person.password).hexdigest()[:16]}")


@require_safe
@open_to_all
def feed(request: TownRequest, secret: str) -> HttpResponse:
    """iCalendar: what the person owes, by its due time. Calendar programs cannot sign in, so the address is the key."""
    try:
        key = FEED.unsign(secret)
    except BadSignature:
        raise NotFound(what=say("日历")) from None
    person = Person.objects.filter(pk=key.split("-")[0], is_active=True).first()
    if person is None or not constant_time_compare(_secret(person), secret):
        raise NotFound(what=say("日历"))
    actor = actor_for(person)
    body = feed_of(actor, request.build_absolute_uri("/"), request.at)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")
