"""A folder (or a zip of one) with a list of its files' SHA-256, in the format that plain ``sha256sum -c`` reads.

``manifest.sha256`` names every file; ``whole.sha256`` holds the digest of that list and so stands for the whole.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.still_zip import PIECE, is_untouched, pieces_of
from chuangwen.kernel.words import later, say

# What the zip library raises at damaged files: it promises BadZipFile, and keeps it most of the time.
DAMAGE = (OSError, EOFError, ValueError, OverflowError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error)
MOST_LISTING = 50_000_000
MANIFEST, WHOLE = "manifest.sha256", "whole.sha256"


class NotAPackage(Refusal):
    """Nothing that has such a list, or damaged past opening."""

    code = "not_a_package"
    sentence = later("{file} 不能核验：{why}。请换一份没有损坏的申报包或移交包。")
    status = 422


@dataclass
class Verdict:
    """What a look at every file found; ``whole`` is the digest of the list as it stands now.

    ``repacked``: the content agrees, but the zip is not the one that was sealed (unpacked and packed anew).
    """

    whole: str = ""
    files: int = 0
    differs: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    repacked: bool = False

    @property
    def holds(self) -> bool:
        return not (self.differs or self.missing or self.added)


def listed(digests: Iterable[tuple[str, str]]) -> str:
    """(name, digest) as the text of a list; a name with a backslash or a line break is escaped as sha256sum does."""
    return "".join(_line(name, digest) for name, digest in digests)


def _line(name: str, digest: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == name else chr(92)}{digest}  {escaped}\n"


def read_list(text: str) -> dict[str, str]:
    """The digests by name. Raises ``ValueError`` for what is no such list."""
    found = {}
    for line in text.split("\n"):
        if not line:
            continue
        escaped, line = line.startswith("\\"), line.removeprefix("\\")
        digest, mark, name = line[:64], line[64:66], line[66:]
        if len(digest) != 64 or mark not in {"  ", " *"} or not name or set(digest) - set("0123456789abcdef"):
            raise ValueError(line[:80])
        found[_plain(name) if escaped else name] = digest
    return found


def _plain(name: str) -> str:
    signs = {"\\": "\\", "n": "\n", "r": "\r"}
    return re.sub(r"\\(.)", lambda found: signs.get(found[1], found[1]), name)


def verify(path: Path) -> Verdict:
    """Look at every file of a package. Needs nothing but the package itself."""
    if path.is_dir():
        return _judged(path, _in_folder(path))
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as packed:
            return _in_zip(path, file, packed)
    except DAMAGE as wrong:
        raise NotAPackage(file=path, why=wrong) from wrong


Pieces = Iterator[bytes] | Iterator[memoryview]
Readers = Mapping[str, Callable[[], Pieces]]


def _in_folder(folder: Path) -> Readers:
    files = (one for one in sorted(folder.rglob("*")) if one.is_file())
    return {one.relative_to(folder).as_posix(): lambda one=one: pieces_of(one) for one in files}  # type: ignore[misc]


def _in_zip(path: Path, file: BinaryIO, packed: zipfile.ZipFile) -> Verdict:
    names = [info for info in packed.infolist() if not info.is_dir()]
    top = next((one.filename.removesuffix(MANIFEST) for one in names if _is_list(one.filename)), "")
    readers = {one.filename.removeprefix(top): lambda one=one: _unpacked(packed, one) for one in names}
    found = _judged(path, readers)
    untouched = is_untouched(file, packed)
    found.repacked = untouched is None
    twice = len(names) - len(readers)
    if untouched is False or twice:
        found.differs.append(say("压缩包自身的目录（文件名、位置或日期被改动）"))
    return found


def _is_list(name: str) -> bool:
    return name == MANIFEST or (name.endswith(f"/{MANIFEST}") and name.count("/") == 1)


def _unpacked(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with packed.open(info) as stream:
        while piece := stream.read(PIECE):
            yield piece


def _judged(path: Path, readers: Readers) -> Verdict:
    if MANIFEST not in readers:
        raise NotAPackage(file=path, why=say("里面没有清单 {name}", name=MANIFEST))
    listing = _bytes(readers[MANIFEST])
    found = Verdict(whole=sha256(listing).hexdigest())
    try:
        wanted = read_list(listing.decode("utf-8"))
    except ValueError:
        found.differs.append(MANIFEST)
        return found
    _judge_whole(readers, found)
    for name, digest in wanted.items():
        if name not in readers:
            found.missing.append(name)
        elif _digest(readers[name]) != digest:
            found.differs.append(name)
    found.files = len(wanted)
    found.added = sorted(set(readers) - set(wanted) - {MANIFEST, WHOLE})
    return found


def _judge_whole(readers: Readers, found: Verdict) -> None:
    """The digest of the list must stand beside it, and be right."""
    if WHOLE not in readers:
        found.missing.append(WHOLE)
    elif _bytes(readers[WHOLE]) != listed([(MANIFEST, found.whole)]).encode():
        found.differs.append(WHOLE)


def _bytes(read: Callable[[], Pieces]) -> bytes:
    """A small file whole; one that cannot be read, or is no list by its size, is empty."""
    found = b""
    try:
        for piece in read():
            found += bytes(piece) if len(found) <= MOST_LISTING else b""
    except DAMAGE:
        return b""
    return found


def _digest(read: Callable[[], Pieces]) -> str:
    found = sha256()
    try:
        for piece in read():
            found.update(piece)
    except DAMAGE:
        return ""
    return found.hexdigest()
