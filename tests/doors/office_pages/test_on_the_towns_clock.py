"""What leaves the product tells the town's day and clock: nothing is eight hours early, no refusal names yesterday."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.urls import reverse
from tests.town import MeasuredTown

from chuangwen.kernel.sheet_writing import TableColumn, TableText, write_table
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.event_actions import NewEvent, record_event, withdraw_event
from chuangwen.records.measures.grading_actions import lock_material
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.policy import EventWithdrawn, MaterialLocked, why_not_change_event, why_not_grade
from chuangwen.results.submission.models import Submission
from chuangwen.results.submission.policy import why_locked

EARLY = datetime(2021, 10, 13, 23, 30, 5, tzinfo=UTC)
"""Half past seven in the morning of 14 October, as it comes back from the database."""


def cells(data: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell is not None]


def test_the_ledger_leaves_as_it_is_read_on_the_page(town: MeasuredTown, signed_in_as) -> None:
    lock_material(town.round, by=MACHINE, at=EARLY)
    note = Note.objects.order_by("-number").first()
    assert note is not None
    assert note.at == EARLY
    told = cells(signed_in_as("zhengming").get(reverse("ledger_export")).content)
    assert "2021-10-14 07:30:05" in told
    assert not [one for one in told if "23:30" in one]
    page = signed_in_as("zhengming").get(reverse("ledger")).content.decode()
    assert "2021-10-14 07:30:05" in page
    assert "23:30" not in page


def test_any_table_writes_a_stored_moment_on_the_towns_clock() -> None:
    assert "2021-10-14 07:30" in cells(write_table([TableColumn("时间")], [[EARLY]], TableText("表")))


def test_refusals_name_the_towns_day(town: MeasuredTown) -> None:
    event = record_event(town.edition, NewEvent("G01", "数据造假", date(2021, 10, 1)), by=MACHINE, at=EARLY)
    withdraw_event(event, reason="查无此事", by=MACHINE, at=EARLY)
    event.refresh_from_db()
    lock_material(town.round, by=MACHINE, at=EARLY)
    locked = Round.objects.get(pk=town.round.pk)
    sent = Submission(year=2021, locked_at=EARLY)
    for no, kind in (
        (why_not_change_event(event, "再改"), EventWithdrawn),
        (why_not_grade(locked), MaterialLocked),
        (why_locked(sent), None),
    ):
        assert kind is None or isinstance(no, kind)
        assert "2021-10-14" in str(no)


@pytest.mark.parametrize(
    "address",
    [
        "archive_export", "releases_export", "cases_export", "case_figures_export", "rotas_export", "duties_export",
        "losses_export", "observations_export", "materials_export", "people_export", "sites_export",
    ],
)  # fmt: skip
def test_no_export_holds_a_time_with_a_zone(town: MeasuredTown, office, signed_in_as, address: str) -> None:
    told = cells(signed_in_as("limin").get(reverse(address)).content)
    assert not [one for one in told if "+00:00" in one or one.endswith("Z")]
