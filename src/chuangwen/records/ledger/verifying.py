"""Proving the ledger: every link is recomputed from what stands in the table."""

from collections.abc import Iterable
from dataclasses import dataclass

from chuangwen.kernel.chain import START, link
from chuangwen.kernel.words import later, say
from chuangwen.records.ledger.models import Note

_REASONS = {
    "missing": later("第 {number} 条不见了：前面是第 {before} 条，后面直接是第 {found} 条。"),
    "cut": later("第 {number} 条接不上前一条：记录的上一条指纹与实际不符，前一条被换过或删过。"),
    "changed": later("第 {number} 条的内容与指纹不符：写入以后被改动过。"),
}


@dataclass(frozen=True)
class Break:
    """The first link that does not hold: its number, why (missing | cut | changed) and the sentence for people."""

    number: int
    reason: str
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What a walk along the chain found: how many links hold, the last digest, and the first break, if any."""

    count: int
    head: str
    broken: Break | None

    @property
    def holds(self) -> bool:
        return self.broken is None

    def as_dict(self) -> dict[str, object]:
        broken = None
        if self.broken:
            broken = {"number": self.broken.number, "reason": self.broken.reason, "message": self.broken.sentence}
        return {"count": self.count, "head": self.head, "holds": self.holds, "broken": broken}


def verify() -> Verdict:
    """Walk the whole ledger, from note 1, in steps of two thousand rows."""
    return walk(Note.objects.order_by("number").iterator(chunk_size=2000))


def walk(notes: Iterable[Note]) -> Verdict:
    """Walk notes given in order; stops at the first link that does not hold."""
    count, head = 0, START
    for note in notes:
        if broken := _why_broken(note, count, head):
            return Verdict(count=count, head=head, broken=broken)
        count, head = note.number, note.hash
    return Verdict(count=count, head=head, broken=None)


def _why_broken(note: Note, before: int, head: str) -> Break | None:
    if note.number != before + 1:
        return _break("missing", before + 1, before=before, found=note.number)
    if note.previous != head:
        return _break("cut", note.number)
    if note.hash != link(note.content(), note.previous):
        return _break("changed", note.number)
    return None


def _break(reason: str, number: int, **facts: object) -> Break:
    return Break(number=number, reason=reason, sentence=say(_REASONS[reason], number=number, **facts))
