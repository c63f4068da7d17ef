"""The released documents as plain files for the column of the city's portal.

HTML without scripts or outside addresses, one CSV, one JSON, attachments, and the digest of every file. No moment of
writing stands in it: the same releases give the same bytes, wherever and whenever they are written.
"""

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from chuangwen.doors.disclosure.showing import Attachment, Shown, page_names, released_told, shown
from chuangwen.kernel.csv_text import write_csv
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.squares import square_of
from chuangwen.kernel.words import later, say
from chuangwen.records.releases import queries
from chuangwen.records.releases.models import Release
from chuangwen.records.township.models import Town

DIGESTS = "SHA256SUMS.txt"
LONG_AGO = (1980, 1, 1, 0, 0, 0)


class NotOurFolder(Refusal):
    """Only a folder that holds nothing else is written over."""

    code = "not_our_folder"
    sentence = later("文件夹“{folder}”里有不是上次导出的东西（{name}），没有动它。请换一个空的文件夹。")


class AttachmentMissing(Refusal):
    """A folder with a hole in it is not written."""

    code = "attachment_missing"
    sentence = later("“{title}”的附件“{name}”不在存放处，没有导出。请先运行 chuangwen archive check 核查。")


@dataclass(frozen=True)
class Piece:
    """One file of the folder: its name with /, and its bytes or where they are."""

    name: str
    source: bytes | Path

    def digest(self) -> str:
        if isinstance(self.source, bytes):
            return sha256(self.source).hexdigest()
        with self.source.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class Written:
    """What was written: how many releases, how many files with the list of digests."""

    releases: int
    files: int


def pieces(address: str = "") -> Iterator[Piece]:
    """Every file, the list of digests last. ``address`` is where the folder will be read, for the square codes."""
    digests = []
    for one in _pieces(address.rstrip("/")):
        digests.append((one.name, one.digest()))
        yield one
    lines = [f"{digest}  {name}\n" for name, digest in sorted(digests)]
    yield Piece(DIGESTS, "".join(lines).encode())


def _pieces(address: str) -> Iterator[Piece]:
    """Chinese, whatever the language of the one who asks."""
    everything = list(queries.with_files(queries.once_released()).order_by("-issued_on", "-pk"))
    names = page_names(everything)
    open_ = set(queries.released().values_list("pk", flat=True))
    public, gone = [one for one in everything if one.pk in open_], [one for one in everything if one.pk not in open_]
    town = Town.objects.first()
    with translation.override(settings.LANGUAGE_CODE):
        style = render_to_string("disclosure/style.css")
        index = render_to_string("disclosure/static_index.html", {"town": town, "years": _years(public, names)})
        rows = [(shown(one), names[one.pk]) for one in public]
        table = write_csv(_heads(), (_row(one, name) for one, name in rows))
        data = _data(town, rows, [(one, names[one.pk]) for one in gone])
    yield Piece("style.css", style.encode())
    yield Piece("index.html", index.encode())
    yield Piece("index.csv", table)
    yield Piece("index.json", data)
    for row, name in rows:
        yield from _release(row, name, town, address)
    for one in gone:
        with translation.override(settings.LANGUAGE_CODE):
            page = render_to_string("disclosure/static_gone.html", {"release": one, "town": town, "up": "../"})
        yield Piece(f"pages/{names[one.pk]}.html", page.encode())


def _release(one: Shown, name: str, town: Town | None, address: str) -> Iterator[Piece]:
    """The page of a release and its attachments."""
    links = {item.pk: f"../files/{_file_name(name, place, item)}" for place, item in enumerate(one.files, start=1)}
    link = f"{address}/pages/{name}.html" if address else ""
    context = {
        "shown": one,
        "release": one.release,
        "released": released_told(one.release),
        "town": town,
        "up": "../",
        "link": link,
        "code": SafeString(square_of(link)) if link else "",
        "photos": [(item, links[item.pk]) for item in one.photos],
        "papers": [(item, links[item.pk]) for item in one.papers],
    }
    with translation.override(settings.LANGUAGE_CODE):
        page = render_to_string("disclosure/static_page.html", context)
    yield Piece(f"pages/{name}.html", page.encode())
    for place, item in enumerate(one.files, start=1):
        if not item.path.is_file():
            raise AttachmentMissing(title=one.release.title, name=item.title)
        yield Piece(f"files/{_file_name(name, place, item)}", item.path)


