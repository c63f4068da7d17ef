"""Word documents and calendar feeds made from cases."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from chuangwen.doors.case_pages.declared_fields import facts_of
from chuangwen.doors.case_pages.feeds import feed_of
from chuangwen.doors.case_pages.page_views import case_or_refuse
from chuangwen.kernel import papers
from chuangwen.kernel.fields import told
from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs, open_to_all
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.township.actors import actor_for
from chuangwen.records.township.models import Person, Town
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases import queries, side_actions
from chuangwen.work.cases.definitions import PaperRow
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.policy import may_read
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
    private = [one for one in type_.fields if one.private and one.id in case.hidden]
    opened: dict[str, object] = {}
    if any(may_read(one.readers, case, request.actor) for one in private):
        opened = side_actions.look_at_hidden(case, by=request.actor, at=request.at)
    with translation.override(settings.LANGUAGE_CODE):  # a paper is written in the town's language, whoever asks for it
        made = papers.fill(path.read_bytes(), facts_for(case, request.at, opened))
    answer = HttpResponse(made, content_type=WORD)
    header = content_disposition_header(as_attachment=True, filename=f"{row.title}-{case.number}.docx")
    answer["Content-Disposition"] = header or "attachment"
    return answer


def template_of(case: Case, row: PaperRow) -> Path | None:
    """The template that the case's edition keeps; editions from before templates were kept use the pack's folder."""
    kept = StoredFile.objects.filter(sha256=row.sha256).first() if row.sha256 else None
    path = sealed_path(kept) if kept else Path(settings.PACKS) / case.type.pack / "papers" / row.template
    return path if path.is_file() else None


def facts_for(case: Case, at: datetime, opened: dict[str, object]) -> dict[str, object]:
    """Everything that a template may name (``papers.FACTS``)."""
    type_ = type_of(case)
    town = Town.objects.first()
    shown = facts_of(case, type_, opened)
    texts = {title: text for title, text, _ in shown}
    last = case.steps.order_by("-number").first()
    return {
        "number": case.number,
        "paper_number": paper_number(case),
        "title": case.title,
        "text": case.text,
        "type_title": type_.type.title,
        "category": queries.category_titles(type_.type.categories).get(case.category, ""),
        "town": town.name if town else "",
        "office_name": town.office_name if town else "",
        "unit": case.lead.name if case.lead else "",
        "assisting": "、".join(one.name for one in case.assisting.all()),
        "village": case.area.name if case.area else "",
        "site": case.site.name if case.site else "",
        "address": case.address,
        "place": place_of(case),
        "opened_on": timezone.localtime(case.opened_at),
        "due_at": _moment(case.due_at),
        "today": at,
        "person": case.holder.name if case.holder else "",
        "opener": case.opener.name if case.opener else "",
        "legal_basis": type_.type.law,
        "last_text": last.text if last else "",
        "fields": [{"label": title, "value": text} for title, text, _ in shown],
        "steps": [
            {"at": _moment(one.at), "title": one.title, "by": one.by, "unit": one.unit, "text": one.text}
            for one in case.steps.all()
        ],
        "f": {row.id: texts.get(row.title, "") or told(row, "") for row in type_.fields if row.title in texts},
    }


def place_of(case: Case) -> str:
    """Where it is, in one phrase: the site by its name, else village and address."""
    if case.site is not None:
        return case.site.name
    return f"{case.area.name if case.area else ''}{case.address}"


def paper_number(case: Case) -> str:
    """The number of the town's own series, in six-angle brackets and without leading zeros (GB/T 9704)."""
    town = Town.objects.first()
    first = town.name[:1] if town else ""
    return say(
        "{first}创办{letter}〔{year}〕{n}号",
        first=first,
        letter=type_of(case).type.letter,
        year=case.year,
        n=case.serial,
    )


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{papers.date_cn(local)} {local:%H:%M}"


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
