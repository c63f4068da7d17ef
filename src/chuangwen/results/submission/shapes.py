"""One year's submission in memory: standards with what they need, what was chosen, what is wrong. Read by ``gathering``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.models import Document, DocumentKind, Question, StoredFile
from chuangwen.records.duties.queries import DutyLine
from chuangwen.records.standards.models import Node, Requirement
from chuangwen.results.submission.counts import Asked
from chuangwen.results.submission.models import Entry, Overrule, Pick, Submission
from chuangwen.results.submission.rules import Rules

OTHER = "other"


@dataclass(frozen=True)
class Piece:
    """A chosen document: its current files in order, their texts where read, the kind under which it is handed in.

    ``mark`` is the mark of secrecy that its text bears (``archive.policy.secrecy_of``).
    """

    pick: Pick
    document: Document
    kind: str
    files: Sequence[StoredFile] = ()
    texts: Mapping[int, str] = field(default_factory=dict)
    mark: str = ""

    @property
    def counts(self) -> bool:
        """Whether it may be handed in at all: neither withdrawn nor marked secret."""
        return self.document.withdrawn_at is None and not self.mark

    @property
    def photos(self) -> list[StoredFile]:
        return [one for one in self.files if one.is_photo]

    @property
    def day(self) -> date:
        """The day on which it came in, in the town's time."""
        return self.document.arrived_at.astimezone(CHINA).date()


@dataclass(frozen=True)
class Need:
    """One requirement: the kind of material, how many, from whom, by when, the grade that counts.

    ``served`` are the documents of the archive that serve it (``archive.serving``): only they count as material.
    """

    requirement: Requirement
    kind: str
    asked: Asked
    lead: DutyLine | None = None
    due: date | None = None
    grade: str = ""
    served: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Standing:
    """One standard with everything that was gathered for it."""

    entry: Entry
    node: Node
    lead: DutyLine | None = None
    needs: Sequence[Need] = ()
    pieces: Sequence[Piece] = ()
    overrules: Mapping[tuple[str, str], Overrule] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.node.code

    def of(self, need: Need) -> list[Piece]:
        """The pieces for one requirement: chosen for it, serving it beside another, or of its kind and for none."""
        first = next((one for one in self.needs if one.kind == need.kind), None)
        return [
            one
            for one in self.pieces
            if one.pick.requirement_id == need.requirement.pk
            or one.document.pk in need.served
            or (first is need and one.pick.requirement_id is None and one.kind == need.kind)
        ]


@dataclass(frozen=True)
class Board:
    """The whole submission. ``shared`` names the standards in which the same file stands, where there is more than one."""

    submission: Submission
    rules: Rules
    window: tuple[date, date]
    kinds: Mapping[str, DocumentKind]
    deadline: date | None
    standings: Sequence[Standing]
    questions: Mapping[int, Sequence[Question]] = field(default_factory=dict)
    shared: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def title_of(self, kind: str) -> str:
        return self.kinds[kind].title if kind in self.kinds else kind
