"""The submission's rules in force: what all installed packs say together, with plain defaults where none says anything."""

from dataclasses import dataclass, field

from chuangwen.results.submission.definitions import (
    AnswerRow,
    DraftRow,
    ExplanationRow,
    FiguresRow,
    FileRow,
    FormRow,
    HeadingRow,
    LateRow,
    NamingRow,
    PhotoLimitRow,
    SubmissionContent,
    SummaryRow,
)
from chuangwen.results.submission.models import SubmissionRules


@dataclass(frozen=True)
class Rules:
    """One answer to each question."""

    naming: NamingRow = field(default_factory=NamingRow)
    explanation: ExplanationRow = field(default_factory=ExplanationRow)
    figures: FiguresRow = field(default_factory=FiguresRow)
    headings: tuple[HeadingRow, ...] = ()
    summary: SummaryRow = field(default_factory=SummaryRow)
    answer: AnswerRow = field(default_factory=AnswerRow)
    photo: PhotoLimitRow = field(default_factory=PhotoLimitRow)
    file: FileRow = field(default_factory=FileRow)
    late: LateRow = field(default_factory=LateRow)
    draft: DraftRow = field(default_factory=DraftRow)
    form: FormRow = field(default_factory=FormRow)


def rules_in_force() -> Rules:
    """Read in one query; what a later pack says stands over what an earlier one said."""
    row = SubmissionRules.objects.filter(pk=1).first()
    said: dict[str, object] = {}
    for content in row.content.values() if row else ():
        found = SubmissionContent.model_validate(content)
        said |= {key: value for key, value in found if value}
    return Rules(**said)  # type: ignore[arg-type] # the names of both are the same
