"""A release as the public sees it, alike on the page, in the static files, in CSV and JSON."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from chuangwen.kernel.dates import day_told
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import public_path, sealed_path
from chuangwen.records.releases.models import Release, ReleaseFile

OFFICE = "application/vnd.openxmlformats-officedocument."
ENDINGS = {
    "application/pdf": "pdf",
    f"{OFFICE}wordprocessingml.document": "docx",
    f"{OFFICE}spreadsheetml.sheet": "xlsx",
    f"{OFFICE}presentationml.presentation": "pptx",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/zip": "zip",
    "text/plain": "txt",
    "text/csv": "csv",
}
"""What may go out under its own name and type; anything else goes out as bytes that no browser opens."""
BYTES = "application/octet-stream"
_HEADING = re.compile(r"^(?:第[一二三四五六七八九十百]+[章节条]|[一二三四五六七八九十]+、)")
_SIGNS = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


@dataclass(frozen=True)
class Attachment:
    """A file that goes out: its name for people, the name of the download, the bytes that may be seen."""

    pk: int
    title: str
    name: str
    ending: str
    media_type: str
    path: Path
    digest: str
    is_photo: bool

    @property
    def size(self) -> int:
        """In bytes; 0 where the bytes are missing."""
        return self.path.stat().st_size if self.path.is_file() else 0


@dataclass(frozen=True)
class Shown:
    """One release, whole."""

    release: Release
    fields: dict[str, tuple[str, str]]
    paragraphs: list[tuple[str, bool]]
    files: list[Attachment]

    @property
    def rows(self) -> list[list[tuple[str, str]]]:
        """The fields two by two as on the original page, the title over the whole width."""
        pairs = (("index_number", "category"), ("issuer", "issued_on"), ("title",), ("number", "validity"))
        return [[self.fields[key] for key in pair] for pair in pairs]

    @property
    def photos(self) -> list[Attachment]:
        return [one for one in self.files if one.is_photo]

    @property
    def papers(self) -> list[Attachment]:
        return [one for one in self.files if not one.is_photo]


def shown(release: Release) -> Shown:
    """Read a release (with its files) for the public."""
    files = [attachment(one) for one in release.files.all()]
    return Shown(release, fields_of(release), paragraphs(release.text), files)


def fields_of(release: Release) -> dict[str, tuple[str, str]]:
    """The seven fields of the original page, by key: label and value."""
    return {
        "index_number": (say("索引号"), release.index_number or ""),
        "category": (say("信息类别"), release.category),
        "issuer": (say("发布机构"), release.issuer),
        "issued_on": (say("发文日期"), release.issued_on.isoformat()),
        "title": (say("标题"), release.title),
        "number": (say("文号"), release.number),
        "validity": (say("效力状态"), validity_told(release)),
    }


def validity_told(release: Release) -> str:
    """有效, or since when and why it is not."""
    told = str(release.get_validity_display())
    if not release.validity_on:
        return told
    return say(
        "{told}（{day}，{why}）", told=told, day=day_told(release.validity_on, with_year=True), why=release.validity_why
    )


def paragraphs(text: str) -> list[tuple[str, bool]]:
    """The lines that hold something, and whether each is a heading (一、 or 第一章)."""
    lines = (line.strip() for line in text.splitlines())
    return [(line, bool(_HEADING.match(line)) and len(line) <= 40) for line in lines if line]


def attachment(row: ReleaseFile) -> Attachment:
    """A photo goes out as its public copy, never as the original."""
    file = row.document_file.file
    if file.is_photo:
        ending, media_type, path = "jpg", "image/jpeg", _public_copy(file)
    else:
        ending = ENDINGS.get(file.media_type, "")
        media_type, path = file.media_type if ending else BYTES, sealed_path(file)
    plain = _SIGNS.sub(" ", row.title).strip(" .") or say("附件")
    name = f"{plain}.{ending}" if ending else plain
    return Attachment(row.pk, row.title, name, ending or "bin", media_type, path, file.sha256, file.is_photo)


def _public_copy(file: StoredFile) -> Path:
    """The copy; where it cannot be made a place where nothing stands, never the original."""
    try:
        return public_path(file)
    except Refusal:
        return sealed_path(file).with_name("no-public-copy")


def released_told(release: Release) -> str:
    """When it went out, in the town's time."""
    return f"{timezone.localtime(release.released_at):%Y-%m-%d %H:%M}" if release.released_at else ""


def page_names(releases: Iterable[Release]) -> dict[int, str]:
    """A file name for each release, from its index number: plain letters and digits, none twice on any system."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for one in sorted(releases, key=lambda row: row.pk):
        name = re.sub(r"[^0-9A-Za-z]+", "-", one.index_number or "").strip("-") or str(one.pk)
        name = f"{name}-{one.pk}" if name.lower() in taken else name
        taken.add(name.lower())
        found[one.pk] = name
    return found
