"""Reading one case afresh and writing it back, unless somebody was faster."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from django.db import connection

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.kit.row_writes import change
from chuangwen.kit.rows import by_keys
from chuangwen.records.township.actors import OF_THE_ACCOUNT, OF_THE_UNIT
from chuangwen.records.township.models import Organisation, Person
from chuangwen.work.cases.models import Case, CaseType
from chuangwen.work.cases.policy import not_open_now
from chuangwen.work.cases.types import type_of

FIELDS = [one.attname for one in Case._meta.concrete_fields if not one.primary_key]  # noqa: SLF001 - a public name
BESIDE = ("lead", "area", "accused")
MOVED_BY_THE_CLOCK = ("warned", "rung")


class ChangedMeanwhile(Refusal):
    """Two people at once: the second is told what the first did."""

    code = "changed_meanwhile"
    sentence = later("{case}刚被{by}办了“{title}”，现在是“{state}”。你填的内容还在，请看过后再提交。")


class Overtaken(Exception):
    """The case is no longer as it was read."""


def fresh(pk: int) -> Case:
    """The case as it is now with all that policy and engine ask for; inside a transaction locked until that ends."""
    case = by_keys(Case, [pk], lock=connection.in_atomic_block).get(pk)
    if case is None:
        raise Case.DoesNotExist
    case.type = by_keys(CaseType, [case.type_id], without=("content",))[case.type_id]
    units = by_keys(Organisation, [getattr(case, f"{side}_id") for side in BESIDE], without=OF_THE_UNIT)
    for side in BESIDE:
        setattr(case, side, units.get(getattr(case, f"{side}_id")))
    case.holder = by_keys(Person, [case.holder_id], without=OF_THE_ACCOUNT).get(case.holder_id or 0)
    case.as_read = {name: deepcopy(value) if isinstance(value, dict) else value for name, value in _values(case)}
    return case


def write(case: Case) -> None:
    """Write what has changed if the case is still as it was read; the version has been raised already."""
    read = case.as_read
    changed = {name: value for name, value in _values(case) if read[name] != value}
    still = {name: read[name] for name in ("version", *MOVED_BY_THE_CLOCK)}
    if not change(case, changed, still):
        raise Overtaken


def _values(case: Case) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(case, name)) for name in FIELDS)


def changed_meanwhile(case: Case) -> Refusal:
    """What the first of two people did."""
    last = case.steps.order_by("-number").first()
    state = type_of(case).state(case.state).title
    if last is None:
        return not_open_now(case, type_of(case).openings[0])
    return ChangedMeanwhile(case=case.number, by=last.by, title=last.title, state=state)
