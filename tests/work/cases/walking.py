"""The shipped town at work: random people of every role try random things on cases of every kind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from hypothesis import strategies as st

from chuangwen.kernel.fields import FieldRow, Kind
from chuangwen.kernel.refusal import Refusal
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.records.township.actions import assign_role, move_person, withdraw_role
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Assignment, Organisation, Person, RoleDefinition, Site
from chuangwen.work.cases.actions import open_case, openings_for, take
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.escalating import Swept, sweep
from chuangwen.work.cases.handing import hand_over
from chuangwen.work.cases.merge_actions import merge
from chuangwen.work.cases.models import Attachment, Case, CaseLink, Category, Comment, Reporter, Step
from chuangwen.work.cases.policy import RESIDENT, why_not_take
from chuangwen.work.cases.said import NewCase, NewReporter, Said
from chuangwen.work.cases.side_actions import also_report, comment, say_satisfied
from chuangwen.work.cases.tally_models import AreaDay
from chuangwen.work.cases.types import definition, in_force, type_of
from tests.shipped import BESIDE, CAST, START

KINDS = [
    "rectification", "appeal", "petition", "dispute", "hazard", "building", "illegal_building", "supervision",
    "accountability", "upper",
]  # fmt: skip
UNITS = ["sjs", "zfd", "csb", "sfs", "zzb", "bmz", "cwb", "jiw", "v219", "v001"]
AREAS = ["v219", "v001", ""]
WORDS = ["情况属实", "已当场告知负责人", "<b>已办</b>", "照片在附件里"]
MOST = 5
ODD: list[object] = [
    "",
    "　",
    "💥",
    "9999 工作日",
    "没有的编号",
    "<script>",
    "-1",
    "x" * 5000,
    "2021-13-45",
    ["", "假的"],
    7,
]


@dataclass(frozen=True)
class Try:
    """One thing that somebody tries: plain numbers, read by the walk as it goes."""

    who: int
    what: int
    how: int
    wait: int
    salt: int


NUMBERS = st.integers(0, 999)
WAITS = st.sampled_from([0, 1, 20, 90, 240, 600, 1440, 4320, 10080])  # minutes


def tries(least: int, most: int) -> st.SearchStrategy[list[Try]]:
    """A walk of so many tries."""
    return st.lists(st.builds(Try, NUMBERS, NUMBERS, st.integers(0, 23), WAITS, NUMBERS), min_size=least, max_size=most)


@contextmanager
def undone() -> Iterator[None]:
    """What happens within leaves nothing behind."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Walk:
    """The town while it is being walked. ``tried`` tells what happened, for whoever reads a failure."""

    kind: str
    at: datetime = START
    cases: list[int] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    photos: int = 0
    versions: dict[int, int] = field(default_factory=dict)  # of the cases when somebody last changed place
    held: dict[int, object] = field(default_factory=dict)  # the trace of each case when last looked at
    _actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def people(self) -> list[str]:
        return [*CAST, *BESIDE]

    def actor(self, username: str) -> Actor:
        if username not in self._actors:
            self._actors[username] = actor_for(Person.objects.get(username=username))
        return self._actors[username]

    def case(self, number: int) -> Case:
        rows = Case.objects.select_related("type", "lead", "area", "accused", "holder", "opener", "turn_unit")
        return rows.prefetch_related("assisting").get(pk=self.cases[number % len(self.cases)])

    # ---- what is tried

    def openings(self) -> list[tuple[By, MoveRow]]:
        """Who may open a case of the kind now, and how; nobody, once those who might have moved elsewhere."""
        type_ = definition(in_force(self.kind))
        offered: list[tuple[By, MoveRow]] = [
            (self.actor(one), move) for one in self.people for move in openings_for(type_, self.actor(one))
        ]
        return offered + [(RESIDENT, move) for move in type_.openings if "@resident" in move.who]

    def begin(self, salt: int) -> Case:
        """Open a case of the kind by somebody who may."""
        type_, offered = definition(in_force(self.kind)), self.openings()
        by, move = offered[salt * 7 % len(offered)]
        area = AREAS[salt % len(AREAS)]
        site = Site.objects.filter(organisation__code=area).first() if salt % 2 else None
        new = NewCase(
            kind=self.kind,
            title=f"路口积水 {salt}",
            move=move.id,
            area=Organisation.objects.get(code=area) if area else None,
            site=site,
            urgent=salt % 11 == 0,
            reporter=NewReporter(f"群众{salt}", "13900001234", confidential=salt % 3 == 0) if salt % 5 else None,
        )
        said = self.said(type_, move, salt, lead="nobody's")
        case = open_case(new, said, by=by, at=self.at)
        self.cases.append(case.pk)
        return case

    def said(
        self, type_: CaseTypeRow, move: MoveRow, salt: int, *, lead: str | None = "", odd: int = 0, empty: bool = False
    ) -> Said:
        """Answers as a person gives them; ``odd`` of every four are nonsense, ``empty`` gives none at all."""
        answers: dict[str, object] = {}
        for order, row in enumerate(() if empty else type_.fields_of(move)):
            pick = salt + order * 31
            if pick % 4 < odd:
                answers[row.id] = ODD[pick % len(ODD)]
            elif row.required or row.id in move.needs or pick % 3 == 0:
                answers[row.id] = good_answer(row, type_, pick)
        if lead is not None and "person" in answers and not odd:
            there = [one for one in self.people if (unit := self.actor(one).organisation) and unit.code == lead]
            answers["person"] = there[salt % len(there)] if there else ""
        photos = [self.photo(salt) for _ in range(0 if empty else move.photos)]
        files = [self.photo(salt) for _ in range(0 if empty else move.files)]
        return Said(answers, "" if empty else WORDS[salt % len(WORDS)], photos, files)

    def photo(self, salt: int) -> StoredFile:
        self.photos += 1
        return StoredFile.objects.create(
            sha256=f"{self.photos:064d}", size=1, media_type="image/jpeg", name=f"{salt}.jpg", kept_at=self.at
        )

    def willing(self, case: Case, move: MoveRow, who: int) -> By | None:
        """Somebody who may take the move, or nobody."""
        found: list[By] = [one for name in self.people if why_not_take(case, move, one := self.actor(name)) is None]
        if why_not_take(case, move, RESIDENT) is None:
            found.append(RESIDENT)
        return found[who % len(found)] if found else None

    def changes_place(self, one: Try) -> None:
        """Somebody gets another role, loses it again, or goes to another unit."""
        person = Person.objects.get(username=self.people[one.who % len(self.people)])
        held = Assignment.objects.filter(person=person, withdrawn_at=None, administrative=False).first()
        if one.what % 3 == 0:
            unit = Organisation.objects.get(code=UNITS[one.salt % len(UNITS)])
            move_person(person, by=MACHINE, at=self.at, organisation=unit)
        elif one.what % 3 == 1 and held is not None:
            withdraw_role(held, by=MACHINE, at=self.at)
        else:
            roles = list(RoleDefinition.objects.filter(administrative=False).order_by("order"))
            assign_role(person, roles[one.salt % len(roles)], by=MACHINE, at=self.at)
        self._actors.clear()
        self.versions = dict(Case.objects.values_list("pk", "version"))

    def sweeps(self) -> Swept:
        swept = sweep(by=MACHINE, at=self.at)
        self.cases += list(Case.objects.exclude(pk__in=self.cases).order_by("pk").values_list("pk", flat=True))
        return swept

    def talks(self, one: Try) -> None:
        """What residents and colleagues do beside the moves."""
        case, actor = self.case(one.what), self.actor(self.people[one.who % len(self.people)])
        reporter = Reporter.objects.filter(case=case).first()
        if one.salt % 4 == 3:
            hand_over(case, Person.objects.get(username=self.people[one.salt % len(self.people)]), by=actor, at=self.at)
        elif one.salt % 3 == 0:
            comment(case, "@刘芳 @梁云峰 请看一下", by=actor, at=self.at)
        elif one.salt % 3 == 1 or reporter is None:
            also_report(case, NewReporter("又一位", "13900005678"), by=RESIDENT, at=self.at)
        else:
            say_satisfied(
                reporter.code, solved=one.who % 2 == 0, stars=one.who % 5 + 1, said="好", by=RESIDENT, at=self.at
            )

    def merges(self, one: Try) -> Case:
        actor = self.actor(self.people[one.who % len(self.people)] if one.salt % 3 == 0 else "limin")
        return merge(
            self.case(one.what), self.case(one.what + 1 + one.salt % 2), by=actor, at=self.at, sure=one.salt % 5 > 0
        )

    def moves(self, one: Try) -> tuple[Case, MoveRow, By, Said] | None:
        """What is tried on a case: by whom, which move, with which words. ``None`` when nobody may do anything."""
        case = self.case(one.who)
        type_ = type_of(case)
        open_now = [move for move in type_.moves if case.state in move.sources]
        if one.how == 8:
            move, by = type_.moves[one.what % len(type_.moves)], self.actor(self.people[one.who % len(self.people)])
            return case, move, by, self.said(type_, move, one.salt)
        if not open_now or case.merged_into_id:
            return None
        move = open_now[one.what % len(open_now)]
        by_ = self.willing(case, move, one.who)
        if by_ is None:
            return None
        lead = case.lead.code if case.lead and one.salt % 5 else None
        said = self.said(type_, move, one.salt, lead=lead, odd=2 if one.how == 10 else 0, empty=one.how == 9)
        version = {11: case.version - 1, 12: case.version}.get(one.how)
        mark = f"mark-{len(self.tried)}" if one.salt % 2 else ""
        return case, move, by_, Said(said.answers, said.text, said.photos, said.files, version, mark)


