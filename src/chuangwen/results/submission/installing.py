"""Installing what packs say about the submission. Idempotent: a repeat changes nothing."""

from datetime import datetime

from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission
from chuangwen.results.submission.definitions import SubmissionContent
from chuangwen.results.submission.models import SubmissionRules


@transaction.atomic
def install_submission(pack: str, content: SubmissionContent, *, by: By, at: datetime) -> bool:
    """Take in one pack's content. Returns whether anything changed."""
    must(by, Permission.MANAGE_SYSTEM)
    said = content.model_dump(mode="json", exclude_defaults=True)
    row = SubmissionRules.objects.filter(pk=1).first() or SubmissionRules(pk=1, content={})
    if row.content.get(pack, {}) == said:
        return False
    row.content, row.installed_at = {**row.content, pack: said}, at
    row.save()
    thing = Thing("submission_rules", pack, later("申报规则"))
    ledger.note(thing, later("安装申报规则"), by=by, at=at, after={"parts": sorted(said)})
    return True
