"""The shape of a case type: one TOML file of a pack (see docs/reference/case-types.md)."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from chuangwen.kernel.fields import FieldRow, Kind
from chuangwen.kernel.flow import STAYS
from chuangwen.kernel.packfiles import Row

RELATIONS = {"@lead", "@assist", "@opener", "@holder", "@resident", "@machine"}
"""Words for people by what they are to the case; every other word of ``who`` is a role of the township pack."""

RESIDENT_KINDS = {
    Kind.TEXT, Kind.LONG, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.CHOICE, Kind.CHOICES, Kind.YES_NO,
}  # fmt: skip

Does = Literal[
    "step",
    "report",
    "file",
    "decline",
    "dispatch",
    "return",
    "take_on",
    "contact",
    "mend",
    "verify",
    "rework",
    "close",
    "pause",
    "resume",
    "ask_extension",
    "grant_extension",
    "refuse_extension",
    "reply",
    "call_back",
    "object",
    "revisit",
    "relapse",
    "hand_in",
    "grade",
]
"""What a move means to the engine and its figures; ``step`` means nothing more than the change of state.

``hand_in`` turns what is sent with it into documents of the archive for the linked requirement; ``grade`` grades that.
"""


class StateRow(Row):
    """One state. ``turn`` says whose turn it is (role or relation); ``outcome`` how a closed state counts."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    kind: Literal["open", "waiting", "closed"] = "open"
    tone: Literal["", "good", "warn", "bad", "calm"] = ""
    turn: tuple[str, ...] = ()
    outcome: Literal["", "done", "declined", "withdrawn", "moved"] = ""


class ClockRow(Row):
    """One deadline. ``term`` is its length; with ``by_category`` the category's own term comes first.

    ``warn`` is how long before the end the early warning comes, ``extension`` the most that may be granted (once).
    ``by_field`` names a field whose term comes before all others, ``by_date`` one whose day binds: it ends when the office
    closes on that day.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    term: str
    urgent: str = ""
    warn: str = "4 工作时"
    extension: str = ""
    by_category: bool = False
    by_field: str = ""
    by_date: str = ""
    law: str = ""


class MoveRow(Row):
    """One move. ``from`` empty: it opens a case. ``apart_from``: whoever ever did such a thing here may not take it.

    ``when`` holds it back to things of a kind: for each choice field named the values that the move is for.
    ``needs_after`` names, for a move once taken in the case, the fields that are needed here because of it.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    sources: tuple[str, ...] = Field(default=(), alias="from")
    to: str
    who: tuple[str, ...]
    does: Does = "step"
    fields: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    photos: int = Field(default=0, ge=0, le=9)
    files: int = Field(default=0, ge=0, le=9)
    note: Literal["", "asked", "needed"] = "asked"
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    needs_after: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    when: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    once: bool = False
    bulk: bool = False
    tells: tuple[str, ...] = ()
    tone: Literal["", "good", "warn", "bad"] = ""
    help: str = ""

    @property
    def stays(self) -> bool:
        return self.to == STAYS

    @property
    def opens(self) -> bool:
        return not self.sources


class PaperRow(Row):
    """A Word document that can be made from a case; ``template`` is a file of the pack's folder ``papers``.

    ``clocks`` are the deadlines it is about (empty: those for the handling itself), ``steps`` the moves it belongs to, by
    the last of which it is dated (empty: those that start these deadlines). ``sha256`` is written at the installation: the template as it was kept with this edition.
    """

    id: str
    title: str
    template: str
    states: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    sha256: str = ""


class TypeHead(Row):
    """What a case type is. ``guard`` restricts who may see its cases at all; ``conceals`` names the field that holds

    the accused unit, whose people never see the case. ``public`` lets residents open it. ``from_observation``: a finding
    of an inspection opens such a case; ``gap`` names the opening that a loss of points leads to, ``material`` the one by
    which a unit is asked for a required material (the case is linked with the requirement and its round).
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    short: str
    letter: str
    purpose: str
    order: int = 0
    guard: Literal["", "restricted", "guarded"] = ""
    conceals: str = ""
    public: bool = False
    categories: str = ""
    unit: str = ""
    closing_proof: bool = False
    independent: bool = False
    ladder: str = ""
    revisit: str = ""
    source: str = ""
    law: str = ""
    from_observation: bool = False
    gap: str = ""
    material: str = ""


class CaseTypeRow(Row):
    """A whole case type."""

    type: TypeHead
    fields: tuple[FieldRow, ...] = ()
    states: tuple[StateRow, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    moves: tuple[MoveRow, ...] = ()
    papers: tuple[PaperRow, ...] = ()

    def state(self, id_: str) -> StateRow:
        """The state of this id; an unknown one is a fault of the data (KeyError)."""
        return {one.id: one for one in self.states}[id_]

    def move(self, id_: str) -> MoveRow | None:
        return next((one for one in self.moves if one.id == id_), None)

    def clock(self, id_: str) -> ClockRow:
        return {one.id: one for one in self.clocks}[id_]

    def field(self, id_: str) -> FieldRow | None:
        return next((one for one in self.fields if one.id == id_), None)

    def fields_of(self, move: MoveRow) -> list[FieldRow]:
        """The fields that a move asks, in the order it names them."""
        known = {one.id: one for one in self.fields}
        later = (one for names in move.needs_after.values() for one in names)
        return [known[one] for one in dict.fromkeys((*move.fields, *move.needs, *later)) if one in known]

    def resident_fields(self, move: MoveRow) -> list[FieldRow]:
        """What of a move a resident may fill in: nothing that names people or units of the town, nothing private."""
        return [one for one in self.fields_of(move) if one.kind in RESIDENT_KINDS and not one.private]

    @property
    def openings(self) -> list[MoveRow]:
        return [one for one in self.moves if one.opens]


class CategoryRow(Row):
    """A kind of matter, in two levels (``parent`` empty: the upper level). ``unit`` is a key of the town's units table."""

    table: str
    code: str
    parent: str = ""
    title: str
    term: str = ""
    urgent: bool = False
    campaign: str = ""
    unit: str = ""
    aliases: tuple[str, ...] = ()
    source: str = ""


class UnitRow(Row):
    """Which unit of this town answers for a key of case types and categories."""

    key: str
    unit: str


class RungRow(Row):
    """One rung of the escalation ladder: so long after a deadline has passed, this happens."""

    ladder: str = "standard"
    id: str
    title: str
    after: str = ""
    tells: tuple[str, ...] = ()
    opens: str = ""
    help: str = ""


class CaseContent(Row):
    """All that one pack says about cases."""

    types: tuple[CaseTypeRow, ...] = ()
    categories: tuple[CategoryRow, ...] = ()
    units: tuple[UnitRow, ...] = ()
    rungs: tuple[RungRow, ...] = ()