def good_answer(row: FieldRow, type_: CaseTypeRow, pick: int) -> object:
    """An answer that the field takes."""
    codes: dict[Kind, Callable[[], object]] = {
        Kind.UNIT: lambda: UNITS[pick % len(UNITS)],
        Kind.UNITS: lambda: [UNITS[pick % len(UNITS)], UNITS[pick * 3 % len(UNITS)]],
        Kind.PERSON: lambda: _person(row, pick),
        Kind.CATEGORY: lambda: _category(type_.type.categories, pick),
        Kind.CHOICE: lambda: row.options[pick % len(row.options)],
        Kind.CHOICES: lambda: list(row.options) if row.least else [row.options[pick % len(row.options)]],
        Kind.TABLE: lambda: "甲某，男\n乙某，女",
        Kind.INTEGER: lambda: str(min(int(row.most or 9), int(row.least or 1) + pick % 2)),
        Kind.DECIMAL: lambda: str(min(int(row.most or 99), int(row.least or 0) + pick % 40)),
    }
    return (
        codes[row.kind]()
        if row.kind in codes
        else _PLAIN.get(row.kind, ["情况如实"])[pick % len(_PLAIN.get(row.kind, [1]))]
    )


_PLAIN: Mapping[Kind, list[str]] = {
    Kind.DATE: ["2021-10-14", "2021-11-30"],
    Kind.MOMENT: ["2021-10-14T09:30"],
    Kind.YES_NO: ["yes", "no"],
    Kind.STARS: ["5", "4", "1"],
    Kind.TERM: ["3 工作日", "2 日", "4 工作时", "12 紧急工作时", "30 日", "25 工作日"],
    Kind.PHONE: ["13900001234"],
    Kind.ID_NUMBER: ["11010519491231002X"],
}


