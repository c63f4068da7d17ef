"""The untouched original of a file, for those who may see its document. Who takes one that is internal is written down."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from chuangwen.kernel.words import later
from chuangwen.records.archive.document_actions import thing
from chuangwen.records.archive.models import Confidentiality, DocumentFile
from chuangwen.records.archive.paging import original
from chuangwen.records.archive.policy import why_not_read
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.township.gates import By


@transaction.atomic
def take_original(row: DocumentFile, *, by: By, at: datetime) -> Path:
    """Where the sealed bytes stand; refuses when they are gone, or not to be shown."""
    document = row.document
    if no := why_not_read(document, by):
        raise no
    path = original(row.file)
    if document.confidentiality == Confidentiality.INTERNAL:
        after = {"place": row.place, "edition": row.edition, "sha256": row.file.sha256}
        ledger.note(thing(document), later("取内部资料的原件"), by=by, at=at, after=after)
    return path
