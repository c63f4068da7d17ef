"""Integrity checks of a town's data: what is left over or does not fit, how bad it is, and the cure."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import F, Q

from chuangwen.kernel.numerals import plain
from chuangwen.kernel.words import later, listed, retold, say
from chuangwen.records.archive.queries import last_check
from chuangwen.records.duties.models import Duty
from chuangwen.records.jobs.models import Job
from chuangwen.records.ledger.verifying import verify
from chuangwen.records.measures import packing
from chuangwen.records.measures.material_queries import unproven
from chuangwen.records.measures.models import FigureValue, Observation, Round, SiteState, Tally
from chuangwen.records.measures.states import state_position
from chuangwen.records.standards.models import Check, Edition, Node, NodeKind
from chuangwen.records.township.models import Organisation, Person, Site
from chuangwen.records.township.queries import absent_site_types
from chuangwen.results.scoring.queries import recompute
from chuangwen.work.cases.models import Case, Phase

SHOWN = 5
FAILS_FOR_GOOD = 3  # times in a row


@dataclass(frozen=True)
class Finding:
    """One thing found: ``severity`` is bad, warn or info; ``count`` how many; ``examples`` a few of them."""

    code: str
    severity: str
    what: str
    count: int
    examples: tuple[str, ...]
    cure: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def examine(on: date) -> list[Finding]:
    """Every check, the worst first."""
    found = [finding for check in CHECKS for finding in check(on)]
    order = {"bad": 0, "warn": 1, "info": 2}
    return sorted(found, key=lambda one: order[one.severity])


def _finding(code: str, severity: str, what: str, examples: list[str], cure: str) -> Iterator[Finding]:
    if examples:
        yield Finding(code, severity, say(what), len(examples), tuple(examples[:SHOWN]), say(cure))


def _used_editions() -> set[int]:
    """Editions of the rounds that are open; of the newest round where none is, of all where there never was one."""
    rounds = Round.objects.order_by("-opens", "-pk")
    pairs = list(rounds.filter(closed_at=None).values_list("edition_id", "companion_id"))
    pairs = pairs or list(rounds.values_list("edition_id", "companion_id")[:1])
    used = {one for pair in pairs for one in pair if one}
    return used or set(Edition.objects.values_list("pk", flat=True))


def _without_lead(_: date) -> Iterator[Finding]:
    bare = Node.objects.filter(edition__in=_used_editions(), kind=NodeKind.STANDARD, duty=None)
    names = [f"{code} {title}" for code, title in bare.values_list("code", "title")]
    yield from _finding("no_lead", "bad", later("标准没有牵头单位"), names, later("在“责任分解”里分配；可成批贴入。"))


def _without_person(_: date) -> Iterator[Finding]:
    rows = Duty.objects.filter(person=None, standard__edition__in=_used_editions())
    names = [str(code) for code in rows.values_list("standard__code", flat=True)]
    yield from _finding("no_person", "warn", later("标准没有落到责任人"), names, later("在“责任分解”里写上责任人。"))


def _without_method(_: date) -> Iterator[Finding]:
    names: list[str] = []
    for edition in Edition.objects.filter(pk__in=_used_editions()):
        content = edition.content
        measured: dict[str, set[str]] = {}
        for table, method in (("checks", "field"), ("questions", "survey"), ("figures", "figure")):
            for row in content[table]:
                for code in row["standards"]:
                    measured.setdefault(code, set()).add(method)
        for row in content["requirements"]:
            measured.setdefault(row["standard"], set()).add(row["method"])
        for code, methods in Node.objects.filter(edition=edition, kind=NodeKind.STANDARD).values_list(
            "code", "methods"
        ):
            names += [
                f"{edition.pack} {code} {method}" for method in methods if method not in measured.get(code, set())
            ]
    cure = later("这些方法没有写明看什么，会一直是未知。请补考察内容、题目、指标或材料要求，出一个新版次。")
    yield from _finding("not_measured", "warn", later("标准的方法没有任何东西来测"), names, cure)


def _figures(_: date) -> Iterator[Finding]:
    wrong = FigureValue.objects.filter(Q(denominator__lte=0) | Q(numerator__lt=0))
    names = [str(row.figure_id) for row in wrong]
    names += [str(pk) for pk in Tally.objects.filter(positive__gt=F("valid")).values_list("pk", flat=True)]
    yield from _finding(
        "counts", "bad", later("统计或问卷缺两个数，或两个数对不上"), names, later("请按原始记录重录。")
    )


def _grades_without_document(_: date) -> Iterator[Finding]:
    """Grades that count as unknown, since what they graded is not there as it was."""
    rounds = Round.objects.filter(closed_at=None).defer("frozen").order_by("opens", "pk")
    names = [
        say("{what}：{why}", what=f"{round_.title} {one.requirement.code} {one.requirement.title}", why=one.standing.label)
        for round_, one in unproven(rounds)
    ]
    cure = later("这些评定按未知计，锁定后按 0 分计。请向牵头单位要材料或关联资料，再到“材料评定”里重新评定。")
    yield from _finding("grade_unproven", "warn", later("材料评定没有对应的资料"), names, cure)


def _one_name_two_counts(_: date) -> Iterator[Finding]:
    """One count under one name in two figures of a round, with two values."""
    told: dict[tuple[str, str], set[str]] = {}
    values = FigureValue.objects.filter(round__closed_at=None).select_related("figure", "round").defer("round__frozen")
    for one in values:
        for name, count in ((one.figure.numerator, one.numerator), (one.figure.denominator, one.denominator)):
            told.setdefault((one.round.title, name), set()).add(f"{one.figure.code} {plain(count)}")
    names = [
        say("{what}：{why}", what=f"{title} {name}", why=listed(sorted(counts)))
        for (title, name), counts in told.items()
        if len({one.split(" ")[1] for one in counts}) > 1
    ]
    cure = later("同一个数在几项指标里不一样：请按原始记录核对，改成一个数。")
    yield from _finding("one_name", "warn", later("同名的统计数对不上"), names, cure)


def _strange_sites(_: date) -> Iterator[Finding]:
    types = {
        row["code"] for content in Edition.objects.values_list("content", flat=True) for row in content["site_types"]
    }
    names = [
        f"{code} {name}"
        for code, name, kind in Site.objects.values_list("code", "name", "type_code")
        if kind not in types
    ]
    yield from _finding(
        "site_type", "warn", later("点位的类型不在测评体系里"), names, later("请改点位类型，否则它不计分。")
    )


def _unregistered_types(on: date) -> Iterator[Finding]:
    """Site types that checks ask for, without a registered site and without a statement that there is none."""
    asked: dict[str, str] = {}
    for edition in Edition.objects.filter(pk__in=_used_editions()):
        names = {row["code"]: row["name"] for row in edition.content["site_types"]}
        asked |= {code: names[code] for row in edition.content["checks"] for code in row["site_types"] if code in names}
    registered = set(Site.objects.filter(closed=None).values_list("type_code", flat=True))
    missing = [f"{code} {name}" for code, name in sorted(asked.items()) if code not in registered]
    stated = set(absent_site_types(on))
    told = [one for one in missing if one.split(" ")[0] not in stated]
    cure = later("没有登记就算未知。请登记点位；本镇确实没有的，在测评轮次页上声明没有，并写明理由。")
    yield from _finding("no_sites", "warn", later("有考察内容的点位类型一处也没有登记"), told, cure)


def _closed_leads(on: date) -> Iterator[Finding]:
    rows = Duty.objects.filter(lead__closed__lte=on).values_list("lead__name", flat=True).distinct()
    cure = later("单位撤销前请先把责任交给别的单位。")
    yield from _finding("closed_lead", "bad", later("牵头单位已撤销"), list(rows), cure)
    people = Duty.objects.filter(person__is_active=False).values_list("person__name", flat=True).distinct()
    yield from _finding("closed_person", "warn", later("责任人的账号已停用"), list(people), later("请换责任人。"))


def _states(_: date) -> Iterator[Finding]:
    """Packed sums against the rows they sum."""
    names: list[str] = []
    for round_ in Round.objects.defer("frozen"):
        places = {check.pk: state_position(round_, check) for check in Check.objects.all()}
        rows = Observation.objects.filter(round=round_, counts=True).values_list("site_id", "check_item_id", "value")
        wanted = packing.add_up((site, places[check], value) for site, check, value in rows.iterator(chunk_size=5000))
        stored = {
            site: packing.unpack(bytes(packed))
            for site, packed in SiteState.objects.filter(round=round_).values_list("site_id", "packed")
        }
        names += [
            f"{round_.code}/{site}"
            for site in wanted.keys() | stored.keys()
            if wanted.get(site, {}) != stored.get(site, {})
        ]
    yield from _finding(
        "states", "bad", later("点位的累计数与明细对不上"), names, later("请从最近的备份恢复，并把情况告诉维护者。")
    )


def _ledger(_: date) -> Iterator[Finding]:
    verdict = verify()
    broken = [verdict.broken.sentence] if verdict.broken else []
    yield from _finding(
        "ledger", "bad", later("操作留痕断链"), broken, later("有人改过旧记录：请保存现场，用备份核对。")
    )


def _frozen(_: date) -> Iterator[Finding]:
    closed = Round.objects.filter(closed_at__isnull=False).select_related("edition").defer("frozen", "edition__content")
    names = [round_.title for round_ in closed if not recompute(round_)["agrees"]]
    yield from _finding(
        "frozen", "bad", later("封存的轮次重算后数字不一致"), names, later("请用备份核对，并把情况告诉维护者。")
    )


def _nobody(_: date) -> Iterator[Finding]:
    idle = Organisation.objects.filter(closed=None, people=None).values_list("name", flat=True)
    yield from _finding(
        "no_people", "info", later("单位里没有一个人"), list(idle), later("需要时在“单位与人员”里开户。")
    )
    bare = Person.objects.filter(is_active=True).exclude(assignments__withdrawn_at=None, assignments__isnull=False)
    names = list(bare.values_list("name", flat=True))
    yield from _finding(
        "no_role", "info", later("账号没有任何角色"), names, later("登录后什么也看不到；需要时授予角色。")
    )


def _with_somebody_gone(_: date) -> Iterator[Finding]:
    """Open cases whose turn it is of somebody whose account is closed: nobody sees them in the inbox."""
    rows = Case.objects.exclude(phase=Phase.CLOSED).filter(turn_person__is_active=False)
    names = [f"{number} {name}" for number, name in rows.values_list("number", "turn_person__name").order_by("due_at")]
    told = later("在办事项轮到的人已停用账号")
    yield from _finding("turn_gone", "bad", told, names, later("在“要办的事”里打开“移交在办事项”，交给本单位的同事。"))


def _jobs(_: date) -> Iterator[Finding]:
    """Background work that fails; what has failed again and again is bad."""
    rows = list(Job.objects.filter(failures__gt=0).order_by("-failures"))
    names = [say("{what}：{why}", what=say(row.title), why=retold(row.last_error)) for row in rows]
    severity = "bad" if rows and rows[0].failures >= FAILS_FOR_GOOD else "warn"
    cure = later("会自动再试；请按提示处理，处理后运行 chuangwen work --until-empty。")
    yield from _finding("jobs", severity, later("后台任务做不下去"), names, cure)


def _originals(_: date) -> Iterator[Finding]:
    check = last_check()
    names = [one["name"] for one in check.damaged] if check else []
    cure = later("请从备份里取回原件，放好后运行 chuangwen archive check。")
    yield from _finding("originals", "bad", later("存档原件缺失或被改动"), names, cure)


CHECKS: tuple[Callable[[date], Iterator[Finding]], ...] = (
    _without_lead,
    _without_person,
    _without_method,
    _figures,
    _one_name_two_counts,
    _grades_without_document,
    _strange_sites,
    _unregistered_types,
    _closed_leads,
    _states,
    _ledger,
    _frozen,
    _nobody,
    _with_somebody_gone,
    _jobs,
    _originals,
)
