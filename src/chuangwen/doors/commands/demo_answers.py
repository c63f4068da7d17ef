"""What the demo's rounds were handed in with: made up, and written down at once with one note; a town puts it in by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import MACHINE, Thing, note
from chuangwen.records.measures.models import FigureValue, Round, Tally

BATCH = 400


@dataclass(frozen=True)
class Submission:
    """Tallies and figures of one round, ready to be written."""

    tallies: Sequence[Tally]
    figures: Sequence[FigureValue]


def write_submission(round_: Round, rows: Submission, *, at: datetime) -> None:
    """Write the whole submission of a round that was opened just now (inside the demo's transaction)."""
    Tally.objects.bulk_create(rows.tallies, batch_size=BATCH)
    FigureValue.objects.bulk_create(rows.figures)
    after = {"tallies": len(rows.tallies), "figures": len(rows.figures), "from": "demo"}
    note(Thing("round", round_.code, round_.title), later("导入申报结果"), by=MACHINE, at=at, after=after)
