"""Photos as rows with their bytes, for tests of reuse: taken by somebody, put into a document, looked at."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from tests.people import AT
from tests.records.archive.shelf import Shelf
from tests.records.photos import scenes

from chuangwen.records.archive.actions import keep_photo
from chuangwen.records.archive.definitions import ArchiveContent, PhotoRow
from chuangwen.records.archive.installing import install_archive
from chuangwen.records.archive.looking import look_at_waiting
from chuangwen.records.archive.models import Document, StoredFile
from chuangwen.records.ledger.actions import MACHINE, Hand

SIZE = (640, 480)


@lru_cache(maxsize=64)
def picture(number: int, day: int = 1, by: scenes.Hand = scenes.Hand(), quality: int = 92) -> bytes:  # noqa: B008
    """A drawn photo of a place on a day."""
    return scenes.jpeg(scenes.shot(scenes.place(number), day, by, SIZE), quality)


@lru_cache(maxsize=64)
def once_more(data: bytes, how: str = "stamped", seed: int = 1) -> bytes:
    """The same photo, altered as ``scenes.alterations`` names it."""
    return dict(scenes.alterations(scenes.opened(data), np.random.default_rng(seed)))[how]


class Album:
    """The cast at work with photos: every photo a minute after the one before."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.cast, self.at = shelf, shelf.cast, AT
        self.bounds(PhotoRow(least_side=400))  # the drawn photos are small

    def bounds(self, bounds: PhotoRow) -> None:
        """What the town's packs say about photos."""
        install_archive("album", ArchiveContent(photo=bounds), by=MACHINE, at=self.at)

    def kept(self, data: bytes, name: str = "", who: str = "王建国", at: datetime | None = None) -> StoredFile:
        self.at = at or self.at + timedelta(minutes=1)
        return keep_photo(data, name or f"{self.at:%H%M}.jpg", by=Hand(who, who), at=self.at)

    def document(
        self,
        data: bytes | StoredFile,
        title: str = "市场门口",
        who: str = "wangjianguo",
        unit: str = "market",
        **facts: Any,
    ) -> Document:
        """A document of one photo."""
        file = data if isinstance(data, StoredFile) else self.kept(data, f"{title}.jpg")
        return self.shelf.document(title, who, unit, kind="picture", files=[file], **facts)

    def look(self) -> int:
        """The background works until nothing waits."""
        done = 0
        while count := look_at_waiting(20, by=MACHINE, at=self.at):
            done += count
        return done
