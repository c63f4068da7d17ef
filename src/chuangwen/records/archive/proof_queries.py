"""What the daily proof of originals has found: what is missing or changed, since when, which documents it hits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chuangwen.kernel.figures import declare
from chuangwen.kernel.words import later
from chuangwen.records.archive.models import Document, DocumentFile, FileCheck

LOOKS = 400
DAMAGED = declare(
    "archive.damaged",
    later("缺失或被改动的原件"),
    later("最近一次完整性核查发现缺失或被改动的原件"),
    opens=later("完整性"),
)


@dataclass(frozen=True)
class Damage:
    """A file that is missing or changed. ``whole_on``: the last look that found it whole, if there was one."""

    name: str
    sha256: str
    state: str
    since: datetime
    whole_on: datetime | None
    documents: Sequence[Document]


@dataclass(frozen=True)
class Proof:
    """The latest look that came to its end, the one under way, the earlier ones, and what is damaged."""

    last: FileCheck | None
    under_way: FileCheck | None
    earlier: Sequence[FileCheck]
    damage: Sequence[Damage]
    last_whole: FileCheck | None


def proof() -> Proof:
    """In three queries."""
    looks = list(FileCheck.objects.order_by("-begun_at", "-pk")[:LOOKS])
    ended = [one for one in looks if one.ended_at is not None]
    last = ended[0] if ended else None
    return Proof(
        last=last,
        under_way=next((one for one in looks if one.ended_at is None), None),
        earlier=ended[:14],
        damage=_damage(ended) if last else [],
        last_whole=next((one for one in ended if not one.damaged), None),
    )


def _damage(ended: Sequence[FileCheck]) -> list[Damage]:
    """What the latest look found, each followed back to the look that found it first."""
    hurt = [{row["sha256"] for row in one.damaged} for one in ended]
    rows = DocumentFile.objects.filter(file__sha256__in=hurt[0]).select_related(
        "document__unit", "document__item", "file"
    )
    documents: dict[str, dict[int, Document]] = {}
    for row in rows:
        documents.setdefault(row.file.sha256, {})[row.document_id] = row.document
    found = []
    for one in ended[0].damaged:
        run = next((n for n, names in enumerate(hurt) if one["sha256"] not in names), len(ended))
        found.append(
            Damage(
                name=one["name"],
                sha256=one["sha256"],
                state=one["state"],
                since=ended[run - 1].begun_at,
                whole_on=ended[run].begun_at if run < len(ended) else None,
                documents=list(documents.get(one["sha256"], {}).values()),
            )
        )
    return found
