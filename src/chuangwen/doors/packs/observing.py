"""A third-party table matched to the town: its sites, the round's checks, the rules that judge."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from django.utils import timezone

from chuangwen.kernel.problems import Problem
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.records.measures.judgement import judge
from chuangwen.records.measures.models import Round, Source
from chuangwen.records.measures.table import (
    Judged,
    KnownCheck,
    KnownSite,
    ObservationRow,
    Register,
    TableReading,
    Unreadable,
)
from chuangwen.records.measures.visit_actions import TakenIn
from chuangwen.records.measures.visits import Found, Item
from chuangwen.records.measures.weighing import Plan
from chuangwen.records.standards.models import Check, Edition
from chuangwen.records.township.models import Person, Site

NOON = time(12)  # stands where a table says the day alone


def checks_by_key(round_: Round) -> dict[str, Check]:
    """The round's checks by the code a table uses; the companion's carry their pack's name where codes clash."""
    found: dict[str, Check] = {}
    for edition_id in (round_.edition_id, round_.companion_id):
        for check in Check.objects.filter(edition=edition_id).select_related("edition").defer("edition__content"):
            key = check.code if check.code not in found else f"{check.edition.pack}:{check.code}"
            found[key] = check
    return found


def register_of(round_: Round, *, latest: date | None) -> Register:
    """What the rows of a table are matched against and judged by."""
    content = Edition.objects.values_list("content", flat=True).get(pk=round_.edition_id)
    types = {row["code"]: row["name"] for row in content["site_types"]}
    checks = checks_by_key(round_)
    texts: set[tuple[str, str]] = set()
    known = []
    for key, check in checks.items():
        kinds = frozenset(check.site_types)
        twin = all((check.text, kind) in texts for kind in kinds)
        texts.update((check.text, kind) for kind in kinds)
        known.append(KnownCheck(key, key if twin else check.text, kinds))
    return Register(
        sites=[
            KnownSite(code, name, kind, types.get(kind, ""))
            for code, name, kind in Site.objects.filter(closed=None).values_list("code", "name", "type_code")
        ],
        checks=known,
        judge=_judge(checks),
        latest=latest,
    )


def _judge(checks: Mapping[str, Check]) -> Callable[[str, str, str], Judged]:
    def judged(check: str, result: str, quantity: str, /) -> Judged:
        try:
            found = judge(checks[check], result, quantity)
        except Refusal as refusal:
            raise Unreadable(str(refusal)) from refusal
        answer = found.answer
        return Judged(found.value or 0, answer.passed, answer.total, applicable=found.value is not None)

    return judged


def found_rows(round_: Round, reading: TableReading) -> list[Found]:
    """The rows of a table as they were written down; the action judges them. A name that two people bear is nobody's."""
    checks = checks_by_key(round_)
    sites = {site.code: site for site in Site.objects.select_related("organisation")}
    named = Counter(Person.objects.values_list("name", flat=True))
    people = {name: pk for name, pk in Person.objects.values_list("name", "pk") if named[name] == 1}
    return [_found(row, sites[row.site], checks[row.check], people.get(row.who)) for row in reading.rows]


def _found(row: ObservationRow, site: Site, check: Check, inspector: int | None) -> Found:
    moment = datetime.combine(row.when, row.clock or NOON)
    return Found(
        site=site,
        item=Item(check, "" if row.result_text == row.quantity else row.result_text, row.quantity, row.note),
        seen_at=timezone.make_aware(moment),
        seen_by=row.who,
        inspector_id=inspector,
        timed=row.clock is not None,
        stands=row.stands,
        photo=row.photo,
        source=Source.SHEET,
        place=(row.sheet, row.row),
    )


def problems_of(plan: Plan) -> list[Problem]:
    """What stands against the rows of a table, beyond what its reader could know."""
    return [
        Problem(file=one.found.place[0], row=one.found.place[1], column="", what=str(one.refusal), cure="")
        for one in plan.wrong
    ]


def told_of(done: TakenIn) -> str:
    """What came of a table, in one line: corrections are never called known."""
    told = say("新记 {new} 条；{known} 条先前已有，没有重复写入。", new=done.new, known=done.known)
    if done.corrected:
        told += say("改正 {count} 条，原记录留着，不再计分。", count=done.corrected)
    return told + say("按声明略过 {count} 条。", count=done.left) if done.left else told
