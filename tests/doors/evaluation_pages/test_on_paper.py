"""What comes out of the printer: no row stands under another heading when the columns for the hand are left out."""

import pytest
from tests.paired import Paired, pair
from tests.paper import crooked
from tests.town import MeasuredTown


@pytest.fixture
def paired(town: MeasuredTown) -> Paired:
    """The small town with the minors' system, whose losses stand in a table of their own."""
    return pair(town)


def test_a_row_that_loses_another_cell_than_its_heading_is_found() -> None:
    head = '<tr><th class="tick"></th><th>标准</th><th>已失</th><th>在办</th></tr>'
    shifted = '<tr><th></th><td>文明办</td><td>0.2</td><td class="no-print">清单</td></tr>'
    assert crooked(f"<table>{head}{shifted}</table>") == ["columns [0, 3]: 文明办0.2清单"]
    right = '<tr><td class="tick"></td><th colspan="2">文明办</th><td><a class="no-print">清单</a></td></tr>'
    assert crooked(f"<table>{head}{right}</table>") == []
    assert crooked('<table><tr><td rowspan="2">甲</td><td>1</td></tr><tr><td>2</td></tr></table>') == []


@pytest.mark.parametrize("asked", ["", "?q=没有这样的"])
def test_the_losses_keep_their_totals_under_their_headings(paired, signed_in_as, asked: str) -> None:
    page = signed_in_as("limin").get(f"/losses/{asked}").content.decode()
    assert '<th class="tick">' in page
    assert crooked(page) == []