def _person(row: FieldRow, pick: int) -> str:
    """Anybody, or somebody of the role that the field asks for."""
    holding = Assignment.objects.filter(role__in=row.roles, withdrawn_at=None, person__is_active=True)
    names = sorted(holding.values_list("person__username", flat=True)) if row.roles else [*CAST, *BESIDE]
    return names[pick % len(names)] if names else ""


def _category(table: str, pick: int) -> str:
    codes = list(Category.objects.filter(table=table).order_by("order").values_list("code", flat=True))
    return codes[pick % len(codes)]


def picture() -> dict[str, object]:
    """Everything that a refused try must leave as it was."""
    tables = (Case, Step, Note, Notice, Attachment, Reporter, Comment, CaseLink, AreaDay)
    return {one.__name__: list(one.objects.order_by("pk").values()) for one in tables[:1]} | {
        one.__name__: one.objects.count() for one in tables[1:]
    }


def refused(act: Callable[[], object]) -> Refusal | None:
    """Try it; a refusal has changed nothing at all, and says something."""
    before, no = picture(), None
    try:
        act()
    except Refusal as refusal:
        no = refusal
    if no is not None:
        assert picture() == before, no
        assert str(no).strip()
    return no


def go(walk: Walk, one: Try, after: Callable[[Walk, Case], None]) -> None:
    """One try, and what must hold of the case afterwards."""
    walk.at += timedelta(minutes=one.wait)
    match one.how:
        case 13:
            no = refused(lambda: walk.merges(one))
            walk.tried.append(f"merge: {no}")
        case 14 | 15:
            notes = Note.objects.count()
            swept = walk.sweeps()
            assert Note.objects.count() - notes == len(swept.warned) + len(swept.climbed) + len(swept.opened)
            assert walk.sweeps() == Swept()
            walk.tried.append(f"sweep: {swept}")
        case 16:
            walk.tried.append(f"talk: {refused(lambda: walk.talks(one))}")
        case 17:
            walk.tried.append(f"place: {refused(lambda: walk.changes_place(one))}")
        case _:
            _go_by_move(walk, one)
    now = traces()
    for number, key in enumerate(walk.cases):
        if walk.held.get(key) != now[key]:
            after(walk, walk.case(number))
    walk.held = now


