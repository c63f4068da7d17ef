"""A look at a zip before anything in it is unpacked (docx and xlsx are zips too)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from chuangwen.kernel.names import read_bytes
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting

_MB = 1024 * 1024
_LOCAL_HEADER = 30
_STEP = 16 * 1024  # packed bytes; deflate makes at most a thousand times as many of them
_STORED_STEP = 1024 * 1024
_END = b"PK\x05\x06"
_END_REACH = 22 + 65_535  # the end record and the longest remark behind it
_ROW = 1024  # bytes of the table of contents for one entry, generously
_ROOM = 64 * _MB  # unpacked, that no ratio is asked of
_UTF8 = 0x800
_LOCKED = 0x1
_UNICODE_PATH = 0x7075


@dataclass(frozen=True)
class ZipLimits:
    """What a zip may hold: entries, unpacked bytes in all, unpacked per packed byte, folders in folders."""

    entries: int = 2000
    total: int = 100 * _MB
    ratio: int = 200
    depth: int = 8
    small: int = 4 * _MB


class ZipRefused(Refusal):
    """A zip that is not opened."""

    code = "zip_refused"
    sentence = lasting("压缩文件不能打开。")
    status = 422


class NotAZip(ZipRefused):
    code = "not_a_zip"
    sentence = lasting("文件“{name}”已损坏，或者不是它的扩展名所说的格式。请用原来的软件打开，另存一份后再上传。")


class TooManyEntries(ZipRefused):
    code = "zip_entries"
    sentence = lasting("文件“{name}”里有 {count} 个部分，最多允许 {limit} 个。请拆成几个文件。")


class TooBigInside(ZipRefused):
    code = "zip_too_big"
    sentence = lasting("文件“{name}”解开后有 {size} MB，最多允许 {limit} MB，没有解开。请删去多余的行和图片后再上传。")


class SqueezedTooHard(ZipRefused):
    code = "zip_ratio"
    sentence = lasting("文件“{name}”的“{entry}”压缩了 {ratio} 倍，像是压缩炸弹，没有解开。请重新另存一份后再上传。")


class UnsafeEntry(ZipRefused):
    code = "zip_entry"
    sentence = lasting("文件“{name}”里的“{entry}”路径不安全、套得太深或是链接，没有解开。请用原来的软件重新压缩一份。")


class LockedZip(ZipRefused):
    code = "zip_locked"
    sentence = lasting("文件“{name}”带密码，没有解开。请用原来的软件另存一份不带密码的再上传。")


class SizeIsALie(ZipRefused):
    code = "zip_size"
    sentence = lasting("文件“{name}”的“{entry}”写明的大小与实际不符，没有解开。请用原来的软件另存一份后再上传。")


class DamagedEntry(ZipRefused):
    code = "zip_damaged"
    sentence = lasting("文件“{name}”里的“{entry}”已损坏（校验不符），没有收下。请重新压缩或重新下载后再上传。")


@dataclass(frozen=True)
class ZipLook:
    """A zip whose table of contents was found harmless; its entries are unpacked one by one, counted."""

    name: str
    source: BinaryIO
    infos: tuple[zipfile.ZipInfo, ...]

    @property
    def entries(self) -> dict[str, zipfile.ZipInfo]:
        """The entries by name; of two with one name the later, as every unpacker has it."""
        return {info.filename: info for info in self.infos}

    def stream(self, entry: str | zipfile.ZipInfo) -> Iterator[bytes]:
        """The entry's bytes in pieces; SizeIsALie as soon as they differ from the size that was declared."""
        info = entry if isinstance(entry, zipfile.ZipInfo) else self.entries[entry]
        size = check = 0
        for piece in self._pieces(info):
            size, check = size + len(piece), zlib.crc32(piece, check)
            if size > info.file_size:
                raise SizeIsALie(name=self.name, entry=name_of(info))
            yield piece
        if size != info.file_size:
            raise SizeIsALie(name=self.name, entry=name_of(info))
        if check != info.CRC:
            raise DamagedEntry(name=self.name, entry=name_of(info))

    def read(self, entry: str) -> bytes:
        return b"".join(self.stream(entry))

    def _pieces(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        if info.compress_type == zipfile.ZIP_STORED:
            yield from self._packed(info, _STORED_STEP)
            return
        if info.compress_type != zipfile.ZIP_DEFLATED:
            raise UnsafeEntry(name=self.name, entry=name_of(info))
        machine = zlib.decompressobj(-15)
        try:
            for packed in self._packed(info, _STEP):
                yield machine.decompress(packed)
            yield machine.flush()
        except zlib.error as wrong:
            raise NotAZip(name=self.name) from wrong

    def _packed(self, info: zipfile.ZipInfo, step: int) -> Iterator[bytes]:
        """The packed bytes; where to go on is kept here, since others read the same file in between."""
        header = self._at(info.header_offset, _LOCAL_HEADER)
        if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
            raise NotAZip(name=self.name)
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        place = info.header_offset + _LOCAL_HEADER + name_length + extra_length
        end = place + info.compress_size
        while place < end and (piece := self._at(place, min(step, end - place))):
            place += len(piece)
            yield piece

    def _at(self, place: int, count: int) -> bytes:
        self.source.seek(place)
        return self.source.read(count)


def look_at_zip(source: bytes | BinaryIO, *, name: str, limits: ZipLimits | None = None) -> ZipLook:
    """Read only the table of contents; raise a ZipRefused for anything that should not be unpacked.

    ``source`` is the whole file, or the open file where it may be large; ``name`` what the person called it. Raises
    NotAZip, TooManyEntries, TooBigInside, SqueezedTooHard, UnsafeEntry, LockedZip. Nothing is unpacked here.
    """
    limits = limits or ZipLimits()
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    infos = _table_of(file, name, limits)
    if len(infos) > limits.entries:
        raise TooManyEntries(name=name, count=len(infos), limit=limits.entries)
    total = sum(info.file_size for info in infos)
    if total > limits.total:
        raise TooBigInside(name=name, size=total // _MB, limit=limits.total // _MB)
    size = max(file.seek(0, io.SEEK_END), 1)  # of the file itself: entries may lie over each other
    if total > _ROOM and total // size > limits.ratio:
        raise SqueezedTooHard(name=name, entry="*", ratio=total // size)
    if any(not 0 <= info.header_offset < size for info in infos):
        raise NotAZip(name=name)
    for info in infos:
        _look_at_entry(info, name, limits)
    return ZipLook(name=name, source=file, infos=tuple(infos))


def _table_of(file: BinaryIO, name: str, limits: ZipLimits) -> list[zipfile.ZipInfo]:
    try:
        size = _size_of_table(file)
    except (OSError, ValueError, OverflowError) as wrong:
        raise NotAZip(name=name) from wrong
    if size > limits.entries * _ROW + _END_REACH:
        raise TooManyEntries(name=name, count=size // 46, limit=limits.entries)
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except Exception as wrong:  # the table of contents of a hostile file breaks in many ways
        raise NotAZip(name=name) from wrong


def _size_of_table(file: BinaryIO) -> int:
    """How many bytes the table of contents would take: asked before it is read into memory."""
    end = file.seek(0, io.SEEK_END)
    start = max(0, end - _END_REACH)
    file.seek(start)
    tail = file.read(_END_REACH)
    place = tail.rfind(_END)
    size = int.from_bytes(tail[place + 12 : place + 16], "little")
    if size < 0xFFFFFFFF:
        return size
    locator = tail.rfind(b"PK\x06\x07", 0, place)
    file.seek(int.from_bytes(tail[locator + 8 : locator + 16], "little"))
    return int.from_bytes(file.read(48)[40:48], "little")


def name_of(info: zipfile.ZipInfo) -> str:
    """What the entry is called: UTF-8 where it says so or is so, else GBK, as Chinese machines write it."""
    if info.flag_bits & _UTF8:
        return info.filename
    if said := _unicode_path(info.extra):
        return said
    try:
        return read_bytes(info.filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.filename


def _unicode_path(extra: bytes) -> str:
    """The name in UTF-8 that Info-ZIP writes beside the old one."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _UNICODE_PATH and size > 5:
            return extra[9 : 4 + size].decode("utf-8", "ignore")
        extra = extra[4 + size :]
    return ""


def _look_at_entry(info: zipfile.ZipInfo, name: str, limits: ZipLimits) -> None:
    if info.flag_bits & _LOCKED:
        raise LockedZip(name=name)
    ratio = info.file_size // max(info.compress_size, 1)
    if ratio > limits.ratio and info.file_size > limits.small:
        raise SqueezedTooHard(name=name, entry=name_of(info), ratio=ratio)
    parts = name_of(info).replace("\\", "/").split("/")
    is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
    leaves = ".." in parts or parts[0] == "" or ":" in parts[0] or len(parts) > limits.depth
    if is_link or leaves:
        raise UnsafeEntry(name=name, entry=name_of(info))
