"""Where kept files stand, and whether they are whole."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.storage import place


def sealed_path(file: StoredFile) -> Path:
    """The original, untouched."""
    return place(settings.FILES, "sealed", file.sha256)


def public_path(file: StoredFile, size: str = "page") -> Path:
    """What others may see of a photo: ``page`` (2000 px) or ``thumb`` (320 px), without position or device."""
    return place(settings.FILES, "public", f"{file.sha256}.{size}.jpg")


def damaged() -> Iterator[tuple[StoredFile, str]]:
    """Kept files whose bytes are missing or changed."""
    for file in StoredFile.objects.iterator(chunk_size=500):
        path = sealed_path(file)
        if not path.is_file():
            yield file, "missing"
        elif _digest(path) != file.sha256:
            yield file, "changed"


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return _of(iter(lambda: stream.read(1 << 20), b""))


def _of(pieces: Iterator[bytes]) -> str:
    found = sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()
