"""Taking files in: the original sealed, public copies made, the same bytes kept once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.archive import storage
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.photos import MOST_BYTES, Photo, read_photo
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Signer, Thing

ZIP_KINDS = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class NotTaken(Refusal):
    """A file of a kind that is not taken."""

    code = "file_not_taken"
    sentence = later("“{name}”不能收。可以传照片、PDF、Word（docx）、Excel（xlsx）和文本文件。")
    status = 422


class FileTooBig(Refusal):
    code = "file_too_big"
    sentence = later("“{name}”有 {have} MB，最多 {most} MB。请压缩或拆成几份再传。")
    status = 413


@transaction.atomic
def keep_photo(data: bytes, name: str, *, by: Signer, at: datetime) -> StoredFile:
    """Keep a photo. The same bytes again give the row that stands, without a second note."""
    if found := StoredFile.objects.filter(sha256=storage.digest(data)).first():
        return found
    photo = read_photo(data, name)
    row = StoredFile(
        sha256=storage.digest(data),
        size=len(data),
        media_type=photo.media_type,
        is_photo=True,
        width=photo.width,
        height=photo.height,
        taken_at=photo.taken_at,
        device=photo.device,
        raw_place=photo.raw_place,
        lon=photo.lon,
        lat=photo.lat,
        likeness=photo.likeness,
    )
    return _keep(row, data, name, photo, by=by, at=at)


@transaction.atomic
def keep_file(data: bytes, name: str, *, by: Signer, at: datetime) -> StoredFile:
    """Keep a paper (PDF, docx, xlsx, text). A photo among them is kept as a photo."""
    if found := StoredFile.objects.filter(sha256=storage.digest(data)).first():
        return found
    if len(data) > MOST_BYTES:
        raise FileTooBig(name=name[:60], have=len(data) // 1_000_000, most=MOST_BYTES // 1_000_000)
    media_type = sniffed(data)
    if media_type == "image":
        return keep_photo(data, name, by=by, at=at)
    if not media_type:
        raise NotTaken(name=name[:60])
    row = StoredFile(sha256=storage.digest(data), size=len(data), media_type=media_type)
    return _keep(row, data, name, None, by=by, at=at)


def sniffed(data: bytes) -> str:
    """What the bytes are, whatever the name says; empty for what is not taken."""
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG")) or data[4:8] == b"ftyp" or data[8:12] == b"WEBP":
        return "image"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"PK\x03\x04"):
        return next((kind for sign, kind in ZIP_KINDS.items() if sign in data), "")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    plain = text.isprintable() or all(one.isprintable() or one in "\r\n\t" for one in text)
    return "text/plain" if data and plain and not text.lstrip().startswith("<") else ""


def _keep(row: StoredFile, data: bytes, name: str, photo: Photo | None, *, by: Signer, at: datetime) -> StoredFile:
    root = settings.FILES
    storage.keep(root, "sealed", row.sha256, data)
    if photo is not None:
        storage.keep(root, "public", f"{row.sha256}.page.jpg", photo.page)
        storage.keep(root, "public", f"{row.sha256}.thumb.jpg", photo.thumb)
    clean = "".join(one for one in name if one.isprintable() and one not in '/\\<>:"|?*').strip()
    row.name, row.kept_at, row.kept_by = clean[-200:] or later("照片"), at, by.name
    row.save(force_insert=True)
    # The name may speak of somebody, and the ledger is read by more people than the file.
    told = later("照片") if row.is_photo else later("文件")
    ledger.note(Thing("file", row.sha256[:16], told), later("收下文件"), by=by, at=at, after={"sha256": row.sha256})
    return row
