"""Sealing a year's submission into one package, and giving it out. Crash-safe: whole under its name, or not there."""

import os
import secrets
import shutil
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.storage import DiskFull, sync
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.models import Town
from chuangwen.records.township.permissions import Permission
from chuangwen.results.submission.actions import thing
from chuangwen.results.submission.gathering import editions_of
from chuangwen.results.submission.matrix import Matrix
from chuangwen.results.submission.models import Package, Submission
from chuangwen.results.submission.packing import Head, Packed, Watch, pack
from chuangwen.results.submission.queries import package_path, packages_folder, whole_matrix
from chuangwen.results.submission.signing_actions import shut

PART = ".part-"
UNWRITTEN_SECONDS = 3600  # far longer than from the last byte to the row


class NotComplete(Refusal):
    """Something is missing or unsigned, and no leader has said to seal it so."""

    code = "submission_not_complete"
    sentence = later(
        "{year} 年申报还不能封装：缺 {missing} 项材料，{unsigned} 条标准没有签批（共 {all} 项材料、{standards} 条标准）。"
        "补齐后再封装；确需先封装的，请分管领导写明理由。"
    )


class ChangedMeanwhile(Refusal):
    """Somebody changed an entry while the package was being written."""

    code = "changed_while_sealing"
    sentence = later("封装期间有人改了 {year} 年申报，没有封装。请再封装一次。")


class OutTaken(Refusal):
    code = "out_taken"
    sentence = later("{out} 已经有内容，没有覆盖。请另起一个名字。")


class NoPackageFile(Refusal):
    """The row is there, its file is not."""

    code = "no_package_file"
    sentence = later("申报包“{name}”的文件不在了（{whole}）。请从备份恢复 files/packages 文件夹。")
    status = 404


def seal(submission: Submission, *, by: By, at: datetime, despite: str = "", watch: Watch = iter) -> Package:
    """Write the package and keep it under its digest. Refuses what is not complete, unless a leader's reason is given.

    The package is written before the database is touched, so that nobody waits for it; what changed meanwhile is told.
    """
    must(by, Permission.SIGN_SUBMISSION if despite.strip() else Permission.COMPOSE_SUBMISSION)
    with translation.override(settings.LANGUAGE_CODE):  # a package is written in the town's language, whoever seals it
        matrix = whole_matrix(submission, at.astimezone(CHINA).date())
        _require_complete(matrix, despite)
        head = Head(_title(submission), by.name, despite.strip()[:300], _editions(submission), at)
        _forget_unwritten()
        with _part(packages_folder()) as part:
            packed, size = _written(part, matrix, head, watch)
            target = packages_folder() / f"{packed.whole}.zip"
            part.replace(target)
            sync(target.parent)
    try:
        return _register(submission, matrix, packed, (head, size), by=by, at=at)
    except ChangedMeanwhile:
        target.unlink()
        raise


def _forget_unwritten() -> None:
    """Take away packages that stand whole in the folder and in no row: a run was killed before it wrote them down."""
    known, last = set(Package.objects.values_list("whole", flat=True)), time.time() - UNWRITTEN_SECONDS
    for path in packages_folder().glob("*.zip"):
        if path.stem not in known and path.stat().st_mtime < last:
            path.unlink()


def _require_complete(matrix: Matrix, despite: str) -> None:
    missing = sum(len(one.missing) for one in matrix.lines)
    unsigned = len(matrix.lines) - matrix.signed
    if (missing or unsigned) and not despite.strip():
        raise NotComplete(
            year=matrix.board.submission.year,
            missing=missing,
            unsigned=unsigned,
            all=matrix.all,
            standards=len(matrix.lines),
        )


def _title(submission: Submission) -> str:
    town = Town.objects.first()
    return written("{town}{year}年网上申报", town=town.name if town else "", year=submission.year)


def _editions(submission: Submission) -> dict[int, str]:
    """The folder of each edition; a single edition needs none."""
    rows = dict(Edition.objects.filter(pk__in=editions_of(submission)).values_list("pk", "short_title"))
    if len(rows) < 2:
        return {}
    return {pk: f"{number} {rows[pk]}" for number, pk in enumerate(editions_of(submission), start=1)}


def _written(part: Path, matrix: Matrix, head: Head, watch: Watch) -> tuple[Packed, int]:
    try:
        with part.open("w+b") as file:
            packed = pack(file, matrix, head, watch)
            file.flush()
            os.fsync(file.fileno())
            return packed, file.seek(0, os.SEEK_END)
    except OSError as wrong:
        raise DiskFull(why=wrong.strerror or wrong) from wrong


@transaction.atomic
def _register(
    submission: Submission, matrix: Matrix, packed: Packed, made: tuple[Head, int], *, by: By, at: datetime
) -> Package:
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    versions = {one.standing.entry.pk: one.standing.entry.version for one in matrix.lines}
    signed = {one.standing.entry.pk: one.standing.entry.signed_at for one in matrix.lines}
    now = submission.entries.values_list("pk", "version", "signed_at")
    if {(pk, version, at_) for pk, version, at_ in now} != {(pk, versions[pk], signed[pk]) for pk in versions}:
        raise ChangedMeanwhile(year=submission.year)
    head, size = made
    number = (submission.packages.aggregate(last=Max("number"))["last"] or 0) + 1
    package = Package.objects.create(
        submission=submission,
        number=number,
        name=f"{head.title}-{number:02d}.zip",
        whole=packed.whole,
        size=size,
        files=packed.files,
        missing=packed.missing,
        despite=head.despite,
        sealed_at=at,
        sealed_by=by.name,
    )
    if submission.locked_at is None:
        shut(submission, by=by, at=at)
    after = {"whole": packed.whole, "files": packed.files, "bytes": size, "missing": len(packed.missing)}
    ledger.note(thing(submission), later("封装申报包"), by=by, at=at, after={**after, "despite": head.despite})
    return package


def give_out(package: Package, out: Path) -> Path:
    """A copy of a package: a zip where ``out`` ends so, else the folder tree. Whole, or not there."""
    source = package_path(package)
    if not source.is_file():
        raise NoPackageFile(name=package.name, whole=package.whole)
    if out.exists() and (out.is_dir() or out.suffix.lower() != ".zip"):
        raise OutTaken(out=out)
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _part(out.parent) as part:
            if out.suffix.lower() == ".zip":
                _copy(source, part)
            else:
                _unfold(source, part)
            part.replace(out)
            sync(out.parent)
    except OSError as wrong:
        raise DiskFull(why=wrong.strerror or wrong) from wrong
    return out


def _copy(source: Path, part: Path) -> None:
    shutil.copyfile(source, part)
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _unfold(source: Path, part: Path) -> None:
    """The tree without the zip's own top folder: ``out`` takes its place."""
    with zipfile.ZipFile(source) as packed:
        for info in packed.infolist():
            path = part / info.filename.partition("/")[2]
            path.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(info) as stream, path.open("wb") as file:
                shutil.copyfileobj(stream, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())


@contextmanager
def _part(folder: Path) -> Iterator[Path]:
    """A name for what is not whole yet; nothing is left of it when something goes wrong, nor of what a killed one left."""
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    part = folder / f"{PART}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        yield part
    finally:
        _remove(part)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{PART}*"):
        pid = left.name.removeprefix(PART).partition("-")[0]
        if pid.isdigit() and not _runs(int(pid)):
            _remove(left)


def _runs(pid: int) -> bool:
    """Whether the program that was writing is still there; where that cannot be asked, it is."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
