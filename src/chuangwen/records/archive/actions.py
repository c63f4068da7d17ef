"""Taking files in: the original sealed, a public copy made, the same bytes kept once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from chuangwen.kernel.kinds import EmptyFile, Kind, UnknownKind, kind_of
from chuangwen.kernel.names import tidy_name
from chuangwen.kernel.numerals import fixed
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later
from chuangwen.records.archive import storage
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.removal import revive
from chuangwen.records.archive.storage import FileTooBig, Staged
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Signer, Thing
from chuangwen.records.photos.pictures import MOST_BYTES, NoPhoto, Photo, PhotoTooLarge, read_photo

FROM_PHONES = {"jpg", "png", "webp", "heic"}
FOR_CASES = {*FROM_PHONES, "pdf", "docx", "xlsx", "txt", "csv"}


class NotTaken(Refusal):
    """A file of a kind that is not taken here."""

    code = "file_not_taken"
    sentence = lasting("“{name}”不能收。可以传照片、PDF、Word（docx）、Excel（xlsx）和文本文件。")
    status = 422


class PackedFile(Refusal):
    """A zip where a file was expected: zips are opened before, two deep at the most."""

    code = "packed_file"
    sentence = lasting("“{name}”是压缩包里套的压缩包，层数太多，没有解开。请先解开再传。")
    status = 422


@dataclass(frozen=True)
class Looked:
    """A whole file under a temporary name, and what it is; ``photo`` for pictures."""

    staged: Staged
    kind: Kind
    name: str
    photo: Photo | None = None


def keep_photo(data: bytes, name: str, *, by: Signer, at: datetime) -> StoredFile:
    """Keep a photo and its small public copy; the large one is made in the background, or when first looked at.

    The same bytes again give the row that stands, without a second note.
    """
    try:
        return _keep(data, name, FROM_PHONES, by=by, at=at)
    except (UnknownKind, EmptyFile, NotTaken) as no:
        raise NoPhoto(name=tidy_name(name)[:60]) from no


def keep_file(data: bytes, name: str, *, by: Signer, at: datetime) -> StoredFile:
    """Keep a paper (PDF, docx, xlsx, text). A photo among them is kept as a photo."""
    return _keep(data, name, FOR_CASES, by=by, at=at)


def _keep(data: bytes, name: str, kinds: set[str], *, by: Signer, at: datetime) -> StoredFile:
    if found := StoredFile.objects.filter(sha256=storage.digest(data), removed_at=None).first():
        return found
    if len(data) > MOST_BYTES:
        raise FileTooBig(name=name[:60], have=len(data) // 1_000_000, most=MOST_BYTES // 1_000_000)
    staged = storage.stage(settings.FILES, [data])
    try:
        looked = look_at(staged, name)
        if looked.kind.ending not in kinds:
            raise NotTaken(name=looked.name[:60])
        put_away(looked)
        return _enter(looked, by=by, at=at)
    finally:
        staged.discard()


def look_at(staged: Staged, name: str) -> Looked:
    """What a file is; refuses what is not kept. Reads a photo; nothing else is opened."""
    name = tidy_name(name, otherwise=later("文件"))
    with staged.path.open("rb") as file:
        kind = kind_of(file, name)
    if kind.group == "zip":
        raise PackedFile(name=name)
    if kind.group != "photo":
        return Looked(staged, kind, name)
    if staged.size > MOST_BYTES:
        raise PhotoTooLarge(
            name=name, have=f"{fixed(staged.size / 1e6, 0)} MB", most=f"{fixed(MOST_BYTES / 1e6, 0)} MB"
        )
    return Looked(staged, kind, name, read_photo(staged.read(), name))


def put_away(looked: Looked) -> None:
    """Move the original to its own name, and a photo's small public copy before it: first all is written, then moved."""
    revive(looked.staged.sha256)
    root, name, copies = settings.FILES, looked.staged.sha256, []
    try:
        if looked.photo is not None:
            target = storage.place(root, "public", f"{name}.thumb.jpg")
            copies.append((storage.stage(root, [looked.photo.thumb]), target))
        for staged, target in [*copies, (looked.staged, storage.place(root, "sealed", name))]:
            storage.settle(staged, target)
    finally:
        for staged, _ in copies:
            staged.discard()


@transaction.atomic
def _enter(looked: Looked, *, by: Signer, at: datetime) -> StoredFile:
    row, new = row_of(looked, by=by, at=at)
    if new:
        ledger.note(thing(row), later("收下文件"), by=by, at=at, after={"sha256": row.sha256})
    return row


def thing(file: StoredFile) -> Thing:
    """What the ledger calls a file: its name may speak of somebody, and more people read the ledger than the file."""
    return Thing("file", file.sha256[:16], later("照片") if file.is_photo else later("文件"))


def row_of(looked: Looked, *, by: Signer, at: datetime) -> tuple[StoredFile, bool]:
    """The row of a file whose bytes are put away, and whether it is new. Of two that come at once one makes it."""
    said: dict[str, Any] = {
        "size": looked.staged.size,
        "media_type": looked.kind.media_type,
        "name": looked.name,
        "kept_at": at,
        "kept_by": by.name,
    }
    if (photo := looked.photo) is not None:
        said |= {
            "media_type": photo.media_type,
            "is_photo": True,
            "width": photo.width,
            "height": photo.height,
            "taken_at": photo.claims.taken_at,
            "device": photo.claims.device,
            "software": photo.claims.software,
            "raw_place": photo.claims.raw_place,
            "lon": photo.claims.lon,
            "lat": photo.claims.lat,
            "likeness": photo.likeness,
            "shape": photo.shape,
        }
    return StoredFile.objects.get_or_create(sha256=looked.staged.sha256, defaults=said)
