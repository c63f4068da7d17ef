"""What a pack says about the yearly online submission (see docs/reference/pack-format.md): every limit with its confidence."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from chuangwen.kernel.packfiles import Row
from chuangwen.kernel.words import later

Confidence = Literal["seen", "gk", "guess", "own"]
NAME_PARTS = ("standard", "kind", "number", "theme", "unit")
DRAFT_PARTS = ("title", "standard", "clauses", "documents", "unit", "year", "town")


class NamingRow(Row):
    """How a file in the package is called; ``most`` is the longest path in characters."""

    pattern: str = "{standard}-{kind}-{number}-{theme}-{unit}"
    most: int = Field(default=180, ge=60, le=240)
    confidence: Confidence = "own"


class ExplanationRow(Row):
    """The explanation of a standard: the kind of material that it is, its length in characters, its least figures."""

    kind: str = "report"
    least: int = Field(default=500, ge=0)
    most: int = Field(default=1000, ge=1)
    confidence: Confidence = "own"


class FiguresRow(Row):
    """How many figures with a unit an explanation has at least."""

    least: int = Field(default=3, ge=0)
    confidence: Confidence = "own"


class HeadingRow(Row):
    """A part that an explanation is asked for; one of ``words`` must stand in it."""

    title: str
    words: tuple[str, ...] = Field(min_length=1)
    confidence: Confidence = "own"


class SummaryRow(Row):
    """Phrases of a summary that tells nothing; ``most`` of them may stand in an explanation."""

    phrases: tuple[str, ...] = ()
    most: int = Field(default=1, ge=0)
    confidence: Confidence = "own"


class AnswerRow(Row):
    """When a clause of the standard counts as answered: so great a share of its word pairs stand in the explanation."""

    share: Decimal = Field(default=Decimal("0.4"), gt=0, le=1)
    confidence: Confidence = "own"


class PhotoLimitRow(Row):
    """Photos of a standard: how many, what files, how large, whether lying."""

    least: int = Field(default=2, ge=0)
    most: int = Field(default=6, ge=1)
    formats: tuple[str, ...] = ("image/jpeg",)
    most_bytes: int = Field(default=2_000_000, ge=1000)
    lying: bool = False
    confidence: Confidence = "own"


class FileRow(Row):
    """Other files: what formats are taken, how large."""

    formats: tuple[str, ...] = ()
    most_bytes: int = Field(default=20_000_000, ge=1000)
    confidence: Confidence = "own"


class LateRow(Row):
    """By when units hand in: so many days before the town's deadline whose code is ``deadline`` with the year."""

    deadline: str = "submit"
    days_before: int = Field(default=0, ge=0, le=180)
    confidence: Confidence = "own"


class DraftRow(Row):
    """The text that an explanation begins with; ``____`` marks what is to be filled in."""

    text: str = "{title}\n\n{standard}\n\n{clauses}"
    confidence: Confidence = "own"


class FormRow(Row):
    """The sheet that goes before the materials of a standard."""

    title: str = later("测评材料提交表")
    confidence: Confidence = "own"


class SubmissionContent(Row):
    """All that one pack says about the submission."""

    naming: NamingRow | None = None
    explanation: ExplanationRow | None = None
    figures: FiguresRow | None = None
    headings: tuple[HeadingRow, ...] = ()
    summary: SummaryRow | None = None
    answer: AnswerRow | None = None
    photo: PhotoLimitRow | None = None
    file: FileRow | None = None
    late: LateRow | None = None
    draft: DraftRow | None = None
    form: FormRow | None = None
