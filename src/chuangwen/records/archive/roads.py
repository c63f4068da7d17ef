"""The roads by which things come in, taken apart: a folder, a zip, a mail become single files. Nothing is kept here.

Each road gives ``Incoming`` one after another; take one before asking for the next, since what lies in a zip can be
read only while the zip is open. What cannot be opened comes along with its problem, so that nothing is lost in silence.
"""

import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from chuangwen.kernel.kinds import kind_of
from chuangwen.kernel.mails import MOST_BYTES as MOST_MAIL
from chuangwen.kernel.mails import read_mail
from chuangwen.kernel.names import ending_of, tidy_name
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.unzip import ZipLimits, look_at_zip, name_of
from chuangwen.kernel.words import lasting
from chuangwen.records.archive import storage
from chuangwen.records.archive.arriving import STEP, Incoming, Road, Unreadable

DEEPEST = 2  # a zip in a zip, a mail in a mail, a zip in a mail
MOST_THINGS = 5000
MOST_UNPACKED = 4096 * 1024 * 1024
_SYSTEM = {"thumbs.db", "desktop.ini", ".ds_store", ".localized", "$recycle.bin", "system volume information"}
_PACKED = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE = {"docx", "xlsx", "pptx", "ofd", "docm", "xlsm", "pptm", "odt", "ods", "odp", "jar", "apk", "wps", "et", "dps"}


class TooDeep(Refusal):
    """A mail in a mail in a mail."""

    code = "too_deep"
    sentence = lasting("邮件“{name}”套得太深（最多套 {most} 层），邮件收了，附件没有取出。请把附件存出来再传。")
    status = 422


class TooMuchInside(Refusal):
    """More than one delivery may hold."""

    code = "too_much_inside"
    sentence = lasting("“{name}”里的东西太多：一次最多 {most} 个文件、解开后 {size} MB，其余没有收。请分几次传。")
    status = 422


class EmptyContainer(Refusal):
    """A zip or a folder without a file."""

    code = "empty_container"
    sentence = lasting("“{name}”里没有文件。请核对是不是选错了。")
    status = 422


class Hidden(Refusal):
    """Files that programs leave lying about."""

    code = "hidden_files"
    sentence = lasting("{count} 个隐藏文件或系统文件没有收：{names}。需要的话请改名后单独传。")
    status = 422


class NotFollowed(Refusal):
    """A link or a device in a folder."""

    code = "not_followed"
    sentence = lasting("“{name}”是链接或设备，不是文件，没有收。请直接传它指向的文件。")
    status = 422


Opening = Callable[[Incoming, BinaryIO, "Budget", int], Iterator[Incoming]]


@dataclass
class Budget:
    """What one delivery may still hold, over all its zips and mails together."""

    things: int = MOST_THINGS
    size: int = MOST_UNPACKED

    def take(self, size: int) -> bool:
        """Whether one more thing of this size still fits."""
        self.things, self.size = self.things - 1, self.size - size
        return self.things >= 0 and self.size >= 0


def expand(incoming: Incoming) -> Iterator[Incoming]:
    """A path or a stream as the single things in it; a plain file is the one thing that it is.

    Raises only ``DiskFull``: what lies in a zip in a zip is laid down before it is read.
    """
    if isinstance(incoming.source, Path):
        yield from _of_path(incoming, incoming.source)
    elif incoming.source is None:
        yield incoming
    else:
        yield from _of_stream(incoming, incoming.source, Budget(), 1)


def _of_path(incoming: Incoming, path: Path) -> Iterator[Incoming]:
    try:
        mode = path.stat().st_mode
    except OSError as wrong:
        yield _unreadable(incoming, wrong)
        return
    if stat.S_ISDIR(mode):
        yield from _of_folder(replace(incoming, road=Road.FOLDER), path)
    elif stat.S_ISREG(mode):
        yield from _of_plain(incoming, path)
    else:
        yield replace(incoming, source=None, problem=NotFollowed(name=tidy_name(incoming.name)))


def _of_plain(incoming: Incoming, path: Path) -> Iterator[Incoming]:
    """A file on the disk; closed again before it is given on, since whoever takes it may move it."""
    try:
        with path.open("rb") as file:
            if open_it := _how_to_open(incoming.name, file, 1):
                yield from _or_told(incoming, open_it(incoming, file, Budget(), 1))
                return
    except OSError as wrong:
        yield _unreadable(incoming, wrong)
        return
    yield incoming


def _unreadable(incoming: Incoming, wrong: OSError) -> Incoming:
    name = tidy_name(incoming.name)
    return replace(incoming, source=None, problem=Unreadable(name=name, why=wrong.strerror or wrong))


def _of_folder(incoming: Incoming, top: Path) -> Iterator[Incoming]:
    """All files under a folder, in a fixed order; links are told, never followed; hidden files are told together."""
    hidden: list[str] = []
    waiting, count = [top], 0
    while waiting:
        folder = waiting.pop()
        here = replace(incoming, inside="/".join(part for part in (incoming.inside, _shown(folder, top)) if part))
        below: list[Path] = []
        for one in _entries(here, folder):
            path = one.source
            count += 1
            if _is_hidden(one.name):
                hidden.append(one.name)
            elif isinstance(path, Path) and not path.is_symlink() and path.is_dir():
                below.append(path)
                count -= 1
            elif isinstance(path, Path) and not path.is_symlink():
                yield from _of_path(one, path)
            else:
                yield replace(one, source=None, problem=one.problem or NotFollowed(name=tidy_name(one.name)))
        waiting.extend(reversed(below))
    yield from _told(incoming, hidden, count - len(hidden))