def _file_name(name: str, place: int, item: Attachment) -> str:
    """Plain names, for portals and systems that know no others; the page shows the real one."""
    return f"{name}/{place}.{item.ending}"


def _years(public: list[Release], names: dict[int, str]) -> list[tuple[int, list[tuple[Release, str]]]]:
    rows = groupby(public, key=lambda one: one.issued_on.year)
    return [(year, [(one, names[one.pk]) for one in found]) for year, found in rows]


def _heads() -> list[str]:
    names = ("索引号", "信息类别", "发布机构", "发文日期", "标题", "文号", "效力状态", "发布时间", "网页", "附件")
    return [say(one) for one in names]


def _row(one: Shown, name: str) -> list[str]:
    files = "；".join(f"files/{_file_name(name, place, item)}" for place, item in enumerate(one.files, start=1))
    values = [value for _, value in one.fields.values()]
    return [*values, released_told(one.release), f"pages/{name}.html", files]


def _data(town: Town | None, rows: list[tuple[Shown, str]], gone: list[tuple[Release, str]]) -> bytes:
    told = {
        "town": town.full_name if town else "",
        "released": [_item(one, name) for one, name in rows],
        "withdrawn": [
            {"index_number": one.index_number, "page": f"pages/{name}.html"}
            for one, name in sorted(gone, key=lambda pair: pair[0].pk)
        ],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _item(one: Shown, name: str) -> dict[str, Any]:
    release = one.release
    return {
        **{key: value for key, (_, value) in one.fields.items()},
        "validity_code": release.validity,
        "released_at": timezone.localtime(release.released_at).isoformat() if release.released_at else "",
        "page": f"pages/{name}.html",
        "text": release.text,
        "files": [
            {
                "title": item.title,
                "name": item.name,
                "file": f"files/{_file_name(name, place, item)}",
                "size": item.size,
            }
            for place, item in enumerate(one.files, start=1)
        ],
    }


def write_folder(target: Path, address: str = "") -> Written:
    """Write the folder whole beside its place, then put it there; an earlier export in that place goes."""
    target = target.resolve()
    _refuse_others(target)
    fresh, old = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir(parents=True)
    count = 0
    try:
        for count, one in enumerate(pieces(address), start=1):  # noqa: B007 - told below
            path = fresh / one.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(one.source, bytes):
                path.write_bytes(one.source)
            else:
                shutil.copyfile(one.source, path)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return Written(queries.released().count(), count)


def _refuse_others(target: Path) -> None:
    """Everything in the folder stands in the list that an earlier export left there."""
    if not target.exists():
        return
    if not target.is_dir():
        raise NotOurFolder(folder=target, name=target.name)
    digests = target / DIGESTS
    lines = digests.read_text("utf-8", errors="replace").splitlines() if digests.is_file() else []
    known = {line.partition("  ")[2] for line in lines} | {DIGESTS}
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        if path.is_symlink() or (path.is_file() and name not in known):
            raise NotOurFolder(folder=target, name=name)


def write_zip(stream: IO[bytes], address: str = "") -> None:
    """The same folder as one zip, for sending; the same releases give the same bytes here too."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for one in pieces(address):
            told = zipfile.ZipInfo(one.name, date_time=LONG_AGO)
            told.external_attr = 0o644 << 16
            if isinstance(one.source, bytes):
                archive.writestr(told, one.source)
                continue
            told.file_size = one.source.stat().st_size
            with one.source.open("rb") as source, archive.open(told, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)
