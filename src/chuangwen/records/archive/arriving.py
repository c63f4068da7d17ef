"""Whatever comes in, by any road, becomes an arrival: a new document, one beside its twin, or one with its problem."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, models, transaction
from django.utils.translation import gettext_lazy as _

from chuangwen.kernel.names import tidy_name, title_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, say, written
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive import storage
from chuangwen.records.archive.actions import Looked, look_at, put_away, row_of
from chuangwen.records.archive.document_actions import BadFact, Facts, add_file, open_document
from chuangwen.records.archive.models import Arrival, Decision, Document, DocumentFile, DocumentKind, StoredFile
from chuangwen.records.archive.policy import why_not_add, why_not_decide
from chuangwen.records.archive.seeing import why_not_see
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation

STEP = 1 << 20


class Road(models.TextChoices):
    """How something came in."""

    PAGE = "page", _("网页上传")
    LARGE = "large", _("断点续传")
    COMMAND = "command", _("命令")
    FOLDER = "folder", _("文件夹")
    ZIP = "zip", _("压缩包")
    MAIL = "mail", _("邮件")
    WATCH = "watch", _("监看文件夹")
    CASE = "case", _("事项办理")


class Unreadable(Refusal):
    """The file cannot be read where it lies."""

    code = "unreadable"
    sentence = lasting("“{name}”读不出来：{why}。请核对文件还在不在、有没有权限。")
    status = 422


class StillGrowing(Refusal):
    """Somebody writes the file while it is read: nothing is kept, it can be taken when it has come to rest."""

    code = "still_growing"
    sentence = lasting("“{name}”还在变化，没有传完。请等它传完再收。")


class AlreadyDecided(Refusal):
    """Somebody was quicker."""

    code = "already_decided"
    sentence = lasting("“{name}”已由{by}处理过了。")


class NothingToKeep(Refusal):
    """What was refused has no bytes here."""

    code = "nothing_to_keep"
    sentence = lasting("“{name}”没有收下来，只能记为不收。请按提示处理后重新上传。")
    status = 422


@dataclass(frozen=True)
class Incoming:
    """One thing that comes in: its name, whose it is, the road, and what it came ``inside`` (a zip, a mail, a folder).

    ``source`` is a path, or a function that gives the bytes in pieces (it may be asked twice).
    ``problem`` says why there are no bytes; ``title`` what a document of it is called, where not by its name.
    """

    name: str
    unit: Organisation
    road: str = Road.PAGE
    inside: str = ""
    source: Path | Callable[[], Iterable[bytes]] | None = None
    problem: Refusal | None = None
    title: str = ""

    def pieces(self) -> Iterator[bytes]:
        """The bytes; a path that changes while it is read is refused."""
        if callable(self.source):
            yield from self.source()
        elif self.source is not None:
            yield from _pieces_of(self.source, self.name)


def _pieces_of(path: Path, name: str) -> Iterator[bytes]:
    try:
        before = path.stat()
        with path.open("rb") as file:
            while piece := file.read(STEP):
                yield piece
        after = path.stat()
    except OSError as wrong:
        raise Unreadable(name=name, why=wrong.strerror or wrong) from wrong
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StillGrowing(name=name)


def take_in(incoming: Incoming, batch: str, *, by: By, at: datetime) -> Arrival:
    """Take one thing in. What is refused is an arrival too, with its problem; the same thing of the same batch again

    gives the arrival that stands. Raises only where the person may not, where the disk is full, or where the file is
    still being written: then nothing is kept. When it returns, the bytes are on the disk.
    """
    if no := why_not_add(incoming.unit, by):
        raise no
    if incoming.problem is not None:
        return _turn_away(incoming, batch, incoming.problem, by=by, at=at)
    try:
        staged = storage.stage(
            settings.FILES, incoming.pieces(), name=tidy_name(incoming.name), most=settings.LARGEST_BYTES
        )
    except (storage.DiskFull, StillGrowing):
        raise
    except Refusal as no:
        return _turn_away(incoming, batch, no, by=by, at=at)
    try:
        return take_in_staged(staged, incoming, batch, by=by, at=at)
    finally:
        staged.discard()


def take_in_staged(staged: storage.Staged, incoming: Incoming, batch: str, *, by: By, at: datetime) -> Arrival:
    """The same for bytes that are on the disk already under a temporary name, which stays the caller's to discard."""
    try:
        looked = look_at(staged, incoming.name)
        put_away(looked)
    except storage.DiskFull:
        raise
    except Refusal as no:
        return _turn_away(incoming, batch, no, staged.sha256, by=by, at=at)
    try:
        return _enter(looked, incoming, batch, by=by, at=at)
    except OperationalError as wrong:
        if "full" in str(wrong):  # the disk of the database
            raise storage.DiskFull(why=wrong) from wrong
        raise