def _entries(here: Incoming, folder: Path) -> Iterator[Incoming]:
    try:
        names = sorted(one.name for one in folder.iterdir())
    except OSError as wrong:
        yield _unreadable(replace(here, name=folder.name), wrong)
        return
    for name in names:
        yield replace(here, name=name, source=folder / name)


def _shown(folder: Path, top: Path) -> str:
    parts = [top.resolve().name, *folder.relative_to(top).parts]
    return "/".join(tidy_name(part) for part in parts if part)


def _told(incoming: Incoming, hidden: list[str], count: int) -> Iterator[Incoming]:
    """What is said of a container at its end: hidden files, or that there was nothing in it."""
    problem: Refusal | None = None
    if hidden:
        names = "、".join(tidy_name(one) for one in hidden[:5]) + ("…" if len(hidden) > 5 else "")
        problem = Hidden(count=len(hidden), names=names)
    elif not count:
        problem = EmptyContainer(name=tidy_name(incoming.name))
    if problem is not None:
        yield replace(incoming, source=None, problem=problem)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$", "._")) or name.lower() in _SYSTEM or name == "__MACOSX"


def _how_to_open(name: str, file: BinaryIO, depth: int) -> Opening | None:
    """What takes a file apart, if it is one that others lie in; what will be refused is left whole for that."""
    if not _may_hold(name, file.read(8)):
        return None
    try:
        group = kind_of(file, tidy_name(name)).group
    except Refusal:
        return None
    if group == "zip" and depth <= DEEPEST:
        return _of_zip
    return _of_mail if group == "mail" else None


def _may_hold(name: str, head: bytes) -> bool:
    """Whether other files may be in it: worth a closer look."""
    return head.startswith(_PACKED) or ending_of(name) == "eml"


def _of_stream(
    incoming: Incoming, pieces: Callable[[], Iterable[bytes]], budget: Budget, depth: int
) -> Iterator[Incoming]:
    yield from _or_told(incoming, _of_pieces(incoming, pieces, budget, depth))


def _of_pieces(
    incoming: Incoming, pieces: Callable[[], Iterable[bytes]], budget: Budget, depth: int
) -> Iterator[Incoming]:
    """A stream: laid down first where it may have to be opened, since zips are read from their end."""
    head = next(iter(pieces()), b"")[:8]
    if not _may_hold(incoming.name, head) or ending_of(incoming.name) in _OFFICE:
        yield incoming
        return
    with storage.scratch(settings.FILES, pieces()) as file:
        open_it = _how_to_open(incoming.name, file, depth)
        yield from open_it(incoming, file, budget, depth) if open_it else [incoming]


def _or_told(incoming: Incoming, things: Iterator[Incoming]) -> Iterator[Incoming]:
    """What cannot be opened is told as one thing with its problem; a full disk stops everything."""
    try:
        yield from things
    except storage.DiskFull:
        raise
    except Refusal as no:
        yield replace(incoming, source=None, problem=no)


def _of_zip(incoming: Incoming, file: BinaryIO, budget: Budget, depth: int) -> Iterator[Incoming]:
    incoming = replace(incoming, road=Road.ZIP)
    name = tidy_name(incoming.name)
    look = look_at_zip(file, name=name, limits=ZipLimits(entries=MOST_THINGS, total=MOST_UNPACKED, depth=24))
    hidden: list[str] = []
    count = 0
    for info in look.infos:
        *folders, last = name_of(info).replace("\\", "/").split("/")
        if not last:
            continue
        if any(_is_hidden(part) for part in (*folders, last)):
            hidden.append(last)
            continue
        count += 1
        if not budget.take(info.file_size):
            yield _too_much(incoming)
            return
        inside = "/".join(part for part in (incoming.inside, name, *map(tidy_name, folders)) if part)
        source = partial(look.stream, info)
        yield from _of_stream(replace(incoming, name=last, inside=inside, source=source), source, budget, depth + 1)
    yield from _told(incoming, hidden, count)


def _too_much(incoming: Incoming) -> Incoming:
    problem = TooMuchInside(name=tidy_name(incoming.name), most=MOST_THINGS, size=MOST_UNPACKED // 1024 // 1024)
    return replace(incoming, source=None, problem=problem)


def _of_mail(incoming: Incoming, file: BinaryIO, budget: Budget, depth: int) -> Iterator[Incoming]:
    """A mail: itself, as it came, titled by its subject; then each attachment as a thing of its own."""
    incoming = replace(incoming, road=Road.MAIL)
    name = tidy_name(incoming.name)
    file.seek(0)
    data = file.read(MOST_MAIL + 1)
    mail = read_mail(data, name)
    yield replace(incoming, title=mail.subject, source=partial(_whole, data))
    if mail.attachments and depth > DEEPEST:
        yield replace(incoming, source=None, problem=TooDeep(name=name, most=DEEPEST))
        return
    inside = "/".join(part for part in (incoming.inside, name) if part)
    for attached in mail.attachments:
        if not budget.take(len(attached.data)):
            yield _too_much(incoming)
            return
        source = partial(_whole, attached.data)
        yield from _of_stream(
            replace(incoming, name=attached.name, inside=inside, source=source), source, budget, depth + 1
        )


def _whole(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), STEP):
        yield data[start : start + STEP]
