"""The parts ``add`` and ``check`` of ``chuangwen archive``: take files in by any road; prove that every original is whole."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from tqdm import tqdm

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.names import tidy_name
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say, written
from chuangwen.kit import clock
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.arriving import Incoming, Road, StillGrowing, take_in
from chuangwen.records.archive.models import Arrival, DocumentFile, StoredFile
from chuangwen.records.archive.proving import check_all, under_way
from chuangwen.records.archive.queries import last_check
from chuangwen.records.archive.roads import expand
from chuangwen.records.archive.storage import DiskFull, clean_leftovers
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.queries import demo_day, organisation_named

STATES = {"new": later("新收"), "already there": later("已有"), "refused": later("没收")}


PARTS = {
    "add": "收文件、文件夹、zip 和 eml；每件说明新收、已有还是没收，有没收的以 1 结束",
    "check": "逐个核对原件的指纹，说出缺失和被改动的；中断后接着查",
}
ADD_EXAMPLE = (
    "  chuangwen archive add 材料.zip 照片文件夹 来信.eml --unit cwb --home home\n"
    "  chuangwen archive add 方案.docx --home home --json"
)
CHECK_EXAMPLE = "  chuangwen archive check --home home --json"


class AddingParts(TownCommand):
    """Files into the archive; originals proved."""

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        super().arguments(parser, part)
        if part == "add":
            parser.add_argument("path", nargs="+", help="文件或文件夹")
            parser.add_argument("--unit", default="", help="归哪个单位：编号或名称；不写则为镇本级")
            parser.add_argument("--batch", default="", help="批次；同一批次里的同一文件重复收不会多出来")

    def run_add(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        require_database(settings.HOME)
        clean_leftovers(settings.FILES, before=clock.real_now() - timedelta(days=1))
        told = []
        with clock.live_on(demo_day()):
            unit = _unit(options["unit"])
            for one in self._added(options, unit):
                told.append(one)
                self._show(options, one)
        self.failed = any(one["state"] == "refused" for one in told)
        return told

    def _added(self, options: dict[str, Any], unit: Organisation) -> Iterator[dict[str, Any]]:
        for word in options["path"]:
            path = Path(word)
            batch = options["batch"] or _batch(path, unit)
            incoming = Incoming(path.resolve().name, unit, Road.COMMAND, source=path)
            try:
                for one in expand(incoming):
                    yield _taken(one, batch)
            except DiskFull as no:  # what came before is safe, and is told
                yield _refused(path.name, no)
                return

    def _show(self, options: dict[str, Any], one: dict[str, Any]) -> None:
        where = f"{one['inside']}/{one['name']}" if one["inside"] else one["name"]
        state, why = say(STATES[one["state"]]), "；".join(one["problems"])
        self.say(options, "{state}  {digest}  {where}  {why}", state=state, digest=one["digest"], where=where, why=why)
        self.stdout.flush()

    def run_check(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        require_database(settings.HOME)
        begun = under_way()
        total = StoredFile.objects.count()
        with clock.live_on(demo_day()):
            bar = tqdm(
                total=total, initial=begun.files if begun else 0, desc=say("核对原件"), delay=2, leave=False,
                disable=True if options["json"] else None,
            )  # fmt: skip
            for count in check_all(by=MACHINE, at=clock.now()):
                bar.update(count)
            bar.close()
        check = last_check()
        damaged = check.damaged if check else []
        found = [{**one, "documents": _documents_with(one["sha256"])} for one in damaged]
        for one in found:
            state = say(later("缺失")) if one["state"] == "missing" else say(later("被改动"))
            self.say(options, "{state}  {sha256}  {name}", state=state, sha256=one["sha256"], name=one["name"])
        self.failed = bool(found)
        if check and not found:
            self.say(options, "核对了 {count} 个原件，一个不少，一字未改。", count=check.files)
        return found


def _taken(one: Incoming, batch: str) -> dict[str, Any]:
    at = clock.now()
    try:
        came = take_in(one, batch, by=MACHINE, at=at)
    except StillGrowing as no:
        return _refused(one.name, no)
    return _line(came, new=came.at == at)


def _unit(text: str) -> Organisation:
    found = organisation_named(text) if text else Organisation.objects.filter(parent=None).order_by("order").first()
    if found is None:
        raise NotFound(what=say("单位“{unit}”", unit=text))
    return found


def _batch(path: Path, unit: Organisation) -> str:
    """The same path for the same unit on the same day is the same batch: a broken run is simply run again."""
    same = f"{path.resolve()}|{unit.code}|{clock.today()}"
    return f"command-{sha256(same.encode('utf-8', 'surrogateescape')).hexdigest()[:24]}"


def _line(came: Arrival, *, new: bool) -> dict[str, Any]:
    """One thing as data; ``id`` is the document, or the one that has the same file."""
    document = came.document or came.twin
    problems = [came.problem] if came.problem else []
    if came.twin is not None and not came.decision:
        problems.append(written(later("与已有资料“{title}”的文件相同，等人处理"), title=came.twin.title))
    state = "refused" if came.problem else "new" if new and not came.twin_id else "already there"
    return {
        "name": came.name,
        "inside": came.inside,
        "digest": came.sha256,
        "state": state,
        "id": document.pk if document else None,
        "arrival": came.pk,
        "problems": problems,
    }


def _refused(name: str, no: Refusal) -> dict[str, Any]:
    return {
        "name": tidy_name(name), "inside": "", "digest": "", "state": "refused", "id": None, "arrival": None, "problems": [str(no)]
    }  # fmt: skip


def _documents_with(digest: str) -> list[int]:
    return list(DocumentFile.objects.filter(file__sha256=digest).values_list("document_id", flat=True).distinct())
