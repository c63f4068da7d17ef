"""Named reads over photos: open questions, where a photo was used before, which others are like it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from chuangwen.kernel.figures import declare
from chuangwen.kernel.words import later, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.models import Document, DocumentFile, Question, StoredFile
from chuangwen.records.archive.photo_policy import sees_questions
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.archive.seeing import sees
from chuangwen.records.archive.twins import Twin, twins_of
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission

MOST_PHOTOS, MOST_LIKE = 20, 12
KNOWN = later("《{title}》（{unit}，{day} {by}提交）")
SERVING = later("{known}，用于{serves}")
IN_NONE = later("{day} 收到的一张照片（不在资料里）")


@dataclass(frozen=True)
class Line:
    """One earlier use of a photo: in which document, whose, by whom, when, and what that document serves."""

    document: int
    title: str
    unit: str
    by: str
    at: datetime
    serves: tuple[str, ...] = ()
    withdrawn: bool = False

    def told(self, tell: Callable[..., str] = say) -> str:
        """In one line; ``tell`` is ``written`` for what is kept for good."""
        day = f"{self.at.astimezone(CHINA):%Y-%m-%d}"
        known = tell(KNOWN, title=self.title, unit=self.unit, day=day, by=tell(self.by))
        return tell(SERVING, known=known, serves=tell("、").join(self.serves)) if self.serves else known


def questions_visible_to(actor: Actor) -> QuerySet[Question]:
    """Every question about a photo that this person may know of."""
    return Question.objects.filter(sees_questions(actor)).select_related("file", "other")


DOUBTS = declare(
    "archive.photo_doubts", later("照片疑点"), later("还没有人答复的照片疑点"), opens=later("这些疑点的清单")
)


def open_questions(actor: Actor) -> QuerySet[Question]:
    """Those that wait for an answer."""
    return questions_visible_to(actor).filter(answered_at=None)


def earlier_uses(files: Collection[int]) -> dict[int, list[Line]]:
    """The documents that these photos (keys) stand or stood in, the earliest first, in two queries."""
    found: dict[int, list[Line]] = {}
    if not files:
        return found
    rows = DocumentFile.objects.filter(file__in=files).order_by("at", "pk")
    for row in rows.select_related("document__unit", "document__person").prefetch_related("document__serves"):
        document = row.document
        lines = found.setdefault(row.file_id, [])
        if all(one.document != document.pk for one in lines):
            who = document.person.name if document.person else row.by
            serves = tuple(one.title or one.key for one in document.serves.all())
            lines.append(
                Line(document.pk, document.title, document.unit.short, who, row.at, serves, bool(document.withdrawn_at))
            )
    return found


def used_before(file: StoredFile, lines: Iterable[Line], tell: Callable[..., str] = say) -> str:
    """Where a photo was used, in words. Of one that stands in no document only the day is told: not all may know more."""
    told = [one.told(tell) for one in lines]
    return tell("；").join(told) or tell(IN_NONE, day=f"{file.kept_at.astimezone(CHINA):%Y-%m-%d}")


def shown_to(actor: Actor, files: Collection[int]) -> set[int]:
    """Which of these photos (keys) this person may look at, for standing in a document that is seen."""
    if not actor.may(Permission.SEE_ARCHIVE):
        return set()
    seen = DocumentFile.objects.filter(file__in=files, document__in=Document.objects.filter(sees(actor)))
    return set(seen.values_list("file", flat=True))


def similar_for(document: Document, actor: Actor) -> list[Twin]:
    """For the page of a document: photos that repeat one of its own, and others of the same view; seen ones only."""
    photos = StoredFile.objects.filter(
        uses__document=document, uses__superseded_at=None, is_photo=True, looked_at__isnull=False
    )
    own = {one.pk: one for one in photos.distinct()[:MOST_PHOTOS]}
    near = rules_in_force().photo.near
    found = {twin.file.pk: twin for one in own.values() for twin in twins_of(one, near) if twin.file.pk not in own}
    seen = shown_to(actor, found.keys())
    rows = [one for key, one in found.items() if key in seen]
    return sorted(rows, key=lambda one: (not one.is_same, one.distance))[:MOST_LIKE]
