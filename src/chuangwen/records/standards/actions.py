"""Installing an edition: idempotent, all or nothing; an installed edition never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.ledger.actions import Signer, Thing, note
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.records.standards.models import Check, Edition, Figure, Node, Question, Requirement

BATCH = 400


class EditionChanged(Refusal):
    """The same edition with another content."""

    code = "edition_changed"
    sentence = later("“{pack}”的 {edition} 版已经安装，内容却与现在的文件不同。已装的版次不能改：请换一个新的版次号。")


@dataclass(frozen=True)
class Installed:
    """What an installation did."""

    edition: Edition
    changed: bool


@transaction.atomic
def install_edition(pack: FrameworkPack, *, by: Signer, at: datetime) -> Installed:
    """Take in one edition of an evaluation system with all that it names.

    Who may is asked by the door (``doors.packs``): this room stands below the town's roles.
    """
    digest = pack.digest()
    head, framework = pack.pack, pack.framework
    known = Edition.objects.filter(pack=head.id, edition=head.edition).defer("content").first()
    if known is not None:
        if known.digest != digest:
            raise EditionChanged(pack=head.id, edition=head.edition)
        return Installed(known, changed=False)
    edition = Edition.objects.create(
        pack=head.id,
        edition=head.edition,
        title=framework.title,
        short_title=framework.short_title or framework.title[:20],
        standing=head.standing,
        first_year=min(framework.years),
        last_year=max(framework.years),
        digest=digest,
        content=pack.as_data(),
        installed_at=at,
        installed_by=by.name,
    )
    nodes = _write_nodes(edition, pack)
    _write_things(edition, pack, nodes)
    after = {"nodes": len(pack.standards), "checks": len(pack.checks), "requirements": len(pack.requirements)}
    thing = Thing("edition", f"{head.id}@{head.edition}", framework.title)
    note(thing, later("安装测评体系"), by=by, at=at, after={**after, "standing": head.standing, "digest": digest})
    return Installed(edition, changed=True)


def _write_nodes(edition: Edition, pack: FrameworkPack) -> Mapping[str, Node]:
    """Level by level, so that parents have their keys."""
    nodes: dict[str, Node] = {}
    rows = list(enumerate(pack.standards))
    for kind in ("item", "content", "standard"):
        made = [
            Node(
                edition=edition,
                code=row.code,
                kind=row.kind,
                parent=nodes.get(row.parent),
                position=position,
                title=row.title,
                text=row.text,
                points=row.points,
                bonus=row.bonus,
                methods={method: str(share) for method, share in row.shares().items()},
                tags=row.groups(),
                effort_days=row.effort_days,
                confidence=row.confidence,
            )
            for position, row in rows
            if row.kind == kind
        ]
        nodes.update({node.code: node for node in Node.objects.bulk_create(made, batch_size=BATCH)})
    return nodes


def _write_things(edition: Edition, pack: FrameworkPack, nodes: Mapping[str, Node]) -> None:
    Requirement.objects.bulk_create(
        [
            Requirement(
                edition=edition,
                node=nodes[row.standard],
                code=row.code,
                position=position,
                kind=row.kind,
                title=row.title,
                text=row.text,
                count=row.count,
                period=row.period,
                method=row.method,
            )
            for position, row in enumerate(pack.requirements)
        ],
        batch_size=BATCH,
    )
    Check.objects.bulk_create(
        [
            Check(
                edition=edition,
                code=row.code,
                position=position,
                text=row.text,
                site_types=list(row.site_types),
                standards=list(row.standards),
                rule=row.rule,
                params=row.params,
                reading=row.reading,
                exemption=row.exemption,
                effort_days=row.effort_days,
            )
            for position, row in enumerate(pack.checks)
        ],
        batch_size=BATCH,
    )
    _write_rates(edition, pack)


def _write_rates(edition: Edition, pack: FrameworkPack) -> None:
    Question.objects.bulk_create(
        [
            Question(edition=edition, code=row.code, position=position, text=row.text, standards=list(row.standards))
            for position, row in enumerate(pack.questions)
        ],
        batch_size=BATCH,
    )
    Figure.objects.bulk_create(
        [
            Figure(
                edition=edition,
                code=row.code,
                position=position,
                title=row.title,
                unit=row.unit,
                numerator=row.numerator,
                denominator=row.denominator,
                standards=list(row.standards),
            )
            for position, row in enumerate(pack.figures)
        ],
        batch_size=BATCH,
    )
