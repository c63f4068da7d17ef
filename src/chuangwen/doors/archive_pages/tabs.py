"""The ways through the archive: the tabs above its pages, what waits behind each, where else one can go."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from chuangwen.kernel.figures import Figure, FigureKind, day_text
from chuangwen.kernel.words import say
from chuangwen.kit import clock
from chuangwen.records.archive.photo_queries import DOUBTS, open_questions
from chuangwen.records.archive.queries import ARRIVALS, PROPOSALS, undecided, visible_to, waiting_arrivals
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission


@dataclass(frozen=True)
class Tab:
    """One way: its name, where it leads, how many things wait there (``None``: nothing to count)."""

    key: str
    title: str
    link: str
    count: Figure | None = None


def archive_figure(actor: Actor, kind: FigureKind, count: int) -> Figure:
    """A count of the archive as this person may see it today."""
    return Figure(kind, count, f"seen:{actor.username}", day_text(clock.today()))


def tabs(actor: Actor) -> Sequence[Tab]:
    """The tabs that this person may open."""
    documents, found = reverse("archive"), []
    if actor.may(Permission.SEE_ARCHIVE):
        proposed = archive_figure(actor, PROPOSALS, undecided(visible_to(actor).filter(withdrawn_at=None)).count())
        doubts = archive_figure(actor, DOUBTS, open_questions(actor).count())
        found += [
            Tab("all", say("全部"), documents),
            Tab("proposals", say("识别建议"), f"{documents}?tab=proposals", proposed),
            Tab("unused", say("没用上的"), f"{documents}?tab=unused"),
            Tab("unit", say("本单位"), f"{documents}?tab=unit"),
            Tab("lacking", say("缺的材料"), reverse("archive_lacking")),
            Tab("photos", say("照片疑点"), reverse("archive_photos"), doubts),
        ]
    if actor.may(Permission.ADD_DOCUMENTS):
        arrived = archive_figure(actor, ARRIVALS, waiting_arrivals(actor).count())
        found.insert(1, Tab("arrivals", say("待处理收件"), reverse("archive_arrivals"), arrived))
    return found
