"""Sealing a package of 5,000 photos (1.7 GB), against the bare loop that stores them in a zip; and the memory it takes."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.timing import cpu, row

PHOTOS, BYTES = 5_000, 340_000
EACH = 50  # photos of one document
TIME_BAR, MEMORY_BAR = 1.5, 100.0
ROUNDS = 3
AT = datetime(2021, 10, 14, 1, 30, tzinfo=UTC)


def measure() -> list[dict[str, Any]]:
    """Both results, each in a fresh process with a town of its own."""
    with tempfile.TemporaryDirectory() as home:
        told = json.loads(_child(home, "time"))
        memory = json.loads(_child(home, "memory"))
    return [
        row(
            "package-time",
            f"package of {PHOTOS} photos against the bare stored zip",
            told["ours"],
            told["base"],
            TIME_BAR,
        ),
        row("package-memory", "megabytes over idle while packaging", memory["over"], None, MEMORY_BAR),
    ]


def _child(home: str, what: str) -> str:
    environment = {**os.environ, "CHUANGWEN_HOME": home, "DJANGO_SETTINGS_MODULE": "chuangwen.settings"}
    words = [sys.executable, "-m", "bench.packaging", what]
    return subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout.splitlines()[-1]


def _settle() -> None:
    """A small town whose archive holds the photos, chosen for ten standards; made once in a home."""
    from django.core.management import call_command

    from chuangwen.results.submission.models import Submission

    call_command("migrate", verbosity=0, interactive=False)
    if Submission.objects.exists():
        return
    from tests.people import settle
    from tests.results.submission.desk import CAPTION, Desk

    from chuangwen.records.archive.models import Document, DocumentFile, StoredFile
    from chuangwen.results.submission.models import Entry, Pick

    desk = Desk(settle(), standards=10)
    desk.composed()
    entries = list(Entry.objects.order_by("pk"))
    for number in range(PHOTOS // EACH):
        files = [_photo(number * EACH + place) for place in range(EACH)]
        StoredFile.objects.bulk_create(files)
        document = Document.objects.create(
            title=f"照片{number}", kind_id="picture", dated=date(2021, 4, 2), caption=CAPTION,
            unit=desk.cast.units["market"], road="page", arrived_at=AT, by="李敏",
        )  # fmt: skip
        DocumentFile.objects.bulk_create(
            [
                DocumentFile(document=document, file=one, place=place, name=one.name, at=AT, by="李敏")
                for place, one in enumerate(files, 1)
            ]
        )
        Pick.objects.create(entry=entries[number % 10], document=document, place=number + 1, at=AT, by="李敏")


def _photo(number: int) -> Any:
    """Bytes that no compressor makes smaller, kept under their digest as the archive keeps them."""
    from django.conf import settings

    from chuangwen.records.archive.models import StoredFile
    from chuangwen.records.archive.storage import place

    data = b"\xff\xd8\xff" + os.urandom(BYTES - 3)
    digest = sha256(data).hexdigest()
    path = place(settings.FILES, "sealed", digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    facts = {"media_type": "image/jpeg", "is_photo": True, "width": 4000, "height": 3000}
    return StoredFile(sha256=digest, size=BYTES, name=f"IMG_{number:05d}.jpg", kept_at=AT, **facts)


def _ours(out: Path) -> None:
    from chuangwen.records.ledger.actions import MACHINE
    from chuangwen.results.submission.models import Submission
    from chuangwen.results.submission.queries import package_path
    from chuangwen.results.submission.sealing_actions import seal

    package = seal(Submission.objects.get(), by=MACHINE, at=AT, despite="bench")
    package_path(package).unlink()
    out.parent.mkdir(exist_ok=True)


def _bare(out: Path) -> None:
    """What anybody would write: store each file, then let it reach the disk."""
    from chuangwen.records.archive.models import StoredFile
    from chuangwen.records.archive.queries import sealed_path

    with out.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
            for one in StoredFile.objects.filter(is_photo=True, size=BYTES):
                packed.write(sealed_path(one), one.name)
        file.flush()
        os.fsync(file.fileno())
    out.unlink()


def main() -> None:
    import django

    django.setup()
    _settle()
    from django.conf import settings

    out = Path(settings.HOME) / "bench" / "bare.zip"
    out.parent.mkdir(exist_ok=True)
    if sys.argv[1] == "time":
        times = [(cpu(lambda: _ours(out)), cpu(lambda: _bare(out))) for _ in range(ROUNDS)]
        print(json.dumps({"ours": sorted(one for one, _ in times)[1], "base": sorted(one for _, one in times)[1]}))
    else:
        idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        _ours(out)
        print(json.dumps({"over": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024}))
    shutil.rmtree(out.parent)


if __name__ == "__main__":
    main()