def traces() -> dict[int, object]:
    """All that is written of each case: its row, its steps, its notes, what was merged into it.

    What held of a case of which nothing has changed holds still.
    """
    rows = {row["id"]: row for row in Case.objects.values()}
    steps, notes, into = ({key: [] for key in rows} for _ in range(3))
    keys = {row["number"]: key for key, row in rows.items()}
    for step in Step.objects.order_by("pk").values():
        steps[step["case_id"]].append(step)
    for number, verb in Note.objects.filter(kind="case").order_by("number").values_list("key", "verb"):
        notes[keys[number]].append(verb)
    for row in rows.values():
        if row["merged_into_id"]:
            into[row["merged_into_id"]].append((row["id"], row["closed_at"]))
    return {key: (row, steps[key], notes[key], into[key]) for key, row in rows.items()}


def _go_by_move(walk: Walk, one: Try) -> None:
    found = walk.moves(one)
    if found is None:
        if len(walk.cases) < MOST and walk.openings():
            walk.tried.append(f"{walk.begin(one.salt).number} opened")
        return
    case, move, by, said = found
    notes, steps = Note.objects.count(), Step.objects.count()
    no = refused(lambda: take(case, move.id, said, by=by, at=walk.at))
    walk.tried.append(f"{case.number} {case.state} {move.id} by {by.username} how {one.how}: {no}")
    stale = said.version is not None and said.version < case.version
    if stale or (one.how == 9 and (move.needs or move.photos or move.note == "needed")):
        assert no is not None, walk.tried[-12:]
    if stale:
        last = case.steps.order_by("-number").first()
        assert no is not None
        assert no.code == "changed_meanwhile", walk.tried[-12:]
        assert last is not None
        assert last.by in str(no), walk.tried[-12:]
    if no is not None:
        return
    assert (Note.objects.count() - notes, Step.objects.count() - steps) == (1, 1)
    if said.mark:
        before = picture()
        take(case, move.id, said, by=by, at=walk.at)
        assert picture() == before
