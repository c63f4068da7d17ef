"""A zip whose bytes depend on nothing but what is put in and the moment given: the same content gives the same file.

Nothing is compressed (photos and office files are packed already), nothing is held in memory, each file's SHA-256 is
taken on its way. The headers get a digest of their own in the zip's comment, so that one changed byte anywhere shows.
"""

import os
import struct
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Self

from chuangwen.kernel.workdays import CHINA

PIECE = 1 << 17  # small enough to stay in the processor's cache from reading to hashing to writing
MARK = b"chuangwen headers sha256 "
_END = 22  # bytes of the end record without its comment


class StillZip:
    """A zip being written, entry by entry: ``with StillZip(file, at) as out``. Leaving it whole seals the headers."""

    def __init__(self, file: BinaryIO, at: datetime) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        local = at.astimezone(CHINA)
        self._date = (max(1980, local.year), local.month, local.day, local.hour, local.minute, local.second)

    def add(self, name: str, pieces: Iterable[bytes | memoryview], size: int) -> str:
        """Write one file piece by piece; its SHA-256. ``size`` tells only whether large offsets are needed."""
        info = zipfile.ZipInfo(name, self._date)
        info.create_system, info.external_attr, info.file_size = 3, 0o100644 << 16, size
        found = sha256()
        with self._zip.open(info, "w") as entry:
            for piece in pieces:
                entry.write(piece)
                found.update(piece)
        return found.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_wrong: object) -> None:
        self._zip.close()
        if kind is None:
            self._seal()

    def _seal(self) -> None:
        """The digest of all headers as the comment."""
        with zipfile.ZipFile(self._file) as done:
            told = MARK + headers_of(self._file, done).encode()
        self._file.seek(-2, os.SEEK_END)
        self._file.write(struct.pack("<H", len(told)) + told)


def headers_of(file: BinaryIO, packed: zipfile.ZipFile) -> str:
    """The digest of everything in a zip that is no file's content: local headers, directory, end record."""
    found = sha256()
    end = packed.start_dir
    for info in packed.infolist():
        file.seek(info.header_offset)
        head = file.read(30)
        if len(head) < 30:
            raise zipfile.BadZipFile(info.filename)
        found.update(head + file.read(sum(struct.unpack("<HH", head[26:30]))))
    file.seek(end)
    rest = file.read()
    found.update(rest[: len(rest) - 2 - len(packed.comment)])
    return found.hexdigest()


def is_untouched(file: BinaryIO, packed: zipfile.ZipFile) -> bool | None:
    """Whether the headers are as they were written; ``None`` for a zip that somebody packed anew with another program."""
    file.seek(0, os.SEEK_END)
    length = file.tell()
    if not packed.comment:
        file.seek(max(0, length - _END))
        whole = file.read(4) == b"PK\x05\x06"
        return None if whole else False
    file.seek(length - 2 - len(packed.comment))
    told = file.read(2) == struct.pack("<H", len(packed.comment))
    return told and packed.comment == MARK + headers_of(file, packed).encode()


def pieces_of(path: Path) -> Iterator[memoryview]:
    """A file in pieces. Each piece is good until the next one is asked for: they share one buffer."""
    buffer = memoryview(bytearray(PIECE))
    with path.open("rb", buffering=0) as stream:
        while length := stream.readinto(buffer):
            yield buffer[:length]
