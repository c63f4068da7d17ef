"""In what a row differs from the case with its number: what may be corrected, and what stays for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chuangwen.kernel.fields import FieldRow, Kind, masked, told
from chuangwen.kernel.words import lasting, say
from chuangwen.work.cases.case_rows import TITLES, CaseRow, Change, RowReporter
from chuangwen.work.cases.models import Case, Phase, Reporter
from chuangwen.work.cases.row_desk import Desk
from chuangwen.work.cases.row_finished import split

STEERING = {Kind.CATEGORY, Kind.UNIT, Kind.UNITS, Kind.PERSON, Kind.TERM, Kind.GRADE}
"""Declared fields that decide who answers and by when: a move changes them, no table."""
LEFT = lasting("{number} 的{title}登记的是“{old}”，表里是“{new}”：没有改，请在事项里办")
STILL_OPEN = lasting("{number} 在表里已于 {day} 办结，在本系统还在办：请在事项里办结")


@dataclass
class Differences:
    """``values`` are the new values by field; ``left`` tells what the table cannot change. ``replacing``: the changes,

    and ``replaced`` their values, when a reporter nobody knows is the known one written rightly.
    """

    changes: list[Change] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    replacing: list[Change] = field(default_factory=list)
    replaced: dict[str, object] = field(default_factory=dict)

    def add(self, change: Change, value: object) -> None:
        self.changes.append(change)
        self.values[change.field] = value


def differences(row: CaseRow, case: Case, desk: Desk) -> Differences:
    """All differences; an empty cell says nothing."""
    found = Differences()
    for name in ("title", "text", "address"):
        new, old = str(getattr(row, name)).strip(), str(getattr(case, name))
        if new and new != old:
            found.add(Change(name, say(TITLES[name]), old, new), new)
    for one in desk.fields:
        _answer(found, one, (case, desk), desk.answers.get(row.at, {}).get(one.id))
    _reporters(found, row.reporters, list(case.reporters.all()))
    changes, left = split(row, case, desk)
    for change, value in changes:
        found.add(change, value)
    found.left += [*left, *_left(row, case, desk)]
    return found


def _answer(found: Differences, one: FieldRow, beside: tuple[Case, Desk], new: object) -> None:
    case, desk = beside
    old = {**case.answers, **case.hidden}.get(one.id)
    if new is None or new == old or one.kind in STEERING or one.id == desk.type.type.conceals:
        return
    told_old = told(one, old) if old is not None else ""
    found.add(Change(f"answer:{one.id}", one.title, told_old, told(one, new), one.private), new)


def _reporters(found: Differences, said: Sequence[RowReporter], there: Sequence[Reporter]) -> None:
    """Each reporter of the row beside the one with the same name or phone; one whom nobody knows is asked about."""
    for who in said:
        if any(_agrees(who, one) for one in there):
            continue
        mine = [one for one in there if who.name and one.name == who.name] or [
            one for one in there if who.phone and one.phone == who.phone
        ]
        if len(mine) == 1:
            _contact(found, who, mine[0])
            continue
        key = "another" if "another" not in found.values else f"another:{len(found.values)}"
        found.add(Change(key, say("反映人"), "", _called(who), private=True), who)
        if len(there) == 1:
            beside = Differences()
            _contact(beside, who, there[0])
            found.replacing, found.replaced = beside.changes, beside.values


def _agrees(who: RowReporter, one: Reporter) -> bool:
    return who.name in {"", one.name} and who.phone in {"", one.phone}


def _contact(found: Differences, who: RowReporter, one: Reporter) -> None:
    for name, title in (("name", TITLES["reporter"]), ("phone", TITLES["phone"])):
        new, old = getattr(who, name), getattr(one, name)
        if new and new != old:
            found.add(Change(f"{name}:{one.pk}", say(title), old, new, private=True), new)


def _called(who: RowReporter) -> str:
    return " ".join(one for one in (who.name, who.phone) if one)


def masked_text(one: Change, text: str) -> str:
    """A value of a change as those may see it who need not know a reporter or a private field."""
    kind = Kind.PHONE if one.field.startswith("phone") else Kind.TEXT
    return masked(FieldRow(id="value", title=one.title, kind=kind), text) if one.private and text else text


def _left(row: CaseRow, case: Case, desk: Desk) -> Iterator[str]:
    """What decides about place, kind, unit and clock is changed by the moves of the case alone."""
    there = {
        "area": case.area.code if case.area else "",
        "site": case.site.code if case.site else "",
        "category": case.category,
        "lead": case.lead.code if case.lead else "",
    }
    for name, old in there.items():
        new = getattr(row, name)
        if new and old and new != old:
            names = {"category": desk.lists.categories, "site": desk.sites}.get(name, desk.units)
            yield say(LEFT, number=case.number, title=say(TITLES[name]), old=_name(names, old), new=_name(names, new))
    if row.closed is not None and case.phase != Phase.CLOSED:
        yield say(STILL_OPEN, number=case.number, day=f"{row.closed:%Y-%m-%d}")


def _name(table: object, code: str) -> str:
    found = table.get(code) if isinstance(table, dict) else None
    return str(getattr(found, "title", "") or getattr(found, "name", "") or code)
