"""Declared fields as a page shows them: the control by kind, the choices by name, what was typed before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chuangwen.kernel.fields import FieldRow, Kind, masked, told
from chuangwen.kernel.words import say
from chuangwen.records.township.models import Assignment, Organisation, Person
from chuangwen.work.cases.definitions import CaseTypeRow
from chuangwen.work.cases.models import Case, Category
from chuangwen.work.rotas.models import Rota
from chuangwen.work.rotas.queries import candidates, on_duty

CONTROLS = {
    Kind.LONG: "long",
    Kind.TABLE: "table",
    Kind.CHOICE: "choice",
    Kind.CHOICES: "choices",
    Kind.YES_NO: "yes_no",
    Kind.STARS: "stars",
    Kind.UNIT: "select",
    Kind.UNITS: "many",
    Kind.PERSON: "select",
    Kind.CATEGORY: "category",
    Kind.GRADE: "choice",
}
INPUTS = {
    Kind.INTEGER: "number",
    Kind.DATE: "date",
    Kind.MOMENT: "datetime-local",
    Kind.PHONE: "tel",
}


@dataclass(frozen=True)
class Option:
    """One choice; ``group`` names the heading it stands under."""

    value: str
    label: str
    chosen: bool = False
    group: str = ""


@dataclass(frozen=True)
class Shown:
    """A field ready to be drawn by ``parts/_declared.html``."""

    row: FieldRow
    control: str
    input: str
    value: str
    required: bool
    options: Sequence[Option] = field(default_factory=tuple)
    wrong: str = ""

    @property
    def name(self) -> str:
        return f"f-{self.row.id}"


@dataclass
class Choices:
    """What fields may name, read once for a page."""

    table: str = ""
    grades: Sequence[str] = ()
    _units: list[tuple[str, str]] | None = None
    _people: list[tuple[str, str, str]] | None = None
    _categories: list[Category] | None = None

    def units(self) -> list[tuple[str, str]]:
        if self._units is None:
            self._units = list(Organisation.objects.filter(closed=None).order_by("order").values_list("code", "name"))
        return self._units

    def people(self) -> list[tuple[str, str, str]]:
        if self._people is None:
            rows = Person.objects.filter(is_active=True).order_by("organisation__order", "name")
            self._people = list(rows.values_list("username", "name", "organisation__short"))
        return self._people

    def rota(self, code: str) -> tuple[str, set[str]]:
        """What a rota is called, and the user names of those who may be put on it."""
        rota = Rota.objects.filter(code=code).first() if code else None
        return (rota.title, set(candidates(rota).values_list("username", flat=True))) if rota else ("", set())

    def holding(self, roles: Sequence[str]) -> set[str] | None:
        """User names of those who hold one of the roles; ``None`` where no role is asked."""
        rows = Assignment.objects.filter(role__in=roles, withdrawn_at=None, person__is_active=True)
        return set(rows.values_list("person__username", flat=True)) if roles else None

    def categories(self) -> list[Category]:
        if self._categories is None:
            self._categories = list(Category.objects.filter(table=self.table, retired=False).order_by("order"))
        return self._categories


def shown(
    rows: Sequence[FieldRow],
    needs: Sequence[str],
    said: Mapping[str, Sequence[str]],
    choices: Choices,
    wrong: Mapping[str, str],
) -> list[Shown]:
    """The fields of a move, with what was said and what was wrong with it."""
    found = []
    for row in rows:
        values = [str(one) for one in said.get(row.id, ())]
        found.append(
            Shown(
                row=row,
                control=CONTROLS.get(row.kind, "input"),
                input=INPUTS.get(row.kind, "text"),
                value="\n".join(values) if row.kind is Kind.TABLE else (values[0] if values else ""),
                required=row.required or row.id in needs,
                options=_options(row, values, choices),
                wrong=wrong.get(row.id, ""),
            )
        )
    return found


def _options(row: FieldRow, values: Sequence[str], choices: Choices) -> list[Option]:
    if row.kind in {Kind.CHOICE, Kind.CHOICES}:
        return [Option(one, one, one in values) for one in row.options]
    if row.kind is Kind.GRADE:
        return [Option(one, one, one in values) for one in choices.grades]
    if row.kind in {Kind.UNIT, Kind.UNITS}:
        return [Option(code, name, code in values) for code, name in choices.units()]
    if row.kind is Kind.PERSON:
        return person_options(row, values, choices)
    if row.kind is Kind.CATEGORY:
        return category_options(choices, values)
    return []


def person_options(row: FieldRow, values: Sequence[str], choices: Choices) -> list[Option]:
    """People with their units; those of the field's rota first."""
    title, first = choices.rota(row.rota)
    rest, holding = say("其他人员") if first else "", choices.holding(row.roles)
    found = [
        Option(code, f"{name}（{unit or ''}）", code in values, title if code in first else rest)
        for code, name, unit in choices.people()
        if holding is None or code in holding
    ]
    return sorted(found, key=lambda one: one.value not in first)


