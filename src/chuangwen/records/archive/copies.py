"""The public copies of a photo: derived from the sealed original, so that one that is missing is made again."""

from pathlib import Path

from django.conf import settings

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting
from chuangwen.records.archive import storage
from chuangwen.records.photos.pictures import page_copy, thumb_copy

MAKERS = {"page": page_copy, "thumb": thumb_copy}


class OriginalMissing(Refusal):
    """The sealed bytes are not where they were put."""

    code = "original_missing"
    sentence = lasting("“{name}”的原件不在存放处。请运行 chuangwen archive check 核查，并从备份恢复。")
    status = 410


def original(sha256: str, name: str) -> bytes:
    """The sealed bytes."""
    try:
        return storage.place(settings.FILES, "sealed", sha256).read_bytes()
    except OSError as wrong:
        raise OriginalMissing(name=name) from wrong


def public_copy(sha256: str, size: str, name: str) -> Path:
    """Where the copy stands; the first look makes the large one."""
    copy = f"{sha256}.{size}.jpg"
    path = storage.place(settings.FILES, "public", copy)
    return (
        path
        if path.is_file()
        else storage.keep(settings.FILES, "public", copy, MAKERS[size](original(sha256, name), name))
    )
