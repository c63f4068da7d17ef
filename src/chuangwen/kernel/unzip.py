"""A look at a zip before anything in it is unpacked (docx and xlsx are zips too)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later

_MB = 1024 * 1024
_LOCAL_HEADER = 30
_STEP = 16 * 1024  # packed bytes; deflate makes at most a thousand times as many of them


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
    sentence = later("压缩文件不能打开。")
    status = 422


class NotAZip(ZipRefused):
    code = "not_a_zip"
    sentence = later("文件“{name}”已损坏，或者不是它的扩展名所说的格式。请用原来的软件打开，另存一份后再上传。")


class TooManyEntries(ZipRefused):
    code = "zip_entries"
    sentence = later("文件“{name}”里有 {count} 个部分，最多允许 {limit} 个。请拆成几个文件。")


class TooBigInside(ZipRefused):
    code = "zip_too_big"
    sentence = later("文件“{name}”解开后有 {size} MB，最多允许 {limit} MB，没有解开。请删去多余的行和图片后再上传。")


class SqueezedTooHard(ZipRefused):
    code = "zip_ratio"
    sentence = later("文件“{name}”的“{entry}”压缩了 {ratio} 倍，像是压缩炸弹，没有解开。请重新另存一份后再上传。")


class UnsafeEntry(ZipRefused):
    code = "zip_entry"
    sentence = later(
        "文件“{name}”里的“{entry}”路径不安全、是链接或带密码，没有解开。请用原来的软件另存一份不带密码的文件。"
    )


class SizeIsALie(ZipRefused):
    code = "zip_size"
    sentence = later("文件“{name}”的“{entry}”写明的大小与实际不符，没有解开。请用原来的软件另存一份后再上传。")


@dataclass(frozen=True)
class ZipLook:
    """A zip whose table of contents was found harmless; its entries are unpacked one by one, counted."""

    name: str
    data: bytes
    entries: dict[str, zipfile.ZipInfo]

    def stream(self, entry: str) -> Iterator[bytes]:
        """The entry's bytes in pieces; SizeIsALie as soon as they differ from the size that was declared."""
        info = self.entries[entry]
        size = 0
        for piece in self._pieces(info):
            size += len(piece)
            if size > info.file_size:
                raise SizeIsALie(name=self.name, entry=entry)
            yield piece
        if size != info.file_size:
            raise SizeIsALie(name=self.name, entry=entry)

    def read(self, entry: str) -> bytes:
        return b"".join(self.stream(entry))

    def _pieces(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        packed = self._packed(info)
        if info.compress_type == zipfile.ZIP_STORED:
            yield packed
            return
        if info.compress_type != zipfile.ZIP_DEFLATED:
            raise UnsafeEntry(name=self.name, entry=info.filename)
        machine = zlib.decompressobj(-15)
        try:
            for start in range(0, len(packed), _STEP):
                yield machine.decompress(packed[start : start + _STEP])
            yield machine.flush()
        except zlib.error as wrong:
            raise NotAZip(name=self.name) from wrong

    def _packed(self, info: zipfile.ZipInfo) -> bytes:
        start = info.header_offset
        header = self.data[start : start + _LOCAL_HEADER]
        if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
            raise NotAZip(name=self.name)
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        body = start + _LOCAL_HEADER + name_length + extra_length
        return self.data[body : body + info.compress_size]


def look_at_zip(data: bytes, *, name: str, limits: ZipLimits | None = None) -> ZipLook:
    """Read only the table of contents; raise a ZipRefused for anything that should not be unpacked.

    ``data`` is the whole file, ``name`` what the person called it. Raises NotAZip, TooManyEntries,
    TooBigInside, SqueezedTooHard, UnsafeEntry. Nothing is unpacked here.
    """
    limits = limits or ZipLimits()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except Exception as wrong:  # the table of contents of a hostile file breaks in many ways
        raise NotAZip(name=name) from wrong
    if len(infos) > limits.entries:
        raise TooManyEntries(name=name, count=len(infos), limit=limits.entries)
    total = sum(info.file_size for info in infos)
    if total > limits.total:
        raise TooBigInside(name=name, size=total // _MB, limit=limits.total // _MB)
    for info in infos:
        _look_at_entry(info, name, limits)
    return ZipLook(name=name, data=data, entries={info.filename: info for info in infos})


def _look_at_entry(info: zipfile.ZipInfo, name: str, limits: ZipLimits) -> None:
    ratio = info.file_size // max(info.compress_size, 1)
    if ratio > limits.ratio and info.file_size > limits.small:
        raise SqueezedTooHard(name=name, entry=info.filename, ratio=ratio)
    parts = info.filename.replace("\\", "/").split("/")
    is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
    leaves = ".." in parts or parts[0] == "" or ":" in parts[0] or len(parts) > limits.depth
    if is_link or leaves or info.flag_bits & 0x1:
        raise UnsafeEntry(name=name, entry=info.filename)
