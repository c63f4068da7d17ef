"""Named reads of releases: what the public sees, what the office sees."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Count, Max, Prefetch, QuerySet, Sum

from chuangwen.kernel.figures import declare
from chuangwen.kernel.words import later
from chuangwen.kernel.workdays import CHINA, Measure, Term, WorkCalendar, due
from chuangwen.records.archive.models import Document, DocumentFile, Proposal
from chuangwen.records.archive.queries import visible_to
from chuangwen.records.releases.models import Release, ReleaseFile, ReleaseState
from chuangwen.records.township.actors import Actor


def released() -> QuerySet[Release]:
    """What the public sees: released, and the document behind it neither withdrawn, internal nor marked secret since."""
    rows = Release.objects.filter(
        state=ReleaseState.RELEASED, document__confidentiality="", document__withdrawn_at=None
    )
    return rows.exclude(document__in=_secret())


def _secret() -> QuerySet[Proposal]:
    """Documents that carry a mark of secrecy which nobody has found to be none."""
    return Proposal.objects.filter(field="classified").exclude(taken=False).values("document")  # type: ignore[return-value]


def stopped(releases: Iterable[Release]) -> set[int]:
    """Those of the releases whose page has stopped because of the document behind it, in one query."""
    keys = {one.pk for one in releases if one.state == ReleaseState.RELEASED}
    return keys - set(released().filter(pk__in=keys).values_list("pk", flat=True))


def once_released() -> QuerySet[Release]:
    """What the public sees or once saw: the addresses that answer something."""
    return Release.objects.filter(released_at__isnull=False)


def with_files(rows: QuerySet[Release]) -> QuerySet[Release]:
    """With the document and the files that go out, in a fixed number of queries."""
    files = ReleaseFile.objects.select_related("document_file__file").order_by("place")
    return rows.select_related("document__unit", "document__kind").prefetch_related(Prefetch("files", queryset=files))


def seen_by(actor: Actor) -> QuerySet[Release]:
    """The releases of documents that this person may know of."""
    return Release.objects.filter(document__in=visible_to(actor))


UNDER_WAY = declare(
    "archive.releases_under_way",
    later("信息公开在办"),
    later("等审查的和退回待改的公开信息"),
    opens=later("政府信息公开"),
)


def under_way(actor: Actor) -> QuerySet[Release]:
    """Proposals that wait for a review or for a change."""
    return seen_by(actor).filter(state__in=[ReleaseState.PROPOSED, ReleaseState.RETURNED])


def releasable(actor: Actor) -> QuerySet[Document]:
    """Documents that may be proposed: seen, open, not withdrawn, not proposed yet."""
    taken = Release.objects.exclude(state=ReleaseState.WITHDRAWN).values("document")
    rows = (
        visible_to(actor).filter(confidentiality="", withdrawn_at=None).exclude(pk__in=taken).exclude(pk__in=_secret())
    )
    return rows.select_related("unit", "kind")


def stamp(rows: QuerySet[Release]) -> str:
    """Changes whenever one of these releases does, or their number."""
    told = rows.order_by().aggregate(count=Count("pk"), versions=Sum("version"), last=Max("changed_at"))
    return f"{told['count']}-{told['versions']}-{told['last']}"


def years() -> list[int]:
    """The years of the documents that are public, the newest first."""
    return [one.year for one in released().dates("issued_on", "year", order="DESC")]


def categories() -> list[str]:
    """The categories that are in use among them."""
    return list(released().order_by("category").values_list("category", flat=True).distinct())


def deadline(issued_on: date, within: int, calendar: WorkCalendar) -> date | None:
    """By when a document of that day is to be public; ``None`` where the pack sets no term."""
    if not within:
        return None
    start = datetime.combine(issued_on, time(12), CHINA)
    return due(Term(Decimal(within), Measure.WORK_DAY), start, calendar).at.astimezone(CHINA).date()


def current_files(document: Document) -> list[DocumentFile]:
    """The files of a document as they are now."""
    return list(document.files.filter(superseded_at=None).select_related("file").order_by("place"))
