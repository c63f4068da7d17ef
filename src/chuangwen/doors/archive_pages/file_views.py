"""The files of a document: pictures of pages, public copies of photos, the untouched original by right."""

from pathlib import Path

from django.http import FileResponse
from django.views.decorators.http import require_safe

from chuangwen.kernel.words import say
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.models import DocumentFile
from chuangwen.records.archive.originals import take_original
from chuangwen.records.archive.policy import why_not_read
from chuangwen.records.archive.previews import kept_picture, page_picture
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest


def _row(document_id: int, row_id: int) -> DocumentFile:
    rows = DocumentFile.objects.select_related("file", "document__unit", "document__item")
    row = rows.filter(pk=row_id, document=document_id).first()
    if row is None:
        raise NotFound(what=say("文件"))
    return row


@require_safe
@needs(Permission.SEE_ARCHIVE)
def picture(request: TownRequest, document_id: int, row_id: int, page: int) -> FileResponse:
    """A page (from 1) as a picture; ``0`` is the small one of a photo, or the first page if it has been drawn."""
    row = _row(document_id, row_id)
    if no := why_not_read(row.document, request.actor):
        raise no
    path = page_picture(row.file, page) if page else kept_picture(row.file)
    if path is None:
        raise NotFound(what=say("这一页的图像"))
    return as_picture(path)


def as_picture(path: Path) -> FileResponse:
    """A picture made here, for this person's browser alone."""
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@needs(Permission.SEE_ARCHIVE)
def original(request: TownRequest, document_id: int, row_id: int) -> FileResponse:
    """The file as it came, to be saved: never opened inside the site, whatever it is."""
    row = _row(document_id, row_id)
    path = take_original(row, by=request.actor, at=request.at)
    kind = row.file.media_type or "application/octet-stream"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=row.name, content_type=kind)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
