"""Named reads of filing: which years, what waits, what is filed, which boxes, whose term is over."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, IntegerField, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractYear

from chuangwen.kernel.figures import Figure, declare, narrowed
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.models import Document, DocumentFile, Question
from chuangwen.records.archive.policy import secrecy_of
from chuangwen.records.filing.models import FilingYear, Item, Unfiled
from chuangwen.records.township.models import RetentionClass

CURRENT = DocumentFile.objects.filter(superseded_at=None).select_related("file").order_by("place")
LACKS = {
    "number": later("文号"),
    "issuer": later("发文机关"),
    "dated": later("文件日期"),
    "caption": later("图片说明"),
}


def dated_documents() -> QuerySet[Document]:
    """Documents that stand, each with the year it belongs to (``filing_year``)."""
    return Document.objects.filter(withdrawn_at=None).annotate(
        filing_year=Coalesce(ExtractYear("dated"), ExtractYear("arrived_at", tzinfo=CHINA), output_field=IntegerField())
    )


def waiting(year: int) -> QuerySet[Document]:
    """Accepted and not yet filed: those of the year, and late ones of years that are closed already."""
    closed = FilingYear.objects.filter(year__lt=year, closed_at__isnull=False).values("year")
    rows = dated_documents().filter(item=None).filter(Q(filing_year=year) | Q(filing_year__in=closed))
    return (
        rows.select_related("kind", "unit")  # type: ignore[misc] # annotated
        .prefetch_related(Prefetch("files", queryset=CURRENT, to_attr="current"))
        .order_by("filing_year", "dated", "number", "pk")
    )


WAITING = declare(
    "filing.waiting",
    later("待归档"),
    later("文件日期在往年（或所列年度）、还没有归档的资料，作废的不算"),
    opens=later("各年待归档的清单"),
)
FILED = declare(
    "filing.filed",
    later("已归档"),
    later("所列年度已经编了档号的件数，销毁和移交的也算"),
    opens=later("这一年的归档目录"),
)
BOXED = declare("filing.boxed", later("盒内件数"), later("所列年度一盒内的件数，撤出的不算"), opens=later("这一盒的件"))
LATE = declare(
    "filing.late",
    later("往年迟到的"),
    later("文件日期在已整理完毕的年度、要归入以后年度的资料"),
    opens=later("这一年的待归档清单"),
)


def count_waiting(before: int) -> int:
    """How many documents of the years before this one are not filed."""
    return dated_documents().filter(item=None, filing_year__lt=before).count()  # type: ignore[misc] # annotated


def hindrances(documents: Sequence[Document]) -> dict[int, str]:
    """Why documents of ``waiting`` cannot be filed yet, by key, in two queries; those that can be are left out."""
    rows = DocumentFile.objects.filter(document__in=[one.pk for one in documents], superseded_at=None)
    asked = rows.filter(file__in=Question.objects.filter(answered_at=None).values("file"))
    found = dict.fromkeys(asked.values_list("document", flat=True), say("照片疑点还没有答复"))
    found |= {pk: say("标有“{mark}”，不得存放", mark=mark) for pk, mark in secrecy_of(documents).items()}
    return found | {one.pk: say("没有文件") for one in documents if not one.current}  # type: ignore[attr-defined]


def lacks_of(document: Document) -> list[str]:
    """What its kind asks for and the document does not say, by its name."""
    has = {
        "number": document.number,
        "issuer": document.issuer,
        "dated": document.dated,
        "caption": document.caption,
    }
    return [LACKS[one] for one in document.kind.needs if one in LACKS and not has[one]]


@dataclass
class YearLine:
    """A year as the overview tells it."""

    year: int
    filing: FilingYear | None = None
    waiting: int = 0
    items: int = 0
    pages: int = 0
    classes: dict[str, int] = field(default_factory=dict)
    destroyed: int = 0
    handed_over: int = 0

    @property
    def waiting_figure(self) -> Figure:
        return Figure(WAITING, self.waiting, f"year:{self.year}", str(self.year))

    @property
    def filed_figure(self) -> Figure:
        return Figure(FILED, self.items, f"year:{self.year}", str(self.year))

    @property
    def is_closed(self) -> bool:
        return self.filing is not None and self.filing.closed_at is not None


def years() -> list[YearLine]:
    """Every year with something to file or filed, the newest first, in three queries."""
    found: dict[int, YearLine] = {}

    def line(year: int) -> YearLine:
        return found.setdefault(year, YearLine(year))

    for filing in FilingYear.objects.all():
        line(filing.year).filing = filing
    for year, count in (
        dated_documents().filter(item=None).order_by().values_list("filing_year").annotate(count=Count("pk"))  # type: ignore[misc] # annotated
    ):
        line(year).waiting = count
    rows = Item.objects.order_by().values("year", "retention")
    for row in rows.annotate(
        count=Count("pk"), all_pages=Sum("pages"), gone=Count("destroyed_at"), over=Count("handed_over_at")
    ):
        one = line(row["year"])
        one.items += row["count"]
        one.pages += row["all_pages"] or 0
        one.destroyed += row["gone"]
        one.handed_over += row["over"]
        one.classes[row["retention"]] = row["count"]
    return sorted(found.values(), key=lambda one: -one.year)


def items_of(year: int) -> QuerySet[Item]:
    """The filed items of a year in the order of their codes, with what the catalogue tells; the longest term first."""
    rows = Item.objects.filter(year=year).select_related("document__kind", "document__unit", "retention")
    return rows.order_by(F("term").desc(nulls_first=True), "category", "retention", "section", "number")


def with_files(items: QuerySet[Item]) -> QuerySet[Item]:
    """The same with their current files."""
    return items.prefetch_related(Prefetch("document__files", queryset=CURRENT, to_attr="current"))


_Place = tuple[str, str, str, int]


@dataclass(frozen=True)
class Box:
    """A box (档案盒): what stands on its back and in the note at its end."""

    year: int
    category: str
    retention: str
    section: str
    number: int
    first: int
    last: int
    items: int
    pages: int
    unknown: int
    filed_by: tuple[str, ...]
    gone: tuple[Unfiled, ...]
    notes: tuple[tuple[str, str], ...]

    @property
    def figure(self) -> Figure:
        """How many items are in it, by its name: on the page and in the note at its end."""
        return Figure(BOXED, self.items, narrowed(f"year:{self.year}", box=self.key), str(self.year))

    @property
    def key(self) -> str:
        """Its name in an address."""
        return "-".join(filter(None, (self.category, self.retention, self.section, str(self.number))))


def boxes_of(year: int) -> list[Box]:
    """The boxes of a closed year in the order of the catalogue, in two queries."""
    items: dict[_Place, list[Item]] = {}
    for item in items_of(year).filter(box__isnull=False):
        items.setdefault((item.category, item.retention_id, item.section, item.box or 0), []).append(item)
    gone: dict[_Place, list[Unfiled]] = {}
    for one in Unfiled.objects.filter(year=year, box__isnull=False):
        gone.setdefault((one.category, one.retention, one.section, one.box or 0), []).append(one)
    return [_box(place, mine, gone.get(place, [])) for place, mine in items.items()]


def _box(place: _Place, items: list[Item], gone: list[Unfiled]) -> Box:
    category, retention, section, number = place
    numbers = [*(one.number for one in items), *(one.number for one in gone)]
    return Box(
        year=items[0].year,
        category=category,
        retention=retention,
        section=section,
        number=number,
        first=min(numbers),
        last=max(numbers),
        items=len(items),
        pages=sum(one.pages or 0 for one in items),
        unknown=sum(one.pages is None for one in items),
        filed_by=tuple(dict.fromkeys(one.filed_by for one in items)),
        gone=tuple(gone),
        notes=tuple((one.code, one.note) for one in items if one.note),
    )


DUE = declare("filing.due", later("保管期满的"), later("保管期限已满、还没有鉴定的归档件"), opens=later("鉴定销毁"))
LISTS = declare(
    "filing.lists", later("待批准的销毁清册"), later("已提出、还没有批准或退回的销毁清册"), opens=later("鉴定销毁")
)


def due(today_year: int) -> QuerySet[Item]:
    """Items whose term is over: counted from the first day of the year after theirs. Never those kept for ever.

    Those on a list that is under way or carried out, and those handed over, are left out.
    """
    lists = Q(destructions__refused_at=None) & Q(destructions__isnull=False)
    ended = Coalesce("kept_until", F("year") + F("term"), output_field=IntegerField())
    rows = Item.objects.exclude(term=None).annotate(ends=ended).filter(ends__lt=today_year)
    rows = rows.filter(destroyed_at=None, handed_over_at=None).exclude(pk__in=Item.objects.filter(lists).values("pk"))
    return rows.select_related("document__kind", "document__unit", "retention").order_by("year", "code")


def retention_titles() -> dict[str, str]:
    return {one.code: one.title for one in RetentionClass.objects.all()}


def pages_of(files: Sequence[DocumentFile]) -> int | None:
    """All pages together; unknown as soon as one file does not tell."""
    counts = [1 if one.file.is_photo else one.file.pages for one in files]
    known = [one for one in counts if one]
    return sum(known) if len(known) == len(counts) and counts else None
