"""Bytes on disk: sealed originals and public copies, by digest. What is acknowledged is on the disk.

``<root>/sealed/ab/cdef…`` holds what came, untouched; ``<root>/public/ab/cdef….page.jpg`` what others may see;
``<root>/arriving`` what is still on its way. A file is written there in pieces under a temporary name, hashed on the
way, synced, and only then moved to its own name, and its folder synced: no name ever stands for half a file.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting

ARRIVING = "arriving"
PART = ".part-"
_STEP = 1 << 20
_IN_MEMORY = 8 << 20


class DiskFull(Refusal):
    """Nothing was stored."""

    code = "disk_full"
    sentence = lasting("文件没有存下：{why}。没有留下任何半截文件，请清理磁盘后再传。")
    status = 507


class FileTooBig(Refusal):
    code = "file_too_big"
    sentence = lasting("“{name}”有 {have} MB，最多 {most} MB。请压缩或拆成几份再传。")
    status = 413


@dataclass(frozen=True)
class Staged:
    """A whole file under a temporary name, synced; ``sha256`` and ``size`` are of its bytes."""

    path: Path
    sha256: str
    size: int

    def read(self) -> bytes:
        """All of it at once; for small files."""
        return self.path.read_bytes()

    def discard(self) -> None:
        """It is not kept after all."""
        self.path.unlink(missing_ok=True)


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def digest_of(path: Path) -> str:
    """The digest of a file, read in pieces."""
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(_STEP):
            found.update(piece)
    return found.hexdigest()


def place(root: Path, kind: str, name: str) -> Path:
    """Where a file of this digest stands."""
    return root / kind / name[:2] / name[2:]


def stage(root: Path, pieces: Iterable[bytes], *, name: str = "", most: int = 0) -> Staged:
    """Write what comes in pieces; memory stays flat. Raises DiskFull, or FileTooBig past ``most`` bytes (0: no bound).

    Whatever goes wrong, here or where the pieces come from, leaves nothing behind.
    """
    with _disk():
        folder = _folder(root / ARRIVING)
        handle, path = tempfile.mkstemp(dir=folder, prefix=PART)
    found, size = sha256(), 0
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            for piece in pieces:
                size += len(piece)
                _must_fit(size, most, name)
                found.update(piece)
                with _disk():
                    _write(file.fileno(), piece)
            with _disk():
                os.fsync(file.fileno())
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    return Staged(Path(path), found.hexdigest(), size)


def _must_fit(size: int, most: int, name: str) -> None:
    if most and size > most:
        raise FileTooBig(name=name, have=f"≥{most // 1_000_000}", most=most // 1_000_000)


def _write(handle: int, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(handle, left) :]


def settle(staged: Staged, target: Path) -> Path:
    """Move a whole file to its own name. Where the same file stands already it is left alone, if it is still whole."""
    with _disk():
        _folder(target.parent)
        if target.is_file() and target.stat().st_size == staged.size and digest_of(target) == staged.sha256:
            staged.discard()
            return target
        staged.path.replace(target)
        sync(target.parent)
    return target


def adopt(path: Path) -> Staged:
    """A file that is already whole and synced on this disk, under a name of ours."""
    return Staged(path, digest_of(path), path.stat().st_size)


@dataclass(frozen=True)
class Growing:
    """A file that is written on over several requests."""

    handle: int

    def write(self, piece: bytes) -> None:
        with _disk():
            _write(self.handle, piece)

    def sync(self) -> None:
        with _disk():
            os.fsync(self.handle)


@contextmanager
def growing(path: Path, offset: int) -> Iterator[Growing]:
    """Go on with a file at ``offset``; what stood behind it was never promised and goes."""
    with _disk():
        folder, new = _folder(path.parent), not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with _disk():
            os.ftruncate(handle, offset)
            os.lseek(handle, offset, os.SEEK_SET)
            if new:
                sync(folder)
        yield Growing(handle)
    finally:
        os.close(handle)


def free(root: Path) -> int:
    """How many bytes the disk has left."""
    with _disk():
        return shutil.disk_usage(_folder(root)).free


def keep(root: Path, kind: str, name: str, data: bytes) -> Path:
    """Write bytes durably under their name; a repeat of the same bytes is harmless."""
    target = place(root, kind, name)
    if target.is_file() and target.stat().st_size == len(data):
        return target
    staged = stage(root, [data])
    try:
        return settle(staged, target)
    finally:
        staged.discard()


def clean_leftovers(root: Path, *, before: datetime) -> int:
    """Remove what broken runs left on its way and nobody touched since; returns how many there were."""
    count = 0
    for path in (root / ARRIVING).glob(f"{PART}*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                count += 1
    return count


@contextmanager
def scratch(root: Path, pieces: Iterable[bytes]) -> Iterator[BinaryIO]:
    """A stream laid down for a moment, to be read anywhere in it: in memory while it is small, else without a name."""
    with _disk():
        folder = _folder(root / ARRIVING)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(folder)) as file:
        for piece in pieces:
            with _disk():
                file.write(piece)
        file.seek(0)
        yield cast(BinaryIO, file)


@contextmanager
def _disk() -> Iterator[None]:
    """Whatever the disk refuses is told in one sentence."""
    try:
        yield
    except OSError as wrong:
        raise DiskFull(why=wrong.strerror or wrong) from wrong


def _folder(folder: Path) -> Path:
    """The folder, made when missing, and known to the disk."""
    if not folder.is_dir():
        _folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)
    return folder


def sync(folder: Path) -> None:
    """Let the folder's own entry reach the disk too (not needed, nor possible, on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
