"""Watched folders: what a scanner, a mail program or a person lays there is taken in once it has come to rest.

What was kept goes to ``done`` inside the folder; what wants a person's word, or was refused, goes to ``problems`` with a
text beside it. Files are moved only after they are safely kept, so one that lies there still is simply taken again.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from chuangwen.kernel.names import ending_of, tidy_folder, tidy_name
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, written
from chuangwen.kit import clock
from chuangwen.records.archive.arriving import Incoming, Road, StillGrowing, take_in
from chuangwen.records.archive.models import Arrival
from chuangwen.records.archive.roads import expand
from chuangwen.records.archive.storage import DiskFull
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.queries import organisation_named

REST_SECONDS = 10
DONE, PROBLEMS = "done", "problems"
_ON_THE_WAY = {"part", "partial", "tmp", "temp", "crdownload", "download", "filepart"}
NOTE = ".说明.txt"


class NoWatchedFolder(Refusal):
    """The folder of the setting is not there, or may not be written."""

    code = "no_watched_folder"
    sentence = lasting("监看文件夹“{folder}”用不了：{why}。请核对 CHUANGWEN_WATCH，文件夹要存在并且可以写。")


class NoUnitForFolder(Refusal):
    """The unit of the setting is not known."""

    code = "no_unit_for_folder"
    sentence = lasting("监看文件夹“{folder}”写的单位“{unit}”不存在。请核对 CHUANGWEN_WATCH 里等号后面的单位编号。")


class NotAllTaken(Refusal):
    """Some files could not be taken or moved; they lie where they were."""

    code = "not_all_taken"
    sentence = lasting("监看文件夹里有 {count} 个文件这次没有处理：{name}：{why}。文件还在原处，稍后会再试。")


@dataclass(frozen=True)
class Lying:
    """A file at rest in a watched folder."""

    top: Path
    path: Path
    unit: str


def waiting(_at: datetime) -> int:
    """How many files lie at rest; a folder that cannot be read counts as one, so that the trouble is told."""
    return sum(_count(Path(folder)) for folder, _ in settings.WATCHED)


def _count(top: Path) -> int:
    try:
        return sum(1 for _ in _at_rest(top, clock.real_now().timestamp()))
    except OSError:
        return 1


def take_watched(limit: int, *, by: By, at: datetime) -> int:
    """Take in up to ``limit`` files that have come to rest; one that fails does not hold up the others."""
    count, wrong = 0, []
    for lying in _all_at_rest():
        if count >= limit:
            break
        try:
            _take(lying, by=by, at=at)
            count += 1
        except DiskFull:
            raise
        except StillGrowing:  # it will lie at rest another time
            continue
        except (Refusal, OSError) as no:
            wrong.append((lying.path.name, str(no)))
    if wrong and not count:
        name, why = wrong[0]
        raise NotAllTaken(count=len(wrong), name=tidy_name(name), why=why)
    return count


def _all_at_rest() -> Iterator[Lying]:
    for folder, unit in settings.WATCHED:
        top = Path(folder)
        try:
            yield from (Lying(top, path, unit) for path in list(_at_rest(top, clock.real_now().timestamp())))
        except OSError as wrong:
            raise NoWatchedFolder(folder=top, why=wrong.strerror or wrong) from wrong


def _at_rest(top: Path, now: float) -> Iterator[Path]:
    """Files that nobody has touched for a while, the subfolders' too; not what was dealt with, nor what is hidden."""
    for path in sorted(top.iterdir()):
        if path.name in {DONE, PROBLEMS} or path.name.startswith((".", "~$")) or path.is_symlink():
            continue
        if path.is_dir():
            yield from _at_rest(path, now)
        elif path.is_file() and ending_of(path.name) not in _ON_THE_WAY and _rests(path, now):
            yield path


def _rests(path: Path, now: float) -> bool:
    """Every write moves one of its two times; so does a copy that keeps the old date of the file."""
    state = path.stat()
    return state.st_size > 0 and now - max(state.st_mtime, state.st_ctime) >= REST_SECONDS


def _take(lying: Lying, *, by: By, at: datetime) -> None:
    state = lying.path.stat()
    inside = lying.path.parent.relative_to(lying.top).as_posix()
    incoming = Incoming(
        lying.path.name,
        _unit(lying),
        Road.WATCH,
        inside=tidy_folder(inside),
        source=lying.path,
    )
    same = f"{lying.path}|{state.st_mtime_ns}|{state.st_size}".encode("utf-8", "surrogateescape")
    batch = f"watch-{sha256(same).hexdigest()[:24]}"
    came = [take_in(one, batch, by=by, at=at) for one in expand(incoming)]
    doubtful = [one for one in came if not one.decision]
    target = _move(lying, PROBLEMS if doubtful or not came else DONE)
    if doubtful:
        target.with_name(target.name + NOTE).write_text(_told(doubtful), encoding="utf-8-sig")


def _unit(lying: Lying) -> Organisation:
    unit = organisation_named(lying.unit)
    if unit is None:
        raise NoUnitForFolder(folder=lying.top, unit=lying.unit)
    return unit


def _told(doubtful: list[Arrival]) -> str:
    """What stands beside a file: why it is here, one line for each thing in it."""
    lines = []
    for one in doubtful:
        where = f"{one.inside}/{one.name}" if one.inside else one.name
        twin = written(_TWIN, title=one.twin.title) if one.twin else ""
        lines.append(f"{where}：{one.problem or twin}")
    return "\r\n".join([*lines, "", written(_GO_ON), ""])


_TWIN = later("与已有资料“{title}”的文件完全相同，没有重复立件，等人处理")
_GO_ON = later("请在“资料档案”的“收件”里处理；改好的文件可以再放进监看文件夹。")


def _move(lying: Lying, to: str) -> Path:
    """Move a file into ``done`` or ``problems``, under the same folders; what lies there already is never written over."""
    folder = lying.top / to / lying.path.parent.relative_to(lying.top)
    folder.mkdir(parents=True, exist_ok=True)
    stem, suffix = lying.path.stem, lying.path.suffix
    target, number = folder / lying.path.name, 2
    while target.exists():
        target, number = folder / f"{stem} ({number}){suffix}", number + 1
    lying.path.rename(target)
    with contextlib.suppress(OSError):  # an empty folder of a scanner may stay
        if lying.path.parent != lying.top:
            lying.path.parent.rmdir()
    return target
