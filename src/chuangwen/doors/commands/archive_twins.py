"""The part ``twins`` of ``chuangwen archive``: photos that came before, each with its earlier use."""

from typing import Any

from django.conf import settings

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit import clock
from chuangwen.records.archive.looking import look_at_waiting
from chuangwen.records.archive.models import DocumentFile, Doubt, Question, StoredFile
from chuangwen.records.archive.photo_queries import earlier_uses
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.queries import demo_day
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.photo_uses import cases_with

AT_ONCE = 20


PARTS = {"twins": "重复使用的照片：哪一张与哪一张相同，先前由谁、何时、用在哪里"}
EXAMPLE = "  chuangwen archive twins --home home --json"


class TwinsParts(TownCommand):
    """Photos that were used before."""

    def run_twins(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        """Look at every photo that waits, then list the pairs: ``a`` came later, ``b`` is what it repeats."""
        require_database(settings.HOME)
        with clock.live_on(demo_day()):
            while look_at_waiting(AT_ONCE, by=MACHINE, at=clock.now()):
                pass
        rows = [*_altered(), *_same_bytes()]
        for row in rows:
            told = {**row, "earlier": "；".join(row["earlier_use"])}
            self.say(options, "{a}  =  {b}  相差 {distance}  {earlier}", **told)
        self.say(options, "共 {n} 对。", n=len(rows))
        return rows


def _altered() -> list[dict[str, Any]]:
    """Pairs of different bytes: what the questions say."""
    asked = Question.objects.filter(doubt=Doubt.REUSED, other__isnull=False).select_related("file", "other")
    rows = [one for one in asked.order_by("pk") if one.other is not None]
    uses = _uses({one.other.pk for one in rows if one.other})
    return [
        {
            **_pair(one.file, one.other, uses),
            "distance": one.distance,
            "agreeing": one.facts.get("agreeing"),
            "question": one.pk,
            "kept": one.kept,
            "answer": one.answer,
        }
        for one in rows
        if one.other
    ]


def _same_bytes() -> list[dict[str, Any]]:
    """The very same file standing in more than one document."""
    found: list[tuple[StoredFile, int]] = []
    first: dict[int, DocumentFile] = {}
    rows = DocumentFile.objects.filter(file__is_photo=True, superseded_at=None, document__withdrawn_at=None)
    for row in rows.select_related("file", "document").order_by("at", "pk"):
        earlier = first.setdefault(row.file_id, row)
        if earlier.document_id != row.document_id:
            found.append((row.file, earlier.document_id))
    uses = earlier_uses({file.pk for file, _document in found})
    pairs = []
    for file, document in found:
        told = [one.told() for one in uses.get(file.pk, []) if one.document == document]
        pairs.append({**_pair(file, file, {file.pk: told}), "distance": 0, "agreeing": 1.0, "question": None})
    return pairs


def _uses(files: set[int]) -> dict[int, list[str]]:
    documents, cases = earlier_uses(files), cases_with(files, Case.objects.exclude(guard="guarded"))
    return {
        key: [one.told() for one in documents.get(key, [])] + [one.told for one in cases.get(key, [])] for key in files
    }


def _pair(later: StoredFile, earlier: StoredFile, uses: dict[int, list[str]]) -> dict[str, Any]:
    return {
        "a": later.name,
        "a_sha256": later.sha256,
        "b": earlier.name,
        "b_sha256": earlier.sha256,
        "b_came": earlier.kept_at.astimezone(CHINA).isoformat(timespec="minutes"),
        "earlier_use": uses.get(earlier.pk, []),
    }
