"""Whom to tell of a release: those who may review it that it waits, its proposer how it was judged. Never its title,

which may hold personal data that nobody has decided about.
"""

from datetime import datetime

from chuangwen.kernel.words import lasting, written
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.notices.actions import Told, tell
from chuangwen.records.releases.models import Release, ReleaseState
from chuangwen.records.releases.policy import why_not_review
from chuangwen.records.township.actors import actors_by_key
from chuangwen.records.township.gates import By
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.queries import assignments_in_force

WAITS = lasting("{unit}有一份资料提出公开（公开信息 {pk}），等你审查。")
AGREED = lasting("你提出的公开信息 {pk} 已审查同意，索引号 {number}。")
RETURNED = lasting("你提出的公开信息 {pk} 审查退回：{opinion}")


def tell_reviewers(release: Release, *, by: By, at: datetime) -> None:
    """A proposal waits: everybody who may review it now is told once for this proposal."""
    holders = {
        one.person_id for one in assignments_in_force() if Permission.REVIEW_RELEASES in one.role.permissions
    } - {release.proposer_id}
    two = rules_in_force().disclosure.two_people
    able = [one.person_id for one in actors_by_key(holders) if why_not_review(release, one, two_people=two) is None]
    text = written(WAITS, unit=release.document.unit.short, pk=release.pk)
    _tell([one for one in able if one], "turn", text, release, by=by, at=at)


def tell_proposer(release: Release, *, by: By, at: datetime) -> None:
    """How the proposal was judged."""
    if release.proposer_id is None:
        return None
    if release.state == ReleaseState.RELEASED:
        text = written(AGREED, pk=release.pk, number=release.index_number)
        return _tell([release.proposer_id], "changed", text, release, by=by, at=at)
    text = written(RETURNED, pk=release.pk, opinion=release.opinion)
    return _tell([release.proposer_id], "returned", text, release, by=by, at=at)


def _tell(people: list[int], kind: str, text: str, release: Release, *, by: By, at: datetime) -> None:
    mark = f"release:{release.pk}:{release.state}:{at.isoformat()}"
    told = Told(kind, text, f"/archive/releases/{release.pk}/", ("release", str(release.pk)), mark)
    tell(people, told, by=by, at=at)
