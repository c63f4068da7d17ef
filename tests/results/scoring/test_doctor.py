"""The check-up: what is left over or does not fit is told with its cure."""

from decimal import Decimal

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.actions import set_figure
from chuangwen.records.measures.models import Round
from chuangwen.records.standards.models import Figure
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.doctor import examine
from tests.town import AT, MeasuredTown


def codes(on=AT) -> set[str]:
    return {one.code for one in examine(on.date())}


def test_one_count_under_one_name_with_two_values_is_told(town: MeasuredTown) -> None:
    """7,663 and 7,612 volunteers stood on one page."""
    first = Figure.objects.get(edition=town.edition)
    assert "one_name" not in codes()
    first.pk, first.code, first.numerator, first.position = None, "F99", "丙", 99
    first.save()
    set_figure(town.round, first, (Decimal(3), Decimal(12)), source="年报", by=MACHINE, at=AT)
    (told,) = [one for one in examine(AT.date()) if one.code == "one_name"]
    assert told.severity == "warn"
    assert "乙" in told.examples[0]
    assert "10" in told.examples[0]
    assert "12" in told.examples[0]


def test_standards_of_editions_that_no_open_round_uses_are_not_asked_for(town: MeasuredTown) -> None:
    """Doctor nagged 149 standards of editions that no open round used."""
    assert "no_lead" in codes()
    newest = close_round(town.round, by=MACHINE, at=AT)
    assert Round.objects.filter(closed_at=None).count() == 0
    assert newest.closed_at is not None
    assert "no_lead" in codes()  # the newest round's, where none is open
