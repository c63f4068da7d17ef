"""The roll-up beside its recount: what tests compare."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from chuangwen.work.cases.rollup import COUNTS, STATES, present, recount
from chuangwen.work.cases.tally_models import AreaDay, AreaNow

Tally = dict[Any, dict[str, int]]


def some(found: Mapping[Any, Mapping[str, int]]) -> Tally:
    """Without the noughts."""
    kept = {key: {name: n for name, n in one.items() if n} for key, one in found.items()}
    return {key: one for key, one in kept.items() if one}


def kept_days() -> Tally:
    return some({(row.area_id, row.day): {one: getattr(row, one) for one in COUNTS} for row in AreaDay.objects.all()})


def kept_now() -> Tally:
    return some({row.pk: {one: getattr(row, one) for one in STATES} for row in AreaNow.objects.all()})


def assert_equals_a_recount() -> None:
    """Days and present state are what the cases and their steps say."""
    days: dict[tuple[int, date], dict[str, int]] = recount()
    assert kept_days() == some(days)
    assert kept_now() == some(present(days))
