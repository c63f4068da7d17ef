"""Installing what packs say about the archive. Idempotent; a kind that stands is amended, never deleted."""

from datetime import datetime

from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.archive.definitions import ArchiveContent
from chuangwen.records.archive.models import ArchiveRules, DocumentKind
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission


@transaction.atomic
def install_archive(pack: str, content: ArchiveContent, *, by: By, at: datetime) -> dict[str, int]:
    """Take in one pack's content. Returns how many things are new or changed."""
    must(by, Permission.MANAGE_SYSTEM)
    counts = {"kinds": _install_kinds(content), "rules": _install_rules(pack, content, at=at)}
    changed = {name: count for name, count in counts.items() if count}
    if changed:
        ledger.note(Thing("archive_rules", pack, later("档案规则")), later("安装档案规则"), by=by, at=at, after=changed)
    return changed


def _install_kinds(content: ArchiveContent) -> int:
    count = 0
    for order, row in enumerate(content.kinds):
        said = {
            "title": row.title,
            "aliases": list(row.aliases),
            "words": list(row.words),
            "category": row.category,
            "retention": row.retention,
            "needs": list(row.needs),
            "is_photo": row.photo,
            "holds": list(row.holds),
            "order": order,
        }
        if not DocumentKind.objects.filter(code=row.id, **said).exists():
            DocumentKind.objects.update_or_create(code=row.id, defaults=said)
            count += 1
    return count


def _install_rules(pack: str, content: ArchiveContent, *, at: datetime) -> int:
    said = content.model_dump(mode="json", exclude={"kinds"}, exclude_defaults=True)
    if not said:
        return 0
    row = ArchiveRules.objects.filter(pk=1).first() or ArchiveRules(pk=1, content={})
    if row.content.get(pack) == said:
        return 0
    row.content, row.installed_at = {**row.content, pack: said}, at
    row.save()
    return 1
