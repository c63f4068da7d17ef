"""A third-party table matched to the town and weighed against a round: what it would do, what must be answered first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from django.utils import timezone

from chuangwen.doors.packs.observed_faults import Faults
from chuangwen.doors.packs.observed_lines import dry_run
from chuangwen.kernel.answers import ContradictoryResult
from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.dry_run import DryRun
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.tables.telling import Option
from chuangwen.kernel.words import later, say
from chuangwen.records.measures.models import Round, Source
from chuangwen.records.measures.table import KnownCheck, KnownSite, ObservationRow, Register, read_observations
from chuangwen.records.measures.visit_actions import TakenIn
from chuangwen.records.measures.visit_policy import CheckNotHere, NoSuchYear, NotYet, OldRowUnknown, SiteNotInUse
from chuangwen.records.measures.visits import Answers, Ask, Choice, Found, Item
from chuangwen.records.measures.weighing import Plan, Weighed, weigh_in
from chuangwen.records.standards.models import Check, Edition
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Person, Site

NOON = time(12)  # stands where a table says the day alone
ASKED_ONE_BY_ONE = 20
NOBODY = "nobody"


@dataclass(frozen=True)
class TableWeighed:
    """A table and what it would do to a round. The reading carries every problem and question, of whoever found them."""

    reading: TableReading
    rows: Sequence[Found]
    answers: Answers
    plan: Plan

    @property
    def run(self) -> DryRun:
        """What writing would do, in words."""
        return dry_run(self.plan)


def checks_by_key(round_: Round) -> dict[str, Check]:
    """The round's checks by the code a table uses; the companion's carry their pack's name where codes clash."""
    found: dict[str, Check] = {}
    for edition_id in (round_.edition_id, round_.companion_id):
        for check in Check.objects.filter(edition=edition_id).select_related("edition").defer("edition__content"):
            key = check.code if check.code not in found else f"{check.edition.pack}:{check.code}"
            found[key] = check
    return found


def register_of(round_: Round) -> Register:
    """What the rows of a table are matched against."""
    content = Edition.objects.values_list("content", flat=True).get(pk=round_.edition_id)
    types = {row["code"]: row["name"] for row in content["site_types"]}
    texts: set[tuple[str, str]] = set()
    known = []
    for key, check in checks_by_key(round_).items():
        kinds = frozenset(check.site_types)
        twin = all((check.text, kind) in texts for kind in kinds)
        texts.update((check.text, kind) for kind in kinds)
        known.append(KnownCheck(key, key if twin else check.text, kinds))
    return Register(
        sites=[
            KnownSite(code, name, kind, types.get(kind, ""), unit=unit)
            for code, name, kind, unit in Site.objects.filter(closed=None).values_list(
                "code", "name", "type_code", "organisation__name"
            )
        ],
        checks=known,
    )


def weigh_table(round_: Round, book: Workbook, said: Said, *, by: By, at: datetime) -> TableWeighed:
    """Read a table, hold it against the round, ask what only a person knows. Nothing is written."""
    found = read_observations(book, register_of(round_), said)
    reading = found.reading
    answers = _answers(said)
    rows = list(_found_rows(round_, reading, found.rows))
    plan = weigh_in(round_, rows, answers, by=by, at=at)
    if settled := _settle(reading, plan):
        rows = [now for one in rows if (now := settled.get(one.key, one)) is not None]
        plan = weigh_in(round_, rows, answers, by=by, at=at)
    asked = weigh_in(round_, rows, by=by, at=at).questions if said.answers else ()
    _ask(reading, [*asked, *plan.questions])
    for one in plan.wrong:
        if not isinstance(one.refusal, ContradictoryResult):
            reading.tell(_row_of(reading, one.found), _column_of(one), str(one.refusal))
    return TableWeighed(reading, rows, answers, plan)


_COLUMNS: Mapping[type[object], str] = {
    CheckNotHere: "check",
    SiteNotInUse: "when",
    NotYet: "when",
    NoSuchYear: "when",
    OldRowUnknown: "state",
}
"""The column in which a refusal stands; the counts, or else the result, where it says nothing else."""


def _column_of(one: Weighed) -> str:
    return _COLUMNS.get(type(one.refusal), "count" if one.found.item.quantity else "result")


def _found_rows(round_: Round, reading: TableReading, rows: Sequence[ObservationRow]) -> Iterator[Found]:
    """The rows of a table as they were written down; the action judges them."""
    checks = checks_by_key(round_)
    sites = {site.code: site for site in Site.objects.select_related("organisation")}
    people: dict[str, list[tuple[int, str]]] = {}
    faults = Faults(reading)
    for pk, username, name in Person.objects.values_list("pk", "username", "name"):
        people.setdefault(name, []).append((pk, username))
    for row in rows:
        inspector = _inspector(reading, row, people.get(row.read.text("who"), []))
        found = _found(row, sites[row.site], checks[row.check], inspector)
        yield from faults.settled(row.read, found)
    faults.ask()


