"""In which cases a photo hangs: the other half of where it was used before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from chuangwen.kernel.words import say
from chuangwen.kernel.workdays import CHINA
from chuangwen.work.cases.models import Attachment, Case, Purpose


@dataclass(frozen=True)
class CaseUse:
    """One case in which a photo hangs: as what, by whom, when."""

    number: str
    title: str
    purpose: str
    by: str
    at: datetime

    @property
    def told(self) -> str:
        """In one line."""
        day, purpose = f"{self.at.astimezone(CHINA):%Y-%m-%d}", Purpose(self.purpose).label
        return say(
            "{number} {title}（{purpose}，{day} {by}提交）",
            number=self.number,
            title=self.title,
            purpose=purpose,
            day=day,
            by=say(self.by),
        )


def cases_with(files: Collection[int], cases: QuerySet[Case]) -> dict[int, list[CaseUse]]:
    """The cases among these that hold one of these photos (keys), the earliest first, in one query."""
    found: dict[int, list[CaseUse]] = {}
    rows = Attachment.objects.filter(file__in=files, case__in=cases).select_related("case").order_by("at", "pk")
    for row in rows:
        uses = found.setdefault(row.file_id, [])
        if all(one.number != row.case.number for one in uses):
            title = "" if row.case.guard else row.case.title
            uses.append(CaseUse(row.case.number, title, row.purpose, row.by, row.at))
    return found
