"""A file brought to a document that is there: one more, or a new version. It is an arrival too, decided at once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from chuangwen.records.archive import storage
from chuangwen.records.archive.actions import Looked, look_at, put_away, row_of
from chuangwen.records.archive.arriving import Incoming, standing_with
from chuangwen.records.archive.document_actions import add_file
from chuangwen.records.archive.models import Arrival, Decision, Document, DocumentFile, StoredFile
from chuangwen.records.archive.policy import why_not_change
from chuangwen.records.township.gates import By


def take_into(
    document: Document, incoming: Incoming, place: int | None = None, *, by: By, at: datetime
) -> DocumentFile:
    """Keep the file and put it into the document: at the end, or at ``place`` over the one that stands there.

    What is refused is told at once to the one who brought it; nothing is kept then.
    """
    if no := why_not_change(document, by):
        raise no
    staged = storage.stage(settings.FILES, incoming.pieces(), name=incoming.name, most=settings.LARGEST_BYTES)
    try:
        looked = look_at(staged, incoming.name)
        put_away(looked)
        return _enter(document, looked, incoming, place, by=by, at=at)
    finally:
        staged.discard()


@transaction.atomic
def _enter(
    document: Document, looked: Looked, incoming: Incoming, place: int | None, *, by: By, at: datetime
) -> DocumentFile:
    file, _new = row_of(looked, by=by, at=at)
    StoredFile.objects.select_for_update().only("pk").get(pk=file.pk)
    twin = standing_with(file)
    made = add_file(document, file, by=by, at=at, place=place)
    Arrival.objects.create(
        batch=f"document-{document.pk}",
        road=incoming.road,
        name=looked.name,
        sha256=file.sha256,
        file=file,
        unit=document.unit,
        person=getattr(by, "person", None),
        by=by.name,
        at=at,
        twin=twin if twin is not None and twin.pk != document.pk else None,
        document=document,
        decision=Decision.VERSION if made.edition > 1 else Decision.DOCUMENT,
        decided_at=at,
        decided_by=by.name,
    )
    return made