@transaction.atomic
def _enter(looked: Looked, incoming: Incoming, batch: str, *, by: By, at: datetime) -> Arrival:
    file, _new = row_of(looked, by=by, at=at)
    StoredFile.objects.select_for_update().only("pk").get(pk=file.pk)  # of two that bring it at once, one is first
    mark = _mark(incoming, batch, file.sha256)
    old = Arrival.objects.filter(mark=mark).select_related("document").first()
    if old is not None and not (old.document and old.document.withdrawn_at):
        return old
    said = _said(incoming, batch, by=by, at=at)
    arrival = Arrival(mark=None if old else mark, file=file, sha256=file.sha256, **said)
    if (twin := standing_with(file)) is not None:
        arrival.twin = twin
        arrival.save(force_insert=True)
        _note(arrival, later("收到已有的文件"), by=by, at=at, after={"twin": str(twin.pk), "sha256": file.sha256})
        return arrival
    facts = Facts(title=incoming.title or title_of(looked.name), kind=kind_for(looked))
    arrival.document = open_document(facts, [file], incoming.unit, road=incoming.road, by=by, at=at)
    _settle(arrival, Decision.DOCUMENT, by=by, at=at)
    return arrival


@transaction.atomic
def bring_together(
    files: Sequence[StoredFile], facts: Facts, incoming: Incoming, batch: str, *, by: By, at: datetime
) -> Document:
    """One document of files that are kept already (what hangs on a case, photos of one occasion): they belong together,

    so none waits for a decision; each is an arrival all the same, with the twin it has.
    """
    twins = {file.pk: standing_with(file) for file in files}
    document = open_document(facts, files, incoming.unit, road=incoming.road, by=by, at=at)
    said = {
        **_said(incoming, batch, by=by, at=at),
        "decision": Decision.DOCUMENT,
        "decided_at": at,
        "decided_by": by.name,
    }
    Arrival.objects.bulk_create(
        [
            Arrival(**{**said, "name": one.name}, file=one, sha256=one.sha256, twin=twins[one.pk], document=document)
            for one in files
        ]
    )
    return document


@transaction.atomic
def _turn_away(incoming: Incoming, batch: str, problem: Refusal, digest: str = "", *, by: By, at: datetime) -> Arrival:
    told = written(problem.sentence, **problem.facts)
    mark = _mark(incoming, batch, digest or problem.code)
    said = {**_said(incoming, batch, by=by, at=at), "problem": told[:400], "sha256": digest}
    arrival, new = Arrival.objects.get_or_create(mark=mark, defaults=said)
    if new:
        _note(arrival, later("没有收下"), by=by, at=at, after={"code": problem.code, "problem": told[:200]})
    return arrival


def _said(incoming: Incoming, batch: str, *, by: By, at: datetime) -> dict[str, Any]:
    return {
        "batch": batch[:40],
        "road": incoming.road[:12],
        "name": tidy_name(incoming.name),
        "inside": incoming.inside[-400:],
        "unit": incoming.unit,
        "person": by.person if isinstance(by, Actor) else None,
        "by": by.name,
        "at": at,
    }


