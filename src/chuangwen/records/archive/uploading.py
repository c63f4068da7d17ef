"""Large files in pieces (tus): begun, continued after any break, taken in when whole, given up after a day.

What ``offset`` says is on the disk for sure: it moves only after the bytes were synced. A request that starts where the
offset is takes over from one that hangs. These are the machine's traces; the arrival at the end writes the ledger note.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, QuerySet, Sum

from chuangwen.kernel.names import tidy_folder, tidy_name
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, say
from chuangwen.kit.refusals import NotAllowed, NotFound
from chuangwen.records.archive import storage
from chuangwen.records.archive.arriving import Incoming, Road, take_in, take_in_staged
from chuangwen.records.archive.models import Arrival, Upload
from chuangwen.records.archive.policy import why_not_add
from chuangwen.records.archive.roads import expand
from chuangwen.records.archive.storage import FileTooBig
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission

LIFE = timedelta(days=1)
GRACE = timedelta(minutes=5)
MOST_OPEN = 20
SYNC_EVERY = 8 << 20
SPARE = 200_000_000
_PREFIX = "upload-"


class TooManyUploads(Refusal):
    """One person's open uploads."""

    code = "too_many_uploads"
    sentence = lasting("你还有 {count} 个没传完的文件，最多同时 {most} 个、合计 {size} MB。请先传完或取消几个。")
    status = 429


class NoRoom(Refusal):
    """The disk has no room for a file of this size: told before the first byte."""

    code = "no_room"
    sentence = lasting("磁盘放不下“{name}”：还剩 {free} MB。请联系系统管理员清理磁盘后再传。")
    status = 507


class WrongOffset(Refusal):
    """The piece does not follow what is there."""

    code = "wrong_offset"
    sentence = lasting("“{name}”已收到 {offset} 字节，这一段接不上。请从那里继续传。")


class TooLong(Refusal):
    """More bytes than were declared."""

    code = "too_long"
    sentence = lasting("“{name}”比申报的 {size} 字节长，多出的没有收。请重新传。")
    status = 413


@dataclass(frozen=True)
class Wish:
    """A file that somebody is going to send."""

    name: str
    size: int
    unit: Organisation
    batch: str = ""
    inside: str = ""


def place_of(upload: Upload) -> Path:
    """Where the bytes lie until all are there."""
    return Path(settings.FILES) / storage.ARRIVING / f"{_PREFIX}{upload.key}"


def open_uploads() -> QuerySet[Upload]:
    """Those that are still on their way."""
    return Upload.objects.filter(arrival=None)


def begin(wish: Wish, *, by: Actor, at: datetime) -> Upload:
    """Make room for a file: who may, how large, how many at once, and whether the disk has room is asked first."""
    if by.person is None:
        raise NotAllowed(permission=Permission.ADD_DOCUMENTS.title)
    if no := why_not_add(wish.unit, by) or _why_not_begin(wish, by):
        raise no
    key = secrets.token_hex(16)
    batch = wish.batch[:40] or f"upload-{key[:24]}"
    return Upload.objects.create(
        key=key,
        person=by.person,
        unit=wish.unit,
        name=tidy_name(wish.name),
        inside=tidy_folder(wish.inside),
        batch=batch,
        size=wish.size,
        begun_at=at,
        touched_at=at,
    )