def proposed(rows: Sequence[FieldRow], at: datetime) -> dict[str, list[str]]:
    """Whom rotas propose: for each field with a rota the person on duty that day, if there is one."""
    shifts = {row.id: on_duty(row.rota, at) for row in rows if row.rota}
    return {name: [shift.person.username] for name, shift in shifts.items() if shift is not None}


def category_options(choices: Choices, values: Sequence[str]) -> list[Option]:
    """Lower categories under their upper one; an upper one without any stands alone."""
    rows = choices.categories()
    names = {one.code: one.title for one in rows}
    parents = {one.parent for one in rows if one.parent}
    return [
        Option(one.code, one.title, one.code in values, names.get(one.parent, ""))
        for one in rows
        if one.code not in parents
    ]


@dataclass(frozen=True)
class Fact:
    """A field that was filled in, as text; ``private`` when it is masked."""

    row: FieldRow
    text: str
    private: bool = False


def filled(case: Case, type_: CaseTypeRow, opened: Mapping[str, object]) -> list[Fact]:
    """The filled-in fields of a case in the type's order: private ones masked unless ``opened`` holds them.

    A code is looked up among things of the field's own kind: a unit and a person may have the same one.
    """
    names = _names(case, type_)
    found = []
    for row in type_.fields:
        if row.id in case.answers and row.kind is not Kind.CATEGORY:
            found.append(Fact(row, told(row, case.answers[row.id], names.get(row.kind))))
        elif row.id in case.hidden:
            clear = row.id in opened
            text = told(row, opened[row.id], names.get(row.kind)) if clear else masked(row, case.hidden[row.id])
            found.append(Fact(row, text, not clear))
    return found


def facts_of(case: Case, type_: CaseTypeRow, opened: Mapping[str, object]) -> list[tuple[str, str, bool]]:
    """The same as (title, text, private)."""
    return [(one.row.title, one.text, one.private) for one in filled(case, type_, opened)]


def _names(case: Case, type_: CaseTypeRow) -> dict[Kind, dict[str, str]]:
    """Names of what the fields of each kind name, in a query for units and one for people."""
    units = _codes(case, type_, {Kind.UNIT, Kind.UNITS})
    people = _codes(case, type_, {Kind.PERSON})
    of_units = dict(Organisation.objects.filter(code__in=units).values_list("code", "name")) if units else {}
    of_people = dict(Person.objects.filter(username__in=people).values_list("username", "name")) if people else {}
    return {Kind.UNIT: of_units, Kind.UNITS: of_units, Kind.PERSON: of_people}


def _codes(case: Case, type_: CaseTypeRow, kinds: set[Kind]) -> list[str]:
    said = {**case.answers, **case.hidden}
    values = [said[row.id] for row in type_.fields if row.kind in kinds and row.id in said]
    return [str(one) for value in values for one in (value if isinstance(value, list) else [value])]
