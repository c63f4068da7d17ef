"""The score of a day, kept for the trend."""

from datetime import date

from chuangwen.records.measures.models import ScoreMark
from chuangwen.results.scoring.queries import RoundScore


def keep_mark(result: RoundScore, *, on: date) -> ScoreMark:
    """Keep the score of a day; a second mark of the same day replaces the first."""
    line = result.total
    made, _ = ScoreMark.objects.update_or_create(
        round=result.round,
        on=on,
        defaults={
            "low": line.low,
            "expected": line.mean,
            "high": line.high,
            "measured": line.measured,
            "interval_low": line.likely[0],
            "interval_high": line.likely[1],
        },
    )
    return made
