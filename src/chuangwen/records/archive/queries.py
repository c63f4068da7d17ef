"""Named reads: which documents a person sees, what they serve; where kept files stand, and whether they are whole."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet

from chuangwen.records.archive.models import Document, DocumentFile, DocumentKind, StoredFile, Use
from chuangwen.records.archive.seeing import sees
from chuangwen.records.archive.storage import place
from chuangwen.records.township.actors import Actor


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


def visible_to(actor: Actor) -> QuerySet[Document]:
    """Every document that this person may know of, the withdrawn ones too."""
    return Document.objects.filter(sees(actor))


def in_rows(documents: QuerySet[Document]) -> QuerySet[Document]:
    """For lists: kind, unit, current files and how often each is used, in a fixed number of queries."""
    current = DocumentFile.objects.filter(superseded_at=None).select_related("file").order_by("place")
    return (
        documents.select_related("kind", "unit", "site", "item")
        .prefetch_related(Prefetch("files", queryset=current, to_attr="current"))
        .annotate(used=Count("serves", distinct=True))
    )


def kind_called(name: str) -> str:
    """The kind of document that a word means, by title or alias; a word that none bears means the last one."""
    rows = list(DocumentKind.objects.order_by("order", "code"))
    found = next((one.pk for one in rows if name and name in {one.pk, one.title, *one.aliases}), None)
    return found or (rows[-1].pk if rows else "")


def serving(actor: Actor, kind: str, key: str) -> QuerySet[Document]:
    """The documents that serve a thing and that this person sees, the withdrawn ones left out."""
    return visible_to(actor).filter(withdrawn_at=None, serves__kind=kind, serves__key=key)


def counts_by_key(kind: str, keys: list[str]) -> dict[str, int]:
    """How many documents serve each of these things, in one query."""
    rows = Use.objects.filter(kind=kind, key__in=keys, document__withdrawn_at=None).order_by().values_list("key")
    return dict(rows.annotate(Count("document", distinct=True)))


def uses_of_file(file: StoredFile) -> QuerySet[Use]:
    """What any document with this very file serves: the earlier uses of a photo."""
    return Use.objects.filter(document__files__file=file).select_related("document__unit").distinct()


def documents_with(files: list[StoredFile]) -> QuerySet[Document]:
    """Documents that hold one of these files now or held it in an earlier version."""
    return Document.objects.filter(Q(files__file__in=files)).distinct()
