"""Bytes on disk: sealed originals and public copies, by digest. What is acknowledged is on the disk.

``<root>/sealed/ab/cdef…`` holds what came, untouched; ``<root>/public/ab/cdef….page.jpg`` what others may see.
"""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later


class DiskFull(Refusal):
    """Nothing was stored."""

    code = "disk_full"
    sentence = later("文件没有存下：{why}。没有留下任何半截文件，请清理磁盘后再传。")
    status = 507


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def place(root: Path, kind: str, name: str) -> Path:
    """Where a file of this digest stands."""
    return root / kind / name[:2] / name[2:]


def keep(root: Path, kind: str, name: str, data: bytes) -> Path:
    """Write bytes durably under their name; a repeat of the same bytes is harmless."""
    target = place(root, kind, name)
    if target.is_file() and target.stat().st_size == len(data):
        return target
    temporary = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".part-", delete=False) as file:
            temporary = file.name
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
        settle(target.parent)
    except OSError as wrong:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise DiskFull(why=wrong.strerror or wrong) from wrong
    return target


def settle(folder: Path) -> None:
    """Let the folder's own entry reach the disk too (not needed, nor possible, on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
