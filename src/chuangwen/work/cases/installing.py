"""Installing what packs say about cases: types by edition, categories, units by key, the ladder. Idempotent."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from chuangwen.kernel.chain import canonical
from chuangwen.kernel.words import later
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.definitions import CaseContent, CaseTypeRow, CategoryRow, RungRow, UnitRow
from chuangwen.work.cases.models import CaseType, Category, Rung, UnitKey

ANSWERS = {"contact", "take_on"}
"""What answers a case (响应): getting in touch, signing for it."""


@transaction.atomic
def install_content(
    pack: str, content: CaseContent, papers: Mapping[str, bytes] | None = None, *, by: By, at: datetime
) -> dict[str, int]:
    """Take in one pack's content; what stands already is left alone. Returns how many things are new or changed.

    ``papers`` are the templates of its documents by name; each edition keeps its own.
    """
    must(by, Permission.MANAGE_SYSTEM)
    kept = {name: keep_file(data, name, by=by, at=at).sha256 for name, data in (papers or {}).items()}
    counts = Counter[str]()
    for one in content.types:
        counts["types"] += _install_type(pack, _with_papers(one, kept), at=at)
    counts["categories"] = _install_categories(content.categories)
    counts["units"] = _install_units(content.units)
    counts["rungs"] = _install_rungs(content.rungs)
    changed = {name: count for name, count in counts.items() if count}
    if changed:
        ledger.note(Thing("case_types", pack, later("事项类型")), later("安装事项类型"), by=by, at=at, after=changed)
    return changed


def _with_papers(one: CaseTypeRow, kept: Mapping[str, str]) -> CaseTypeRow:
    rows = tuple(row.model_copy(update={"sha256": kept.get(row.template, "")}) for row in one.papers)
    return one.model_copy(update={"papers": rows})


def _install_type(pack: str, one: CaseTypeRow, *, at: datetime) -> bool:
    content = one.model_dump(mode="json", by_alias=True)
    digest = sha256(canonical(content).encode()).hexdigest()
    last = CaseType.objects.filter(code=one.type.id).order_by("-edition").first()
    if last is not None and last.digest == digest:
        return False
    CaseType.objects.filter(code=one.type.id, in_force=True).update(in_force=False)
    CaseType.objects.create(
        code=one.type.id,
        edition=last.edition + 1 if last else 1,
        title=one.type.title,
        pack=pack,
        order=one.type.order,
        guard=one.type.guard,
        public=one.type.public,
        answers=any(move.does in ANSWERS for move in one.moves),
        digest=digest,
        content=content,
        installed_at=at,
    )
    return True


def _install_categories(rows: Iterable[CategoryRow]) -> int:
    stands = {(one.table, one.code): one for one in Category.objects.all()}
    count = 0
    for order, row in enumerate(rows):
        said = {
            "parent": row.parent,
            "title": row.title,
            "term": row.term,
            "urgent": row.urgent,
            "campaign": row.campaign,
            "unit_key": row.unit,
            "aliases": list(row.aliases),
            "source": row.source,
        }
        old = stands.get((row.table, row.code))
        if old is None or any(getattr(old, key) != value for key, value in said.items()):
            Category.objects.update_or_create(table=row.table, code=row.code, defaults={**said, "order": order})
            count += 1
    return count


def _install_units(rows: Iterable[UnitRow]) -> int:
    stands = dict(UnitKey.objects.values_list("key", "organisation__code"))
    units = {one.code: one for one in Organisation.objects.all()}
    fresh = [row for row in rows if stands.get(row.key) != row.unit]
    for row in fresh:
        UnitKey.objects.update_or_create(key=row.key, defaults={"organisation": units[row.unit]})
    return len(fresh)


def _install_rungs(rows: Iterable[RungRow]) -> int:
    count = 0
    for order, row in enumerate(rows):
        said = {"title": row.title, "after": row.after, "tells": list(row.tells), "opens": row.opens, "order": order}
        stands = Rung.objects.filter(ladder=row.ladder, code=row.id, **said).exists()
        if not stands:
            Rung.objects.update_or_create(ladder=row.ladder, code=row.id, defaults=said)
            count += 1
    return count
