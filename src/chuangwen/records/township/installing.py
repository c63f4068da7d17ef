"""Installing the township and town packs: idempotent, all or nothing, in bulk, one note each.

An edition that stands already is left alone; the same edition with another content is refused. A new edition adds and
amends; it never deletes a unit, a person or a site, and it leaves people whom the office has entered as they are.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from chuangwen.kernel.chain import canonical
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Signer, Thing
from chuangwen.records.township import town_rows, township_rows
from chuangwen.records.township.actions import may
from chuangwen.records.township.definitions import TownPack, TownshipPack
from chuangwen.records.township.models import InstalledPack, OrganisationKind, RoleDefinition, Town
from chuangwen.records.township.permissions import Permission


class EditionChanged(Refusal):
    code = "edition_changed"
    sentence = later(
        "内容包“{pack}”的 {edition} 版已经安装，内容却与现在的文件不同。已装的版次不能改：请换一个新的版次号。"
    )


class AnotherTown(Refusal):
    code = "another_town"
    sentence = later("本系统已属于“{town}”，不能再装“{other}”的内容包。另一个镇请用另一个数据目录。")


class TownshipFirst(Refusal):
    code = "township_first"
    sentence = later("请先安装乡镇通用内容包（township），再安装本镇内容包。")


@dataclass(frozen=True)
class Installed:
    """What an installation did. ``changed`` is false when the edition stood already; ``counts`` by kind of thing."""

    pack: str
    edition: str
    changed: bool
    counts: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def install_township(pack: TownshipPack, *, by: Signer, at: datetime) -> Installed:
    """Take in what any town needs: kinds of units, roles, calendar, retention, office hours."""
    may(by, Permission.MANAGE_SYSTEM)
    digest = _digest(pack)
    if _stands(pack, digest):
        return Installed(pack=pack.pack.id, edition=pack.pack.edition, changed=False)
    counts = township_rows.write(pack)
    return _finish(pack, digest, counts, by=by, at=at)


@transaction.atomic
def install_town(pack: TownPack, *, by: Signer, at: datetime) -> Installed:
    """Take in this town: its units, people, workgroups, sites, deadlines. Duties belong to another room.

    What does not fit the installed township pack (unknown kind, role …) is told all at once (``Rejected``).
    """
    may(by, Permission.MANAGE_SYSTEM)
    digest = _digest(pack)
    if _stands(pack, digest):
        return Installed(pack=pack.pack.id, edition=pack.pack.edition, changed=False)
    if not OrganisationKind.objects.exists() or not RoleDefinition.objects.exists():
        raise TownshipFirst
    if (other := Town.objects.filter(pk=1).first()) and other.code != pack.town.code:
        raise AnotherTown(town=other.full_name, other=pack.town.full_name)
    problems = Problems()
    town_rows.check(pack, problems)
    problems.refuse(pack.pack.title)
    counts = town_rows.write(pack, at=at)
    return _finish(pack, digest, counts, by=by, at=at)


def _digest(pack: TownshipPack | TownPack) -> str:
    return sha256(canonical(pack.model_dump(mode="json")).encode()).hexdigest()


def _stands(pack: TownshipPack | TownPack, digest: str) -> bool:
    stored = InstalledPack.objects.filter(pack=pack.pack.id, edition=pack.pack.edition).first()
    if stored is not None and stored.digest != digest:
        raise EditionChanged(pack=pack.pack.id, edition=pack.pack.edition)
    return stored is not None


def _finish(
    pack: TownshipPack | TownPack, digest: str, counts: dict[str, int], *, by: Signer, at: datetime
) -> Installed:
    head = pack.pack
    InstalledPack.objects.create(
        pack=head.id,
        edition=head.edition,
        kind=head.kind,
        title=head.title,
        standing=head.standing,
        digest=digest,
        installed_at=at,
    )
    about = Thing("pack", f"{head.id} {head.edition}", head.title)
    ledger.note(about, later("安装内容包"), by=by, at=at, after={**counts, "digest": digest})
    return Installed(pack=head.id, edition=head.edition, changed=True, counts=counts)
