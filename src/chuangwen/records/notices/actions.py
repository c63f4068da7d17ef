"""For the time being."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chuangwen.records.notices.models import Notice


@dataclass(frozen=True)
class Told:
    kind: str
    text: str
    link: str
    thing: tuple[str, str]
    mark: str


def tell(people: Sequence[int], told: Told, *, by: object, at: datetime) -> int:
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=p,
                kind=told.kind,
                text=told.text,
                link=told.link,
                thing_kind=told.thing[0],
                thing_key=told.thing[1],
                at=at,
                mark=f"{told.mark}|{told.kind}",
            )
            for p in people
        ]
    )
    return len(people)
