"""What is brought to a round before it is judged: a visit with its items, the rows of a table; and answers to questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone

from chuangwen.records.archive.models import StoredFile
from chuangwen.records.measures.models import Observation, Round, Source
from chuangwen.records.standards.models import Check
from chuangwen.records.township.models import Site


@dataclass(frozen=True)
class Item:
    """What was found for one check, raw: 结果 and 次数/总数 as written, a note, photos that are kept already.

    ``mark`` is the sender's own name for it: sent again with the same content it changes nothing.
    """

    check: Check
    result: str = ""
    quantity: str = ""
    note: str = ""
    photos: Sequence[StoredFile] = ()
    mark: str = ""


@dataclass(frozen=True)
class Visit:
    """One person at one site at one time, with all that was looked at there."""

    round: Round
    site: Site
    seen_at: datetime
    items: Sequence[Item]
    seen_by: str = ""
    inspector_id: int | None = None
    source: Source = Source.PAGE


@dataclass(frozen=True)
class Found:
    """One item at its place. ``timed`` False: only the day is known. ``stands`` False: its sender says that it was

    superseded already. ``recheck_of`` is the reading it replaces as a later look, or that reading's mark.
    ``place`` tells where in a file it stands: sheet and row. An empty ``seen_by`` or note says nothing.
    """

    site: Site
    item: Item
    seen_at: datetime
    seen_by: str = ""
    inspector_id: int | None = None
    timed: bool = True
    stands: bool = True
    recheck_of: Observation | str | None = None
    photo: str = ""
    source: Source = Source.SHEET
    place: tuple[str, int] = ("", 0)

    @property
    def check(self) -> Check:
        return self.item.check

    @property
    def day(self) -> date:
        """The day in the town's time: a part of what an observation is."""
        return timezone.localdate(self.seen_at)

    @property
    def key(self) -> str:
        """A name of this row among those that come with it, for an answer to a question about it."""
        sheet, row = self.place
        return f"{sheet}!{row}" if row else f"{self.site.code}|{self.check.pk}|{self.seen_at:%Y%m%d%H%M}|{self.seen_by}"


class Ask(StrEnum):
    """What only a person can know of a row."""

    SAME_DAY = "same_day"
    OUTSIDE = "outside"
    OLDER = "older"


class Choice(StrEnum):
    """Answers: to ``same_day`` a correction or a second visit, to ``outside`` take it, to ``older`` a correction; to all:

    leave the row out.
    """

    CORRECTION = "correction"
    SECOND = "second"
    TAKE = "take"
    LEAVE = "leave"


FITTING: Mapping[Ask, frozenset[Choice]] = {
    Ask.SAME_DAY: frozenset({Choice.CORRECTION, Choice.SECOND, Choice.LEAVE}),
    Ask.OUTSIDE: frozenset({Choice.TAKE, Choice.LEAVE}),
    Ask.OLDER: frozenset({Choice.CORRECTION, Choice.LEAVE}),
}


@dataclass(frozen=True)
class Answers:
    """What was declared: for all rows that raise a question, or for single ones by their key.

    ``seal`` is the plan that was looked at, if one was: another one now means that somebody wrote meanwhile.
    """

    same_day: Choice | None = None
    outside: Choice | None = None
    older: Choice | None = None
    each: Mapping[str, Choice] = field(default_factory=dict)
    seal: str = ""

    def to(self, ask: Ask, found: Found) -> Choice | None:
        """The answer that holds for this row; ``None``: still to be asked."""
        said = self.each.get(found.key) if ask is not Ask.OLDER else None
        if said is None or said not in FITTING[ask]:
            said = {Ask.SAME_DAY: self.same_day, Ask.OUTSIDE: self.outside, Ask.OLDER: self.older}[ask]
        return said if said in FITTING[ask] else None


NOTHING_SAID = Answers()
