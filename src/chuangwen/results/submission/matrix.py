"""The matrix of standards and kinds of material: what is there, missing, late, weak. Always with both numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chuangwen.kernel.figures import Figure, day_text, declare
from chuangwen.kernel.words import later, say
from chuangwen.results.submission.faults import Finding, bounds, count_for, findings_of, serving_pieces
from chuangwen.results.submission.shapes import Board, Need, Piece, Standing


class State(StrEnum):
    """How a requirement stands (each in exactly one state), and a cell by the worst of its requirements.

    Served by the archive and chosen: there, late, weak; served and not chosen: unchosen. Served by nothing: only an
    explanation was written here, or missing.
    """

    MISSING = "missing"
    UNCHOSEN = "unchosen"
    WRITTEN = "written"
    WEAK = "weak"
    LATE = "late"
    THERE = "there"

    @property
    def label(self) -> str:
        return say(_LABELS[self.value])

    @property
    def tone(self) -> str:
        """The colour that goes with the word."""
        return {"missing": "bad", "there": "good"}.get(self.value, "warn")


_LABELS = {
    "missing": later("缺"),
    "unchosen": later("未选"),
    "written": later("只有说明"),
    "weak": later("弱"),
    "late": later("迟"),
    "there": later("有"),
}
ORDER = (State.MISSING, State.UNCHOSEN, State.WEAK, State.WRITTEN, State.LATE, State.THERE)
_MEANINGS = {
    "missing": later("一份资料也没有，也没有写情况说明"),
    "unchosen": later("档案里有资料，申报里一份也没有选入"),
    "written": later("没有资料，只在申报里写了情况说明"),
    "weak": later("选入了资料，自动检查还有没改的毛病"),
    "late": later("选入了资料，交得过了单位截止日"),
    "there": later("选入了资料，没有毛病，没有迟"),
}
KINDS = {key: declare(f"submission.{key}", title, _MEANINGS[key]) for key, title in _LABELS.items()}
TO_HAND_IN = frozenset({State.THERE, State.LATE, State.WRITTEN})
SERVED = frozenset({State.UNCHOSEN, State.WEAK, State.LATE, State.THERE})


@dataclass(frozen=True)
class Judged:
    """One requirement as it stands: how many of how many, the pieces, what is wrong."""

    need: Need
    state: State
    have: int
    least: int
    pieces: Sequence[Piece]
    overdue: bool = False


@dataclass(frozen=True)
class Cell:
    """All requirements of one kind of one standard; ``done`` of ``all`` are there."""

    kind: str
    judged: Sequence[Judged]
    findings: Sequence[Finding] = ()

    @property
    def state(self) -> State:
        return min((one.state for one in self.judged), key=ORDER.index)

    @property
    def done(self) -> int:
        return sum(one.state in TO_HAND_IN for one in self.judged)

    @property
    def all(self) -> int:
        return len(self.judged)

    @property
    def overdue(self) -> bool:
        return any(one.overdue for one in self.judged)

    @property
    def grades(self) -> list[str]:
        return [one.need.grade for one in self.judged if one.need.grade]


@dataclass(frozen=True)
class Line:
    """One standard: a cell for each kind (``None``: not asked), its findings, whether it is ready for the signature."""

    standing: Standing
    cells: Sequence[Cell | None]
    findings: Sequence[Finding]

    @property
    def judged(self) -> list[Judged]:
        return [one for cell in self.cells if cell for one in cell.judged]

    @property
    def missing(self) -> list[Judged]:
        """For which nothing would be handed in."""
        return [one for one in self.judged if one.state in {State.MISSING, State.UNCHOSEN}]

    @property
    def open_findings(self) -> list[Finding]:
        return [one for one in self.findings if one.stands]

    @property
    def is_signed(self) -> bool:
        return self.standing.entry.signed_at is not None


@dataclass(frozen=True)
class Matrix:
    """The whole of it, with the columns that are in use."""

    board: Board
    columns: Sequence[str]
    lines: Sequence[Line]
    counts: dict[State, int] = field(default_factory=dict)

    @property
    def all(self) -> int:
        """How many requirements there are."""
        return sum(self.counts.values())

    @property
    def there(self) -> int:
        """How many are there, the late ones too."""
        return self.counts[State.THERE] + self.counts[State.LATE]

    @property
    def served(self) -> int:
        """How many a document of the archive serves, chosen or not: the same count as everywhere else."""
        return sum(self.counts[one] for one in SERVED)

    def figure(self, state: State, scope: str, on: date) -> Figure:
        """How many requirements stand so, under its name."""
        return Figure(KINDS[state.value], self.counts[state], scope, day_text(on))

    @property
    def signed(self) -> int:
        return sum(one.is_signed for one in self.lines)

    @property
    def heads(self) -> list[str]:
        return [self.board.title_of(one) for one in self.columns]


def matrix_of(board: Board, today: date) -> Matrix:
    """Judge every standard; ``today`` decides what is overdue."""
    used = {need.kind for one in board.standings for need in one.needs}
    columns = [code for code in board.kinds if code in used] + sorted(used - set(board.kinds))
    lines = [line_of(board, one, columns, today) for one in board.standings]
    judged = [one.state for line in lines for one in line.judged]
    return Matrix(board, columns, lines, {state: judged.count(state) for state in ORDER})


def line_of(board: Board, standing: Standing, columns: Sequence[str], today: date) -> Line:
    """One standard, judged."""
    findings = findings_of(board, standing)
    return Line(standing, [_cell(board, standing, kind, findings, today) for kind in columns], findings)


def _cell(board: Board, standing: Standing, kind: str, findings: Sequence[Finding], today: date) -> Cell | None:
    needs = [one for one in standing.needs if one.kind == kind]
    if not needs:
        return None
    mine = [one for one in findings if one.kind == kind]
    return Cell(kind, [_judge(board, standing, need, mine, today) for need in needs], mine)


def _judge(board: Board, standing: Standing, need: Need, findings: Iterable[Finding], today: date) -> Judged:
    pieces = standing.of(need)
    have, least = count_for(board, standing, need), bounds(board, need)[0]
    late = need.due is not None and any(one.day > need.due for one in pieces)
    overdue = have == 0 and need.due is not None and today > need.due
    documents = {one.document.pk for one in pieces}
    weak = any(one.stands and _is_of(one, need, documents) for one in findings)
    if not serving_pieces(standing, need):
        written = State.WRITTEN if have else State.MISSING
        state = State.UNCHOSEN if need.served else written
    else:
        state = State.WEAK if weak else State.LATE if late else State.THERE
    return Judged(need, state, have, least, pieces, overdue)


def _is_of(finding: Finding, need: Need, documents: set[int]) -> bool:
    """Whether the finding belongs to this requirement: its documents', its own count's, or the whole kind's."""
    if finding.document_id:
        return finding.document_id in documents
    if finding.key.startswith("need:"):
        return finding.key.startswith(f"need:{need.requirement.code}:")
    return True
