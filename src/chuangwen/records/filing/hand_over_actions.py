"""Handing over (移交): a package of a closed year is made, and noted as received when the archive has signed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say, written
from chuangwen.records.archive import storage
from chuangwen.records.archive.document_actions import BadFact
from chuangwen.records.archive.rules import Rules, rules_in_force
from chuangwen.records.filing.actions import NoFilingRules, year_thing
from chuangwen.records.filing.models import FilingYear, HandOver, Item
from chuangwen.records.filing.packages import Head, Packed, Watch, write
from chuangwen.records.filing.queries import items_of, with_files
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.township.gates import By, must_everywhere
from chuangwen.records.township.permissions import Permission


class YearOpen(Refusal):
    """Numbers may still change."""

    code = "filing_open"
    sentence = later("{year} 年还没有整理完毕，档号没有固定，不能移交。请先整理完毕。")


class NothingToHandOver(Refusal):
    code = "nothing_to_hand_over"
    sentence = later("{year} 年没有可移交的：要移交的保管期限是 {classes}，已移交和已销毁的不算。")


class AlreadyReceived(Refusal):
    code = "already_received"
    sentence = later("第 {number} 批已由{by}接收。")


class NoPackage(Refusal):
    """The row is there, its file is not."""

    code = "no_hand_over_file"
    sentence = later("移交包“{name}”的文件不在了。请从备份恢复 files/handovers 文件夹，或重新生成。")
    status = 404


class OutTaken(Refusal):
    code = "hand_over_out_taken"
    sentence = later("{out} 已经有内容，没有覆盖。请另起一个名字。")


def package_path(one: HandOver) -> Path:
    """Where the package stands."""
    return Path(settings.FILES) / "handovers" / f"{one.whole}.zip"


def to_hand_over(year: int, rules: Rules) -> list[Item]:
    """What of a year goes to the receiving archive."""
    rows = items_of(year).filter(handed_over_at=None, destroyed_at=None)
    if rules.filing.hand_over:
        rows = rows.filter(retention__in=rules.filing.hand_over)
    return list(with_files(rows))


def hand_over(year: int, *, by: By, at: datetime, watch: Watch = iter) -> HandOver:
    """Write the package of a closed year and keep it under its digest. Every original is proved on the way.

    It is written before the database is touched, so that nobody waits for it.
    """
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    if not FilingYear.objects.filter(year=year, closed_at__isnull=False).exists():
        raise YearOpen(year=year)
    rules = rules_in_force()
    if rules.fonds is None:
        raise NoFilingRules
    items = to_hand_over(year, rules)
    if not items:
        raise NothingToHandOver(year=year, classes="、".join(rules.filing.hand_over) or say("全部"))
    title = written(later("{fonds}{name}{year}年档案移交"), fonds=rules.fonds.code, name=rules.fonds.name, year=year)
    head = Head(title, year, rules.fonds.receiver, by.name, at)
    with translation.override(settings.LANGUAGE_CODE), _part() as part:  # written in the town's language
        made, size = _written(part, items, rules, head, watch)
        target = Path(settings.FILES) / "handovers" / f"{made.whole}.zip"
        storage.settle(storage.adopt(part), target)
    return _register(head, items, made, size, by=by, at=at)


@contextmanager
def _part() -> Iterator[Path]:
    """A name for what is not whole yet."""
    folder = Path(settings.FILES) / storage.ARRIVING
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=storage.PART)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _written(part: Path, items: list[Item], rules: Rules, head: Head, watch: Watch) -> tuple[Packed, int]:
    try:
        with part.open("w+b") as file:
            made = write(file, items, rules, head, watch)
            file.flush()
            os.fsync(file.fileno())
            return made, file.seek(0, os.SEEK_END)
    except OSError as wrong:
        raise storage.DiskFull(why=wrong.strerror or wrong) from wrong


@transaction.atomic
def _register(head: Head, items: list[Item], made: Packed, size: int, *, by: By, at: datetime) -> HandOver:
    number = (HandOver.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    one = HandOver.objects.create(
        number=number,
        year=head.year,
        name=f"{head.title}-{number:02d}.zip",
        receiver=head.receiver,
        whole=made.whole,
        files=len(made.digests),
        size=size,
        made_at=at,
        made_by=by.name,
    )
    one.items.set(items)
    after = {"items": len(items), "files": one.files, "bytes": size, "whole": made.whole}
    ledger.note(year_thing(head.year), later("生成移交包"), by=by, at=at, after=after)
    return one


@transaction.atomic
def receive(one: HandOver, who: str, *, by: By, at: datetime) -> HandOver:
    """The archive has signed for a package: its items are settled."""
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    HandOver.objects.select_for_update().only("pk").get(pk=one.pk)
    one.refresh_from_db()
    if one.received_at is not None:
        raise AlreadyReceived(number=one.number, by=one.received_by)
    if not who.strip():
        raise BadFact(field=say("接收人"), value="", why=say("请写在移交清单上签字的人"))
    one.received_at, one.received_by, one.confirmed_by = at, who.strip()[:60], by.name
    one.save()
    count = one.items.filter(handed_over_at=None).update(handed_over_at=at)
    after = {"number": one.number, "items": count, "received_by": one.received_by, "whole": one.whole}
    ledger.note(year_thing(one.year), later("移交"), by=by, at=at, after=after)
    return one


def give_out(one: HandOver, out: Path) -> Path:
    """A copy of a package under the name asked for; nothing is overwritten."""
    source = package_path(one)
    if not source.is_file():
        raise NoPackage(name=one.name)
    if out.exists():
        raise OutTaken(out=out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, out)
    except OSError as wrong:
        raise storage.DiskFull(why=wrong.strerror or wrong) from wrong
    return out