def _inspector(reading: TableReading, row: ObservationRow, people: Sequence[tuple[int, str]]) -> int | None:
    """The person who looked, if the town knows one of that name; of several a person must say which."""
    if len(people) < 2:
        return people[0][0] if people else None
    who = row.read.text("who")
    options = [Option(username, username) for _, username in people]
    options.append(Option(NOBODY, say("都不是，只记名字")))
    answer = reading.ask(f"who.{who}", say("有 {n} 个“{who}”，考察人是哪一位？", n=len(people), who=who), options)
    return next((pk for pk, username in people if username == answer), None)


def _found(row: ObservationRow, site: Site, check: Check, inspector: int | None) -> Found:
    return Found(
        site=site,
        item=Item(check, row.result, row.quantity, row.read.text("note")),
        seen_at=timezone.make_aware(datetime.combine(row.when, row.clock or NOON)),
        seen_by=row.read.text("who"),
        inspector_id=inspector,
        timed=row.clock is not None,
        stands=row.stands,
        photo=row.read.text("photo"),
        source=Source.SHEET,
        place=row.place,
    )


def _settle(reading: TableReading, plan: Plan) -> dict[str, Found | None]:
    """Rows whose word and counts contradict each other: asked; where answered, the row as it then stands, None: left out."""
    settled: dict[str, Found | None] = {}
    wrong = [one for one in plan.wrong if isinstance(one.refusal, ContradictoryResult)]
    for one in wrong:
        found, item, row = one.found, one.found.item, _row_of(reading, one.found)
        answer = _which(reading, one, len(wrong))
        if answer == "leave":
            settled[found.key] = None
            reading.leave(row, why=say("结果与次数对不上"))
        elif answer:
            changed = replace(item, quantity="") if answer == "word" else replace(item, result="")
            settled[found.key] = replace(found, item=changed)
    return settled


def _which(reading: TableReading, one: Weighed, many: int) -> str:
    """The answer for a row whose word and counts contradict each other: row by row where they are few, else once for all."""
    item = one.found.item
    if many > ASKED_ONE_BY_ONE:
        what = say("{n} 行的结果与次数对不上，例如：{why}", n=many, why=str(one.refusal))
        options = [
            Option("word", say("都按结果记")),
            Option("count", say("都按次数记")),
            Option("leave", say("都不写入")),
        ]
        return reading.ask("contradiction", what, options, row=_row_of(reading, one.found))
    options = [
        Option("word", say("按“{result}”记", result=item.result)),
        Option("count", say("按“{count}”记", count=item.quantity)),
        Option("leave", say("这一行不写入")),
    ]
    return reading.ask(f"contradiction.{one.found.key}", str(one.refusal), options, row=_row_of(reading, one.found))


def _ask(reading: TableReading, weighed: Sequence[Weighed]) -> None:
    """A reading of the same day, a day outside the round: row by row where they are few, else once for all."""
    for ask, choices in _CHOICES.items():
        mine = list({one.found.key: one for one in weighed if one.ask is ask}.values())
        options = [Option(choice, say(title)) for choice, title in choices]
        if ask is not Ask.SAME_DAY or len(mine) > ASKED_ONE_BY_ONE:
            if mine:
                rows = sorted(one.found.place[1] for one in mine)
                reading.ask(str(ask), str(mine[0].refusal), options, rows=rows)
            continue
        for one in mine:
            reading.ask(f"{ask}.{one.found.key}", str(one.refusal), options, row=_row_of(reading, one.found))


_CHOICES: Mapping[Ask, Sequence[tuple[str, str]]] = {
    Ask.SAME_DAY: (
        (Choice.CORRECTION, later("改正那条记录（原记录留着，不再计分）")),
        (Choice.SECOND, later("当天另一次考察（两次都计分）")),
        (Choice.LEAVE, later("这一行不写入")),
    ),
    Ask.OLDER: ((Choice.LEAVE, later("不改回，留着改正后的")), (Choice.CORRECTION, later("改回表里的结果"))),
    Ask.OUTSIDE: ((Choice.TAKE, later("确实算这一轮")), (Choice.LEAVE, later("不写入"))),
}


def _answers(said: Said) -> Answers:
    """What was answered, as the action takes it."""
    each = {
        key.partition(".")[2]: Choice(value)
        for key, value in said.answers.items()
        if key.startswith(f"{Ask.SAME_DAY}.") and value in set(Choice)
    }
    same_day, outside, older = (said.answers.get(ask, "") for ask in (Ask.SAME_DAY, Ask.OUTSIDE, Ask.OLDER))
    return Answers(
        same_day=Choice(same_day) if same_day in set(Choice) else None,
        outside=Choice(outside) if outside in set(Choice) else None,
        older=Choice(older) if older in set(Choice) else None,
        each=each,
    )


def _row_of(reading: TableReading, found: Found) -> TableRow:
    return reading.at(*found.place)


def told_of(done: TakenIn) -> str:
    """What came of a table, in one line: corrections are never called known."""
    told = say("新记 {new} 条；{known} 条先前已有，没有重复写入。", new=done.new, known=done.known)
    if done.corrected:
        told += say("改正 {count} 条，原记录留着，不再计分。", count=done.corrected)
    return told + say("按声明略过 {count} 条。", count=done.left) if done.left else told
