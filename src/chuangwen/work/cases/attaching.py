"""Photos and files of a case: hung on a step, and looked at for the tricks that inspections know."""

from collections.abc import Sequence
from datetime import datetime

from chuangwen.kernel.coordinates import distance_m
from chuangwen.kernel.numerals import fixed
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, written
from chuangwen.kit.refusals import NotAllowed
from chuangwen.kit.row_writes import put
from chuangwen.records.archive import looking
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.photo_queries import earlier_uses, used_before
from chuangwen.records.archive.twins import look_between
from chuangwen.records.photos.comparing import Sight
from chuangwen.records.photos.hashing import unlike
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.definitions import MoveRow
from chuangwen.work.cases.models import Attachment, Case, Purpose, Step
from chuangwen.work.cases.seeing import why_not_see

FAR_METRES = 150
OTHER_VIEW = 30  # bits of 64: two views of one place seldom differ by more
SAME_VIEW = 2
FAR = lasting("照片“{name}”的拍摄位置距问题点 {metres} 米，请核对是否同一地点。")
ALIKE = lasting("照片“{name}”与整改前的照片几乎一样，请核对是否确已整改。")
UNLIKE = lasting("照片“{name}”的取景与整改前差别很大，请核对是否同一角度。")
USED = lasting("照片“{name}”以前用过：{where}，请核对是否为这次整改所拍。")
TOO_OLD = lasting("照片“{name}”拍摄于登记之前，请核对。")


class SamePhoto(Refusal):
    """The photo of the problem handed in as the photo of the result."""

    code = "same_photo"
    sentence = later("“{name}”就是整改前的那张照片。请在原地重新拍一张整改后的。")
    status = 422


def purpose_of(move: MoveRow) -> Purpose:
    """Photos of the opening show the problem; those of mending and replying the result; others are papers."""
    if move.opens or move.does in {"report", "object", "relapse", "rework"}:
        return Purpose.BEFORE
    return Purpose.AFTER if move.does in {"mend", "reply"} else Purpose.OTHER


def hang(
    case: Case, step: Step | None, files: Sequence[StoredFile], purpose: Purpose, *, by: By, at: datetime
) -> list[Attachment]:
    """Hang files on a case; called inside the action that brings them."""
    if not files:
        return []
    rows = [
        Attachment(case=case, step=step, file=file, purpose=purpose, name=file.name[:200], at=at, by=by.name)
        for file in files
    ]
    put(rows)
    return rows


def remarks(case: Case, photos: Sequence[StoredFile]) -> tuple[list[str], looking.Doubts]:
    """What the one who verifies should look at; the very same photo is refused. Nothing is written here.

    The archive is asked as for any photo: one that came before, anywhere, is to become a question there too.
    """
    before = [one.file for one in case.attachments.filter(purpose=Purpose.BEFORE).select_related("file")]
    told = []
    for photo in photos:
        if any(photo.sha256 == one.sha256 for one in before):
            raise SamePhoto(name=photo.name)
        told += [one for one in (_place(case, photo, before), _view(photo, before), _time(case, photo)) if one]
    doubts = looking.earlier([one for one in photos if one.is_photo])
    return told + _used(doubts, before), doubts


def _used(doubts: looking.Doubts, before: Sequence[StoredFile]) -> list[str]:
    """Photos that came before, for something else than this case, unless a person has said that it is right so."""
    shown = {one.pk for one in before}
    pairs = looking.used_in(doubts)
    uses = earlier_uses([other.pk for _photo, other in pairs])
    found = {
        photo.name: used_before(other, uses.get(other.pk, []), written)
        for photo, other in pairs
        if other.pk not in shown
    }
    return [written(USED, name=name, where=where) for name, where in found.items()]


def _place(case: Case, photo: StoredFile, before: Sequence[StoredFile]) -> str:
    if photo.lon is None or photo.lat is None:
        return ""
    places = [(one.lon, one.lat) for one in before if one.lon is not None and one.lat is not None]
    if case.lon is not None and case.lat is not None:
        places.append((case.lon, case.lat))
    far = [distance_m((photo.lon, photo.lat), place) for place in places]
    if far and min(far) > FAR_METRES:
        return written(FAR, name=photo.name, metres=fixed(min(far), 0))
    return ""


def _view(photo: StoredFile, before: Sequence[StoredFile]) -> str:
    """The photo of the problem once more, however altered, or quite another view."""
    if photo.likeness is None:
        return ""
    known = [(unlike(photo.likeness, one.likeness), one) for one in before if one.likeness is not None]
    if any(apart <= SAME_VIEW or _is_same(photo, one, apart) for apart, one in known):
        return written(ALIKE, name=photo.name)
    if known and min(apart for apart, _one in known) > OTHER_VIEW:
        return written(UNLIKE, name=photo.name)
    return ""


def _is_same(photo: StoredFile, one: StoredFile, apart: int) -> bool:
    """A finer look, worth its time only when the photos resemble each other at all."""
    if apart > OTHER_VIEW - 8 or not (photo.is_photo and one.is_photo):
        return False
    seen = look_between(photo, one)
    return seen is not None and seen.sight is Sight.SAME


def _time(case: Case, photo: StoredFile) -> str:
    if photo.taken_at is not None and photo.taken_at < case.opened_at:
        return written(TOO_OLD, name=photo.name)
    return ""


def must_work_on(case: Case, by: Actor) -> None:
    """Raise the refusal when this person may not touch the case at all."""
    if no := why_not_see(case, by):
        raise no
    if not by.may(Permission.WORK_CASES):
        raise NotAllowed(permission=Permission.WORK_CASES.title)
