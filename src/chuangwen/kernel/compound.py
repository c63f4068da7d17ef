"""The names inside an old Office file (OLE compound document): enough to tell what it is, nothing is unpacked."""

import struct
from typing import BinaryIO

SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # numbers from here on are no sectors
_MOST = 4000  # sectors of the directory
_ROW = 128


def names_in(file: BinaryIO) -> set[str]:
    """The names of streams and storages as far as the directory can be read; empty for what is no such file."""
    file.seek(0)
    head = file.read(512)
    if len(head) < 512 or not head.startswith(SIGN):
        return set()
    shift = struct.unpack("<H", head[30:32])[0]
    if shift not in {9, 12}:
        return set()
    sector, fat = struct.unpack("<I", head[48:52])[0], struct.unpack("<109I", head[76:512])
    found: set[str] = set()
    seen: set[int] = set()
    while sector < _LAST and sector not in seen and len(seen) < _MOST:
        seen.add(sector)
        found |= _names(_sector(file, sector, shift))
        sector = _after(file, sector, shift, fat)
    return found


def _sector(file: BinaryIO, number: int, shift: int) -> bytes:
    file.seek((number + 1) << shift)
    return file.read(1 << shift)


def _after(file: BinaryIO, number: int, shift: int, fat: tuple[int, ...]) -> int:
    """The sector that follows: looked up in the allocation table (its first 109 sectors, files up to 7 MB and more)."""
    table, row = divmod(number, (1 << shift) // 4)
    if table >= len(fat) or fat[table] >= _LAST:
        return _LAST
    data = _sector(file, fat[table], shift)[row * 4 : row * 4 + 4]
    return int.from_bytes(data, "little") if len(data) == 4 else _LAST


def _names(data: bytes) -> set[str]:
    rows = (data[start : start + _ROW] for start in range(0, len(data) - _ROW + 1, _ROW))
    return {
        row[: max(0, min(64, struct.unpack("<H", row[64:66])[0]) - 2)].decode("utf-16-le", "ignore") for row in rows
    }
