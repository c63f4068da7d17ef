"""What rows would do to a round before anything is written: new, there already, a correction, or a question to a person.

An observation is one thing by its round, site, check and day. On one day readings are told apart by their time and person;
where one of these differs only a person knows whether it corrects the other or was a second visit.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from django.db.models import prefetch_related_objects
from django.utils import timezone

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.rows import rows_where
from chuangwen.records.measures.judgement import judge, read_again, with_editions
from chuangwen.records.measures.models import Observation, ObservationPhoto, Round, Source
from chuangwen.records.measures.visit_policy import (
    MarkTaken,
    OldRowUnknown,
    SaidBefore,
    SeenThatDay,
    TwiceInOne,
    is_outside,
    outside,
    why_not_here,
    why_not_that_year,
    why_not_yet,
)
from chuangwen.records.measures.visits import NOTHING_SAID, Answers, Ask, Choice, Found
from chuangwen.records.township.gates import By


class Verdict(StrEnum):
    """What would become of a row."""

    NEW = "new"
    SAME = "same"
    CORRECTION = "correction"
    ASKED = "asked"
    LEFT = "left"
    WRONG = "wrong"


@dataclass(frozen=True)
class Weighed:
    """One row and what would become of it. ``made`` is the observation it makes (not written yet), ``old`` the one it

    meets; ``refusal`` says why it cannot be taken, or what is asked.
    """

    found: Found
    verdict: Verdict
    made: Observation | None = None
    old: Observation | None = None
    ask: Ask | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Plan:
    """What a whole table or visit would do, row by row in its order."""

    rows: tuple[Weighed, ...]

    def _having(self, verdict: Verdict) -> list[Weighed]:
        return [one for one in self.rows if one.verdict is verdict]

    @cached_property
    def new(self) -> list[Weighed]:
        return self._having(Verdict.NEW)

    @cached_property
    def same(self) -> list[Weighed]:
        """There already, word for word."""
        return self._having(Verdict.SAME)

    @cached_property
    def corrections(self) -> list[Weighed]:
        """Each with its ``old`` observation and the one ``made`` in its place."""
        return self._having(Verdict.CORRECTION)

    @cached_property
    def questions(self) -> list[Weighed]:
        return self._having(Verdict.ASKED)

    @cached_property
    def left(self) -> list[Weighed]:
        """Left out because somebody said so."""
        return self._having(Verdict.LEFT)

    @cached_property
    def wrong(self) -> list[Weighed]:
        """What no answer can make right."""
        return self._having(Verdict.WRONG)

    @property
    def seal(self) -> str:
        """What this plan would write, in one word: another word means that something changed in between."""
        parts = [
            f"{one.verdict}|{one.found.key}|{one.old.pk if one.old else ''}|{one.made.value if one.made else ''}"
            for one in self.rows
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def weigh_in(round_: Round, rows: Sequence[Found], answers: Answers = NOTHING_SAID, *, by: By, at: datetime) -> Plan:
    """Hold rows against what the round has, in a fixed number of queries. Nothing is written, rights are not asked."""
    with_editions([one.check for one in rows])
    prefetch_related_objects([one.site for one in rows], "organisation")
    scales = _Scales(round_, answers, sender_of(by), at)
    scales.fetch(rows)
    return Plan(tuple(scales.weigh(one) for one in rows))


def sender_of(by: By) -> str:
    """Whose mark it is: a person's, or a command's."""
    person = getattr(by, "person_id", None)
    return f"person:{person}" if person else by.username


def fingerprint_of(sender: str, mark: str) -> str:
    """The stored form of a sender's own name for an observation: nobody meets another's."""
    return hashlib.sha256(f"{sender}\n{mark}".encode()).hexdigest()[:40]


Key = tuple[int, int, date]


class _Scales:
    """Weighs row after row; a row of the same batch is met like one that stands in the round."""

    def __init__(self, round_: Round, answers: Answers, sender: str, at: datetime) -> None:
        self.round, self.answers, self.sender, self.at = round_, answers, sender, at
        self.there: dict[Key, list[Observation]] = defaultdict(list)
        self.marked: dict[str, Observation] = {}
        self.shown: dict[int, set[int]] = defaultdict(set)

    def fetch(self, rows: Sequence[Found]) -> None:
        """Everything that the rows may meet: the same sites on these days, the same marks, the photos of both."""
        rows = [one for one in rows if why_not_that_year(self.round, one) is None]
        if not rows:
            return
        first, last = min(one.day for one in rows), max(one.day for one in rows)
        days = (_midnight(first), _midnight(last + timedelta(days=1)))
        near = Observation.objects.filter(round=self.round, seen_at__gte=days[0], seen_at__lt=days[1])
        sites, checks = {one.site.pk: one.site for one in rows}, {one.check.pk: one.check for one in rows}
        for one in near.filter(site__in=sites, check_item__in=checks).order_by("pk"):
            one.site, one.check_item = sites[one.site_id], checks[one.check_item_id]
            self._stand(one)
        marks = {mark for one in rows for mark in self._marks(one)}
        if marks:
            for one in rows_where(Observation, "mark", marks, also={"round": self.round.pk}):
                self.marked[one.mark] = one
        if any(one.item.photos for one in rows):
            known = [one.pk for ones in self.there.values() for one in ones] + [one.pk for one in self.marked.values()]
            for row in ObservationPhoto.objects.filter(observation__in=known):
                self.shown[row.observation_id].add(row.file_id)

    def _marks(self, found: Found) -> Iterator[str]:
        for mark in (found.item.mark, found.recheck_of):
            if isinstance(mark, str) and mark:
                yield fingerprint_of(self.sender, mark)

    def _stand(self, one: Observation) -> None:
        self.there[one.site_id, one.check_item_id, timezone.localdate(one.seen_at)].append(one)
        if one.mark:
            self.marked[one.mark] = one

    def weigh(self, found: Found) -> Weighed:
        """What would become of this row, given all before it."""
        try:
            if no := why_not_that_year(self.round, found) or self._why_not(found):
                raise no
            made = self._made(found)
        except Refusal as no:
            return Weighed(found, Verdict.WRONG, refusal=no)
        told = self._by_mark(found, made) or self._by_day(found, made)
        if told.verdict in {Verdict.NEW, Verdict.CORRECTION}:
            self._stand(made)
        return told

    def _why_not(self, found: Found) -> Refusal | None:
        return why_not_here(self.round, found) or why_not_yet(found, self.at)

    def _made(self, found: Found) -> Observation:
        item = found.item
        judged = judge(item.check, item.result, item.quantity)
        return Observation(
            round=self.round,
            site=found.site,
            check_item=item.check,
            value=judged.value,
            result=(item.result or item.quantity).strip()[:40],
            quantity=item.quantity.strip()[:40],
            passed=judged.answer.passed,
            total=judged.answer.total,
            seen_at=found.seen_at,
            seen_by=found.seen_by[:60],
            inspector_id=found.inspector_id,
            note=item.note.strip(),
            photo=found.photo[:200],
            source=found.source,
            mark=fingerprint_of(self.sender, item.mark) if item.mark else "",
            recorded_at=self.at,
        )

    def _by_mark(self, found: Found, made: Observation) -> Weighed | None:
        old = self.marked.get(made.mark) if made.mark else None
        if old is None:
            return None
        alike = (old.site_id, old.check_item_id) == (made.site_id, made.check_item_id)
        if alike and _is_one_reading(old, found) and self._says_the_same(old, found, made):
            return Weighed(found, Verdict.SAME, made, old)
        if alike and self.answers.to(Ask.SAME_DAY, found) is Choice.CORRECTION:
            return Weighed(found, Verdict.CORRECTION, made, old)
        no = MarkTaken(mark=found.item.mark, site=old.site.name, check=old.check_item.code, old=old.in_words())
        return Weighed(found, Verdict.WRONG, made, old, refusal=no)

    def _by_day(self, found: Found, made: Observation) -> Weighed:
        there = self.there[found.site.pk, found.check.pk, found.day]
        mine = [one for one in there if _is_one_reading(one, found)]
        heads = mine if not found.stands else list(_newest(mine))
        for one in heads:
            if self._says_the_same(one, found, made):
                return Weighed(found, Verdict.SAME, made, one)
        if not found.stands:
            return Weighed(found, Verdict.WRONG, made, refusal=OldRowUnknown())
        if found.recheck_of is not None or not there:
            return self._by_round(found, made)
        if len(heads) != 1:
            counting = [one for one in heads or there if one.counts]
            return self._same_day(found, made, (counting or there)[-1])
        if heads[0].pk is None:
            no = TwiceInOne(site=found.site.name, check=found.check.text, old=heads[0].in_words(), new=made.in_words())
            return Weighed(found, Verdict.WRONG, made, heads[0], refusal=no)
        if found.source == Source.SHEET and any(
            self._says_the_same(one, found, made) for one in mine if one is not heads[0]
        ):
            return self._older(found, made, heads[0])
        return Weighed(found, Verdict.CORRECTION, made, heads[0])

    def _older(self, found: Found, made: Observation, old: Observation) -> Weighed:
        """What was put right already comes again as it was: an old table, or a correction taken back."""
        match self.answers.to(Ask.OLDER, found):
            case Choice.CORRECTION:
                return Weighed(found, Verdict.CORRECTION, made, old)
            case Choice.LEAVE:
                return Weighed(found, Verdict.LEFT, made, old)
        said = {"day": found.day, "old": old.in_words(), "new": made.in_words()}
        no = SaidBefore(site=found.site.name, check=found.check.text, **said)
        return Weighed(found, Verdict.ASKED, made, old, Ask.OLDER, no)

    def _same_day(self, found: Found, made: Observation, old: Observation) -> Weighed:
        """Another time or another person on one day: a correction, a second visit, or none of both."""
        match self.answers.to(Ask.SAME_DAY, found):
            case Choice.CORRECTION:
                return Weighed(found, Verdict.CORRECTION, made, old)
            case Choice.SECOND:
                return self._by_round(found, made)
            case Choice.LEAVE:
                return Weighed(found, Verdict.LEFT, made, old)
        no = SeenThatDay(
            site=found.site.name,
            check=found.check.text,
            day=found.day,
            old=old.in_words(),
            who=old.seen_by or say("没有写考察人"),
            time=f"{timezone.localtime(old.seen_at):%H:%M}",
        )
        return Weighed(found, Verdict.ASKED, made, old, Ask.SAME_DAY, no)

    def _by_round(self, found: Found, made: Observation) -> Weighed:
        """New, unless its day lies outside the round and nobody has said that it counts all the same."""
        if is_outside(self.round, found):
            answer = self.answers.to(Ask.OUTSIDE, found)
            if answer is Choice.LEAVE:
                return Weighed(found, Verdict.LEFT, made)
            if answer is None:
                no = outside(self.round, found)
                return Weighed(found, Verdict.ASKED, made, ask=Ask.OUTSIDE, refusal=no)
        return Weighed(found, Verdict.NEW, made, self._rechecked(found))

    def _rechecked(self, found: Found) -> Observation | None:
        if isinstance(found.recheck_of, str):
            return self.marked[fingerprint_of(self.sender, found.recheck_of)]
        return found.recheck_of

    def _says_the_same(self, old: Observation, found: Found, made: Observation) -> bool:
        """Whether both say one thing. What the new one leaves blank it does not deny."""
        if old.value != made.value or made.note not in {"", old.note} or made.photo not in {"", old.photo}:
            return False
        if not {photo.pk for photo in found.item.photos} <= self.shown[old.pk]:
            return False
        if old.result == made.result and old.quantity == made.quantity:
            return True
        return _answer_of(old, found) == _answer_of(made, found)


def _answer_of(one: Observation, found: Found) -> object:
    """What it says, read; what can no longer be read stands for itself."""
    return read_again(found.check, one.result, one.counted) or (one.result, one.passed, one.total)


def _is_one_reading(old: Observation, found: Found) -> bool:
    """Whether time and person agree, as far as the new one says them."""
    minute = old.seen_at.replace(second=0, microsecond=0) == found.seen_at.replace(second=0, microsecond=0)
    return (minute or not found.timed) and found.seen_by[:60] in {"", old.seen_by}


def _newest(mine: Sequence[Observation]) -> Iterator[Observation]:
    """Of several rows of one reading those that no other of them replaced."""
    within = {one.pk for one in mine if one.pk is not None}
    return (one for one in mine if one.replaced_by_id is None or one.replaced_by_id not in within)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
