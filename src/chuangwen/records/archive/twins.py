"""Photos that repeat one another: found near by their hashes, then told apart by a finer look."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.conf import settings
from PIL import Image

from chuangwen.kernel.refusal import Refusal
from chuangwen.records.archive.copies import public_copy
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.photos.comparing import Look, Sight, look, planes_of
from chuangwen.records.photos.hashing import NEAR, likeness, shape, unlike
from chuangwen.records.photos.index import TwinIndex

MOST_LOOKED_AT = 200
MANY_MISSING = 500

_open: dict[Path, TwinIndex] = {}


@dataclass(frozen=True)
class Twin:
    """Another photo that is near: in how many bits its nearer hash differs, and what the finer look found."""

    file: StoredFile
    distance: int
    look: Look

    @property
    def is_same(self) -> bool:
        return self.look.sight is Sight.SAME


def index() -> TwinIndex:
    """The town's index; it is compared with the rows when this process first opens it."""
    folder = settings.FILES.parent / "tmp" / "twins"
    if folder not in _open:
        _open[folder] = TwinIndex(folder)
        catch_up(_open[folder])
    return _open[folder]


def catch_up(found: TwinIndex) -> int:
    """Let the index hold every photo that has been looked at; returns how many it did not know."""
    rows = StoredFile.objects.filter(is_photo=True, looked_at__isnull=False).exclude(likeness=None).exclude(shape=None)
    keys = np.fromiter(rows.order_by("pk").values_list("pk", flat=True).iterator(), np.uint64)
    missing = np.setdiff1d(keys, found.ids(), assume_unique=True).tolist()
    if len(missing) > MANY_MISSING:
        found.rebuild(_whole(rows.values_list("pk", "likeness", "shape").iterator()))
    elif missing:
        found.append(list(_whole(rows.filter(pk__in=missing).values_list("pk", "likeness", "shape"))))
    return len(missing)


def _whole(rows: Iterable[tuple[int, int | None, int | None]]) -> Iterable[tuple[int, int, int]]:
    return ((key, one, two) for key, one, two in rows if one is not None and two is not None)


def _thumb(sha256: str, name: str) -> Image.Image:
    """The small public copy as a picture."""
    return Image.open(io.BytesIO(public_copy(sha256, "thumb", name).read_bytes()))


def hashed(file: StoredFile) -> StoredFile:
    """The photo with both its hashes; missing ones are worked out (and not yet saved)."""
    if file.likeness is None or file.shape is None:
        picture = _thumb(file.sha256, file.name)
        file.likeness, file.shape = likeness(picture), shape(picture)
    return file


def learn(file: StoredFile) -> None:
    """Let every later search find this photo."""
    if file.likeness is not None and file.shape is not None:
        index().append([(file.pk, file.likeness, file.shape)])


def twins_of(file: StoredFile, distance: int = NEAR) -> Iterator[Twin]:
    """All other photos that are near, the nearest first, each with its finer look. Strangers are left out.

    One at a time: a finer look takes some 20 ms, and who has found enough need not take the rest.
    """
    if file.likeness is None or file.shape is None:
        return
    near = [one for one in index().near(file.likeness, file.shape, distance) if one.id != file.pk]
    rows = StoredFile.objects.filter(is_photo=True).in_bulk([one.id for one in near[:MOST_LOOKED_AT]])
    for one in near[:MOST_LOOKED_AT]:
        other = rows.get(one.id)
        if other is None or (apart := _apart(file, other)) > distance:
            continue  # the row is gone, or is another one since a backup was restored
        seen = look_between(file, other)
        if seen is not None and seen.sight is not Sight.OTHER:
            yield Twin(other, apart, seen)


def _apart(file: StoredFile, other: StoredFile) -> int:
    pairs = ((file.likeness, other.likeness), (file.shape, other.shape))
    return min((unlike(one, two) for one, two in pairs if one is not None and two is not None), default=64)


def look_between(one: StoredFile, two: StoredFile) -> Look | None:
    """The finer look at two photos, however far their hashes are apart; ``None`` when one cannot be opened any more."""
    try:
        return _look((one.sha256, one.name), (two.sha256, two.name))
    except (Refusal, OSError):
        return None


@lru_cache(maxsize=4096)
def _look(one: tuple[str, str], two: tuple[str, str]) -> Look:
    """The same bytes always look the same, and the same pairs are asked about again and again."""
    return look(*planes_of(_thumb(*one), _thumb(*two)))
