"""Named reads: the matrix that a person sees, one standard of it, documents that could be chosen, the packages."""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from chuangwen.records.archive.models import Document
from chuangwen.records.archive.queries import visible_to
from chuangwen.records.township.actors import Actor
from chuangwen.results.submission.gathering import board_of
from chuangwen.results.submission.matrix import Line, Matrix, matrix_of
from chuangwen.results.submission.models import Entry, Package, Pick, Submission, TextVersion
from chuangwen.results.submission.seeing import sees


def submissions() -> QuerySet[Submission]:
    """Every year's, the newest first."""
    return Submission.objects.select_related("round").defer("round__frozen").order_by("-year")


def matrix_for(actor: Actor, submission: Submission, today: date) -> Matrix:
    """The matrix of all standards that this person may see."""
    return matrix_of(board_of(submission, sees(actor)), today)


def whole_matrix(submission: Submission, today: date) -> Matrix:
    """The matrix of all standards, for what is done on the machine and for the package."""
    return matrix_of(board_of(submission), today)


def line_for(actor: Actor, submission: Submission, node_id: int, today: date) -> tuple[Matrix, Line] | None:
    """One standard, if this person may see it."""
    seen = sees(actor)
    only = Q(node=node_id) if seen is None else Q(node=node_id) & seen
    matrix = matrix_of(board_of(submission, only), today)
    return (matrix, matrix.lines[0]) if matrix.lines else None


def entries_seen(actor: Actor) -> QuerySet[Entry]:
    """Every entry, of any year, that this person may see."""
    seen = sees(actor)
    return Entry.objects.all() if seen is None else Entry.objects.filter(seen)


def sees_all(actor: Actor) -> bool:
    """Whether the person sees whole submissions, and so their packages."""
    return sees(actor) is None


def walk(actor: Actor, submission: Submission) -> list[int]:
    """The standards that this person sees, in the order of the matrix."""
    rows = (
        entries_seen(actor).filter(submission=submission).values_list("node__edition_id", "node__position", "node_id")
    )
    return [key for _, _, key in sorted(rows, key=lambda one: (one[0] != submission.edition_id, one[1]))]


def left_out(entry: Entry) -> QuerySet[Pick]:
    """What was left out of a standard, with the reasons."""
    return entry.picks.exclude(out_at=None).select_related("document").order_by("-out_at")


def choosable(actor: Actor, entry: Entry, words: str) -> QuerySet[Document]:
    """Documents that this person sees, whose title or number holds the words, and that do not stand here yet."""
    here = entry.picks.filter(out_at=None).values("document")
    rows = visible_to(actor).filter(withdrawn_at=None).exclude(pk__in=here)
    for word in words.split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(number__icontains=word))
    return rows.select_related("kind", "unit").order_by("-arrived_at", "-pk")


def texts_of(entry: Entry) -> QuerySet[TextVersion]:
    """The explanation's versions, the newest first."""
    return entry.texts.order_by("-number")


def packages(submission: Submission) -> QuerySet[Package]:
    """The sealed packages of a year, the newest first."""
    return submission.packages.order_by("-number")


def package_path(package: Package) -> Path:
    """Where the file of a package stands."""
    return packages_folder() / f"{package.whole}.zip"


def packages_folder() -> Path:
    """Where sealed packages are kept."""
    return Path(settings.FILES) / "packages"
