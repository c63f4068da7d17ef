"""A file that goes in by steps, kept on disk in between: every process of the server finds it, only its sender may ask."""

import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.http import HttpRequest

from chuangwen.doors.site.uploads import uploaded
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.records.archive.storage import ARRIVING
from chuangwen.records.township.requests import TownRequest

KEPT_SECONDS = 6 * 3600
MOST_KEPT = 40
_DONE = ".done"
_KEY = re.compile(r"[0-9a-f]{64}\Z")


class GoneAgain(Refusal):
    """The file was sent too long ago, or by somebody else."""

    code = "upload_gone"
    sentence = later("这份文件放得太久，已经清掉了。请重新选一次文件。")
    status = 410


class WrittenAlready(Refusal):
    """The button was pressed twice: the first time did it."""

    code = "written_already"
    sentence = later("这份文件刚才已经写入，没有再写一次。要再核对，请重新选一次文件。")
    status = 409


def keep(person: int, data: bytes, name: str) -> str:
    """Keep a file for its sender's next step; the key is what it holds, so the same file twice is one."""
    folder = _folder(person)
    folder.mkdir(parents=True, exist_ok=True)
    sweep()
    key = hashlib.sha256(data + b"\0" + name.encode()).hexdigest()
    (folder / f"{key}{_DONE}").unlink(missing_ok=True)
    _write(folder / key, data)
    _write(folder / f"{key}.json", json.dumps({"name": name}).encode())
    return key


def kept(person: int, key: str) -> tuple[bytes, str]:
    """The file under a key. Raises GoneAgain, or WrittenAlready."""
    path = _folder(person) / key
    if _KEY.match(key) and (_folder(person) / f"{key}{_DONE}").is_file():
        raise WrittenAlready
    try:
        if not _KEY.match(key) or time.time() - path.stat().st_mtime > KEPT_SECONDS:
            raise GoneAgain
        return path.read_bytes(), str(json.loads((_folder(person) / f"{key}.json").read_bytes())["name"])
    except (OSError, ValueError, KeyError) as gone:
        raise GoneAgain from gone


def drop(person: int, key: str) -> None:
    """What was written needs to be kept no longer; that it was written is remembered as long as a file would be."""
    if _KEY.match(key) and _folder(person).is_dir():
        (_folder(person) / f"{key}{_DONE}").touch()
        for path in (_folder(person) / key, _folder(person) / f"{key}.json"):
            path.unlink(missing_ok=True)


def sweep() -> None:
    """Throw away what is too old, and of one person's files the oldest beyond the most."""
    now = time.time()
    for folder in _root().iterdir() if _root().is_dir() else ():
        found = sorted(_dated(folder), reverse=True)
        for place, (when, path) in enumerate(found):
            if now - when > KEPT_SECONDS or place >= 2 * MOST_KEPT:
                path.unlink(missing_ok=True)


def _dated(folder: Path) -> Iterator[tuple[float, Path]]:
    for path in folder.iterdir():
        try:
            yield path.stat().st_mtime, path
        except FileNotFoundError:  # another process was faster
            continue


def _root() -> Path:
    return Path(settings.FILES) / ARRIVING / "steps"


def _folder(person: int) -> Path:
    return _root() / str(person)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, whichever process reads it at this moment."""
    with NamedTemporaryFile(dir=path.parent, delete=False) as half:
        half.write(data)
    Path(half.name).replace(path)


def sent_or_kept(request: TownRequest) -> tuple[str, bytes, str]:
    """A table that goes in by steps: its key, bytes and name. First the file or what was pasted, then what was kept."""
    person = request.actor.person_id
    if key := request.POST.get("key", ""):
        return key, *kept(person, key)
    data, name = _sent(request)
    return keep(person, data, name), data, name


def _sent(request: HttpRequest) -> tuple[bytes, str]:
    if pasted := request.POST.get("rows", "").strip("\r\n"):
        return pasted.encode(), say("贴上来的表")
    file = uploaded(request, "file")
    return file.read(), file.name or ""