def _mark(incoming: Incoming, batch: str, what: str) -> str:
    """The same thing of the same batch has the same mark: batch, where it lay and what it was called, its bytes."""
    where = sha256(f"{incoming.inside}\0{incoming.name}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{batch[:40]}:{where[:24]}:{what[:40]}"


def standing_with(file: StoredFile) -> Document | None:
    """The document in force that has this very file, now or in an earlier version."""
    rows = DocumentFile.objects.filter(file=file, document__withdrawn_at=None).select_related("document")
    first = rows.order_by(models.F("superseded_at").asc(nulls_first=True), "pk").first()
    return first.document if first else None


def kind_for(looked: Looked) -> str:
    """The kind of material that such a file usually is; people change it where it is not."""
    kinds = DocumentKind.objects.order_by("order", "code")
    photo, group = looked.photo is not None, looked.kind.group
    return next((one.code for one in kinds if (one.is_photo if photo else group in one.holds)), Facts.kind)


@dataclass(frozen=True)
class Answer:
    """What a person decides: the same as a document (its twin, if none is named), a new version at a ``place`` of one,

    a document all the same, or refused with a reason.
    """

    decision: str
    document: Document | None = None
    place: int = 1
    why: str = ""


@transaction.atomic
def decide(arrival: Arrival, answer: Answer, *, by: By, at: datetime) -> Arrival:
    """A person's answer to something that arrived; one note in the ledger, of the document or of the arrival."""
    Arrival.objects.select_for_update().only("pk").get(pk=arrival.pk)
    arrival = Arrival.objects.select_related("file", "unit", "twin__unit", "document").get(pk=arrival.pk)
    if arrival.decision:
        raise AlreadyDecided(name=arrival.name, by=arrival.decided_by)
    if no := why_not_decide(arrival, by):
        raise no
    if answer.decision not in _ANSWERS:
        raise BadFact(field=say("处理"), value=answer.decision[:20], why=say("没有这种处理"))
    if arrival.file is None and answer.decision != Decision.REFUSED:
        raise NothingToKeep(name=arrival.name)
    _ANSWERS[answer.decision](arrival, answer, by, at)
    arrival.why = answer.why.strip()[:300]
    _settle(arrival, answer.decision, by=by, at=at)
    return arrival


def decide_many(arrivals: Iterable[Arrival], answer: Answer, *, by: By, at: datetime) -> tuple[int, dict[str, str]]:
    """One answer to many; those that cannot have it are told by their name."""
    done, refused = 0, {}
    for one in arrivals:
        try:
            decide(one, answer, by=by, at=at)
            done += 1
        except Refusal as no:
            refused[one.name] = str(no)
    return done, refused


def _same(arrival: Arrival, answer: Answer, by: By, at: datetime) -> None:
    document = answer.document or arrival.twin
    if document is None or not document.files.filter(file=arrival.file_id).exists():
        raise BadFact(field=say("资料"), value="", why=say("请选含有这个文件的资料"))
    if isinstance(by, Actor) and (no := why_not_see(document, by)):
        raise no
    arrival.document = document
    _note(arrival, later("与已有资料相同"), by=by, at=at, after={"document": str(document.pk)})


def _version(arrival: Arrival, answer: Answer, by: By, at: datetime) -> None:
    if answer.document is None or arrival.file is None:
        raise NotFound(what=say("资料"))
    current = answer.document.files.filter(place=answer.place, superseded_at=None).first()
    if current is None or current.file_id == arrival.file_id:
        raise BadFact(
            field=say("新版本"), value=str(answer.place), why=say("这里没有可以替换的文件，或者就是同一个文件")
        )
    add_file(answer.document, arrival.file, place=answer.place, by=by, at=at)
    arrival.document = answer.document


def _all_the_same(arrival: Arrival, _answer: Answer, by: By, at: datetime) -> None:
    if arrival.file is None or arrival.unit is None:
        raise NothingToKeep(name=arrival.name)
    kind = arrival.twin.kind_id if arrival.twin else Facts.kind
    facts = Facts(title=title_of(arrival.name), kind=kind)
    arrival.document = open_document(facts, [arrival.file], arrival.unit, road=arrival.road, by=by, at=at)


def _refuse(arrival: Arrival, answer: Answer, by: By, at: datetime) -> None:
    why = answer.why.strip()
    if not why:
        raise BadFact(field=say("理由"), value="", why=say("请写明为什么不收"))
    _note(arrival, later("不收"), by=by, at=at, after={"why": why[:300]})


_ANSWERS: dict[str, Callable[[Arrival, Answer, By, datetime], None]] = {
    Decision.SAME: _same,
    Decision.VERSION: _version,
    Decision.DOCUMENT: _all_the_same,
    Decision.REFUSED: _refuse,
}


def _settle(arrival: Arrival, decision: str, *, by: By, at: datetime) -> None:
    arrival.decision, arrival.decided_at, arrival.decided_by = decision, at, by.name
    arrival.save()


def _note(arrival: Arrival, verb: str, *, by: By, at: datetime, after: dict[str, object]) -> None:
    ledger.note(Thing("arrival", str(arrival.pk), arrival.name[:120]), verb, by=by, at=at, after=after)
