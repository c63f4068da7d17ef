"""A photo that was used before may be used again, with a reason: asked for when its document is put to use."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, say
from chuangwen.records.archive import looking
from chuangwen.records.archive.models import Document, DocumentFile, StoredFile, Use
from chuangwen.records.archive.photo_queries import earlier_uses, used_before
from chuangwen.records.township.gates import By

MOST_NOW = 20


class PhotoUsedBefore(Refusal):
    """Not a ban: a reason is wanted."""

    code = "photo_used_before"
    sentence = lasting(
        "“{title}”里的照片“{name}”以前用过：{where}。确需再用，请写明理由（例如两项标准考察同一处）；否则请换一张新拍的照片。"
    )
    status = 422


def must_have_reason(document: Document, serves: Sequence[tuple[str, str, str]], *, by: By, at: datetime) -> None:
    """Raise the refusal when a new use (kind, key, why) of the document has no reason and a photo of it came before."""
    known = set(Use.objects.filter(document=document).values_list("kind", "key"))
    if all(why.strip() or (kind, key) in known for kind, key, why in serves):
        return
    if not (photos := _photos(document)):
        return
    waiting = [one for one in photos if one.looked_at is None]
    for file, doubts in looking.earlier(waiting[:MOST_NOW]).items():
        looking.ask(file, doubts, by=by, at=at)
    for name, where in [*_asked(photos), *_elsewhere(document, photos)]:
        raise PhotoUsedBefore(title=document.title, name=name, where=where)


def _photos(document: Document) -> list[StoredFile]:
    rows = DocumentFile.objects.filter(document=document, superseded_at=None, file__is_photo=True)
    return [one.file for one in rows.select_related("file")]


def _asked(photos: Iterable[StoredFile]) -> list[tuple[str, str]]:
    """Photos with a question that is open, or was answered with no."""
    rows = [one for one in looking.reused(photos) if one.other is not None]
    uses = earlier_uses([one.other.pk for one in rows if one.other])
    return [(one.file.name, used_before(one.other, uses.get(one.other.pk, []))) for one in rows if one.other]


def _elsewhere(document: Document, photos: Iterable[StoredFile]) -> list[tuple[str, str]]:
    """The very same files in other living documents that serve something."""
    names = {one.pk: one.name for one in photos}
    found = []
    for key, lines in earlier_uses(names.keys()).items():
        others = [one for one in lines if one.document != document.pk and one.serves and not one.withdrawn]
        if others:
            found.append((names[key], say("；").join(one.told() for one in others)))
    return found
