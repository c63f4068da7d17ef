"""A third-party table matched to the town: its sites, the round's checks, the rules that judge."""

from collections.abc import Callable
from datetime import date, datetime, time

from django.utils import timezone

from chuangwen.kernel.judging import Rule, parse_rule
from chuangwen.kernel.refusal import Refusal
from chuangwen.records.measures.actions import Reading
from chuangwen.records.measures.bulk_actions import Seen
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
from chuangwen.records.standards.models import Check, Edition
from chuangwen.records.township.models import Person, Site


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
    factors = {row["grade"]: round(float(row["factor"]) * 10_000) for row in content["framework"]["grades"]}
    checks = checks_by_key(round_)
    rules = {key: parse_rule(check.rule, check.params, factors) for key, check in checks.items()}
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
        judge=_judge(rules),
        latest=latest,
    )


def _judge(rules: dict[str, Rule]) -> Callable[[str, str], Judged]:
    def judge(check: str, text: str, /) -> Judged:
        rule = rules[check]
        try:
            answer = rule.read_text(text)
            value = rule.judge(answer)
        except Refusal as refusal:
            raise Unreadable(str(refusal)) from refusal
        return Judged(value or 0, answer.passed, answer.total, applicable=value is not None)

    return judge


def seen_rows(round_: Round, reading: TableReading) -> list[Seen]:
    """The rows of a table as observations. The same row sent again has the same mark."""
    checks = checks_by_key(round_)
    sites = {site.code: site for site in Site.objects.select_related("organisation")}
    people = dict(Person.objects.values_list("name", "pk"))
    return [Seen(sites[row.site], checks[row.check], _reading(row), people.get(row.who)) for row in reading.rows]


def _reading(row: ObservationRow) -> Reading:
    seen_at = timezone.make_aware(datetime.combine(row.when, time(12)))
    return Reading(
        value=row.value if row.applicable else None,
        result=row.result_text[:40],
        seen_at=seen_at,
        seen_by=row.who[:60],
        passed=row.passed,
        total=row.total,
        note=row.note,
        photo=row.photo[:200],
        source=Source.SHEET,
        mark="|".join(["sheet", row.site, row.check, row.when.isoformat(), row.who]),
    )
