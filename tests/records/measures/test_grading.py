"""Grades stand after the lock, whatever the page that somebody still has open says."""

import pytest
from tests.town import AT

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.grading_actions import grade, lock_material
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.policy import MaterialLocked
from chuangwen.records.standards.models import Requirement


def test_a_page_opened_before_the_lock_does_not_grade_after_it(town) -> None:
    opened = Round.objects.get(pk=town.round.pk)
    requirement = Requirement.objects.get(edition=town.edition, code="I-1-1-M1")
    lock_material(town.round, by=MACHINE, at=AT)
    with pytest.raises(MaterialLocked):
        grade(opened, requirement, "A", by=MACHINE, at=AT)
    with pytest.raises(MaterialLocked):
        lock_material(opened, by=MACHINE, at=AT)