def _why_not_begin(wish: Wish, by: Actor) -> Refusal | None:
    name, most = tidy_name(wish.name), settings.LARGEST_BYTES
    if wish.size > most:
        return FileTooBig(name=name, have=wish.size // 1_000_000, most=most // 1_000_000)
    mine = open_uploads().filter(person=by.person)
    count, size = mine.count(), mine.aggregate(sum=Sum("size"))["sum"] or 0
    if count >= MOST_OPEN or size + wish.size > 2 * most:
        return TooManyUploads(count=count, most=MOST_OPEN, size=2 * most // 1_000_000)
    free = storage.free(settings.FILES)
    return NoRoom(name=name, free=free // 1_000_000) if free < wish.size + SPARE else None


def find(key: str, by: Actor) -> Upload:
    """A person's own upload; others' do not exist for this person."""
    upload = Upload.objects.select_related("unit", "person", "arrival").filter(key=key, person=by.person_id).first()
    if upload is None:
        raise NotFound(what=say("这次上传"))
    return _true_up(upload)


def _true_up(upload: Upload) -> Upload:
    """An offset never says more than lies on the disk: after a restored backup the pieces are gone, and come again."""
    if upload.arrival_id is None and not upload.sha256:
        path = place_of(upload)
        there = path.stat().st_size if path.exists() else 0
        if there < upload.offset:
            Upload.objects.filter(pk=upload.pk).update(offset=there, writer="")
            upload.refresh_from_db()
    return upload


def go_on(upload: Upload, offset: int, pieces: Iterable[bytes], *, at: datetime) -> Upload:
    """Add a piece that starts at ``offset``; what arrived before the line broke counts."""
    writer = secrets.token_hex(8)
    mine = Upload.objects.filter(pk=upload.pk, arrival=None)
    if not mine.filter(offset=offset).update(writer=writer, touched_at=at):
        upload.refresh_from_db()
        raise WrongOffset(name=upload.name, offset=upload.offset)
    with storage.growing(place_of(upload), offset) as file:
        saved = end = offset
        try:
            for piece in pieces:
                if end + len(piece) > upload.size:
                    raise TooLong(name=upload.name, size=upload.size)
                file.write(piece)
                end += len(piece)
                if end - saved >= SYNC_EVERY:
                    saved = _save(upload, writer, file, end)
        finally:
            _save(upload, writer, file, end)
    upload.refresh_from_db()
    return upload


def _save(upload: Upload, writer: str, file: "storage.Growing", end: int) -> int:
    """Move the offset after the bytes are safe; where another request has taken over, this one ends."""
    file.sync()
    if not Upload.objects.filter(pk=upload.pk, writer=writer).update(offset=end):
        upload.refresh_from_db()
        raise WrongOffset(name=upload.name, offset=upload.offset)
    return end


def is_whole(upload: Upload) -> bool:
    """Whether every byte is there and it has not been taken in yet."""
    return upload.arrival_id is None and upload.offset == upload.size


def finish(upload: Upload, *, by: By, at: datetime) -> Arrival:
    """Take in what has come whole; a zip or a mail as the things in it. May be repeated after any break."""
    path = place_of(upload)
    incoming = Incoming(upload.name, upload.unit, Road.LARGE, upload.inside, source=path)
    if path.exists():
        came = [_take(one, path, upload, by=by, at=at) for one in expand(incoming)]
    else:  # a run before this one died after the bytes had got their own name
        sealed = storage.place(settings.FILES, "sealed", upload.sha256)
        came = [take_in(replace(incoming, source=sealed), upload.batch, by=by, at=at)]
    Upload.objects.filter(pk=upload.pk).update(arrival=came[0], writer="")
    path.unlink(missing_ok=True)
    return came[0]


def _take(one: Incoming, path: Path, upload: Upload, *, by: By, at: datetime) -> Arrival:
    if one.source != path:
        return take_in(one, upload.batch, by=by, at=at)
    staged = storage.adopt(path)
    Upload.objects.filter(pk=upload.pk).update(sha256=staged.sha256)
    return take_in_staged(staged, one, upload.batch, by=by, at=at)


def _left_whole(at: datetime) -> QuerySet[Upload]:
    """Whole but not taken in: the request that brought the last piece died. Its own finish gets a while first."""
    return open_uploads().filter(offset=F("size"), touched_at__lte=at - GRACE)


def waiting(at: datetime) -> int:
    """How many were left whole and not taken in."""
    return _left_whole(at).count()


def finish_waiting(limit: int, *, by: By, at: datetime) -> int:
    """Take in what was left whole; one whose sender may no longer send does not hold up the others, and expires."""
    count, refused = 0, None
    rows = [_true_up(one) for one in _left_whole(at).select_related("person", "unit").order_by("begun_at")[:limit]]
    for upload in filter(is_whole, rows):
        try:
            finish(upload, by=actor_for(upload.person), at=at)
            count += 1
        except storage.DiskFull:
            raise
        except Refusal as no:
            refused = no
    if refused is not None and not count:
        raise refused
    return count


def expire(limit: int, *, by: By, at: datetime) -> int:
    """Give up what nobody has gone on with for a day, forget what was taken in, clear bytes without a row; how many.

    What is whole was confirmed: it stays until it is taken in.
    """
    old = Upload.objects.filter(touched_at__lt=at - LIFE).exclude(arrival=None, offset=F("size"))
    rows = list(old.order_by("touched_at")[:limit])
    for upload in rows:
        abandon(upload)
    known = set(Upload.objects.values_list("key", flat=True))
    found = (Path(settings.FILES) / storage.ARRIVING).glob(f"{_PREFIX}*")
    strays = [one for one in found if one.name.removeprefix(_PREFIX) not in known]
    strays = [one for one in strays if one.stat().st_mtime < (at - LIFE).timestamp()]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(rows) + len(strays)


def abandon(upload: Upload) -> None:
    """Give an upload up: its bytes first, then its row."""
    place_of(upload).unlink(missing_ok=True)
    upload.delete()
