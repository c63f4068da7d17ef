"""What may happen to a document: it is opened from files, described, given versions, linked, marked, withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive import looking, proposing, reusing, search_index
from chuangwen.records.archive.models import (
    Document,
    DocumentFile,
    DocumentKind,
    PageText,
    Passage,
    StoredFile,
    Use,
    UseKind,
)
from chuangwen.records.archive.policy import ClassifiedForbidden as ClassifiedForbidden
from chuangwen.records.archive.policy import why_not_add, why_not_change, why_not_link, why_not_use
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation, Site

CAPTION = ("time", "place", "people", "theme", "background", "reason")
CAPTION_TITLES = {
    "time": later("时间"),
    "place": later("地点"),
    "people": later("人物"),
    "theme": later("主题"),
    "background": later("背景"),
    "reason": later("事由"),
}
PLAIN = ("title", "number", "issuer", "dated", "confidentiality", "caption", "site", "kind", "unit")


class NoFiles(Refusal):
    code = "document_without_files"
    sentence = later("资料至少要有一个文件。请先上传，再立为资料。")
    status = 422


class BadFact(Refusal):
    code = "bad_fact"
    sentence = later("“{field}”不能是“{value}”：{why}。")
    status = 422


class DocumentChanged(Refusal):
    """Two people at once: the second is told, and loses nothing typed."""

    code = "document_changed"
    sentence = later("“{title}”刚被{by}改过。你填的内容还在，请看过后再提交。")


@dataclass(frozen=True)
class Facts:
    """What a document says of itself; empty facts can be filled in later. ``caption`` has the six parts of ``CAPTION``."""

    title: str
    kind: str = "other"
    number: str = ""
    issuer: str = ""
    dated: date | None = None
    confidentiality: str = ""
    caption: Mapping[str, str] = field(default_factory=dict)
    site: Site | None = None


@dataclass(frozen=True)
class Serves:
    """What a document is to serve: kind of thing, its key, its title."""

    kind: str
    key: str
    title: str = ""
    why: str = ""


@dataclass(frozen=True)
class Mark:
    """A part of a file that proves something: the words, their page, where they stand in the page's text."""

    quote: str
    page: int = 1
    note: str = ""
    start: int | None = None
    end: int | None = None


def thing(document: Document) -> Thing:
    """What the ledger calls it."""
    return Thing("document", str(document.pk), document.title[:120])


@transaction.atomic
def open_document(
    facts: Facts, files: Sequence[StoredFile], unit: Organisation, *, road: str, by: By, at: datetime
) -> Document:
    """Make a document of files that have been kept: each file is one place, in the order given."""
    if no := why_not_add(unit, by):
        raise no
    if not files:
        raise NoFiles
    document = Document(unit=unit, road=road[:12], arrived_at=at, by=by.name)
    document.person = by.person if isinstance(by, Actor) else None
    _set(document, facts)
    document.save(force_insert=True)
    for place, file in enumerate(files, start=1):
        DocumentFile.objects.create(document=document, file=file, place=place, name=file.name, at=at, by=by.name)
    search_index.put_document(document)
    proposing.propose(document)
    looking.look_again(one.pk for one in files)
    after = {"kind": document.kind_id, "unit": unit.code, "files": [one.sha256 for one in files]}
    ledger.note(thing(document), later("立为资料"), by=by, at=at, after=after)
    return document


def _set(document: Document, facts: Facts) -> None:
    kind = DocumentKind.objects.filter(pk=facts.kind).first()
    if kind is None:
        raise NotFound(what=say("材料类型“{kind}”", kind=facts.kind[:40]))
    title = " ".join(facts.title.split())[:200]
    if not title:
        raise BadFact(field=say("题名"), value="", why=say("请写明这份资料叫什么"))
    if facts.confidentiality not in {"", "internal"}:
        raise BadFact(
            field=say("密级"), value=facts.confidentiality[:20], why=say("只能是“无”或“内部”，涉密文件不得存放")
        )
    document.title, document.kind = title, kind
    document.number, document.issuer = facts.number.strip()[:80], facts.issuer.strip()[:120]
    document.dated, document.confidentiality, document.site = facts.dated, facts.confidentiality, facts.site
    document.caption = {key: str(facts.caption.get(key, "")).strip()[:200] for key in CAPTION if facts.caption.get(key)}


def fresh(pk: int) -> Document:
    """The document as it is now, locked until the transaction ends."""
    Document.objects.select_for_update().only("pk").get(pk=pk)
    return Document.objects.select_related("unit", "kind", "site", "item").get(pk=pk)


def _open_to(document: Document, by: By, version: int | None = None) -> Document:
    found = fresh(document.pk)
    if version is not None and version != found.version:
        raise DocumentChanged(title=found.title, by=found.by)
    if no := why_not_change(found, by):
        raise no
    return found


def _told(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "kind": document.kind_id,
        "number": document.number,
        "issuer": document.issuer,
        "dated": document.dated.isoformat() if document.dated else "",
        "confidentiality": document.confidentiality,
        "caption": document.caption,
        "site": document.site.code if document.site else "",
    }


def _photos(document: Document) -> list[int]:
    """The keys of the files that stand in it now."""
    return list(document.files.filter(superseded_at=None).values_list("file", flat=True))


def _save(document: Document, by: By) -> None:
    document.version += 1
    document.by = by.name
    document.save()


@transaction.atomic
def describe(document: Document, facts: Facts, *, by: By, at: datetime, version: int | None = None) -> Document:
    """Write down what the document says of itself; ``version`` is the one that was looked at."""
    document = _open_to(document, by, version)
    before = _told(document)
    _set(document, facts)
    old, new = ledger.changes(before, _told(document))
    if old or new:
        _save(document, by)
        search_index.put_document(document)
        looking.look_again(_photos(document))
        ledger.note(thing(document), later("著录"), by=by, at=at, before=old, after=new)
    return document


@transaction.atomic
def add_file(document: Document, file: StoredFile, *, by: By, at: datetime, place: int | None = None) -> DocumentFile:
    """A further file, or - with ``place`` - a new version of the one that stands there."""
    document = _open_to(document, by)
    rows = document.files.all()
    if place is None:
        place = (rows.aggregate(last=Max("place"))["last"] or 0) + 1
    old = rows.filter(place=place, superseded_at=None).first()
    if old is not None and old.file_id == file.pk:
        return old
    if old is not None:
        old.superseded_at = at
        old.save(update_fields=["superseded_at"])
    edition = (rows.filter(place=place).aggregate(last=Max("edition"))["last"] or 0) + 1
    made = DocumentFile.objects.create(
        document=document, file=file, place=place, edition=edition, name=file.name, at=at, by=by.name
    )
    _save(document, by)
    search_index.put_document(document)
    proposing.propose(document)
    looking.look_again([file.pk])
    verb = later("换新版本") if old else later("补充文件")
    ledger.note(thing(document), verb, by=by, at=at, after={"place": place, "edition": edition, "sha256": file.sha256})
    return made


@transaction.atomic
def put_to_use(document: Document, serves: Sequence[Serves], *, by: By, at: datetime) -> list[Use]:
    """Let a document serve standards, requirements, sites, cases, campaigns, years. Repeats are harmless."""
    document = fresh(document.pk)
    if no := why_not_link(document, by) or why_not_use(document):
        raise no
    reusing.must_have_reason(document, [(one.kind, one.key, one.why) for one in serves], by=by, at=at)
    made = []
    for one in serves:
        if one.kind not in UseKind.values:
            raise BadFact(field=say("用途"), value=one.kind[:20], why=say("没有这种用途"))
        row, new = Use.objects.get_or_create(
            document=document,
            kind=one.kind,
            key=one.key[:120],
            defaults={"title": one.title[:300], "why": one.why[:300], "at": at, "by": by.name},
        )
        made += [row] if new else []
    if made:
        looking.look_again(_photos(document))
        told = [f"{one.kind}:{one.key}" for one in made]
        ledger.note(thing(document), later("关联用途"), by=by, at=at, after={"serves": told})
    return made


@transaction.atomic
def take_out_of_use(use: Use, *, by: By, at: datetime) -> None:
    """A document serves a thing no more; the ledger keeps that it did."""
    document = fresh(use.document_id)
    if no := why_not_link(document, by):
        raise no
    Use.objects.filter(pk=use.pk).delete()
    before = {"serves": f"{use.kind}:{use.key}"}
    ledger.note(thing(document), later("取消用途"), by=by, at=at, before=before)


@transaction.atomic
def mark_passage(document_file: DocumentFile, mark: Mark, *, by: By, at: datetime) -> Passage:
    """Mark a part of a document as proof (the red underline of the submission rules)."""
    document = _open_to(document_file.document, by)
    if no := why_not_use(document):
        raise no
    quote = mark.quote.strip()[:500]
    if not quote:
        raise BadFact(field=say("佐证段落"), value="", why=say("请选中或抄写原文"))
    start, end = _place_of(document_file, mark, quote)
    made = Passage.objects.create(
        document_file=document_file,
        page=max(1, mark.page),
        start=start,
        end=end,
        quote=quote,
        note=mark.note[:200],
        at=at,
        by=by.name,
    )
    ledger.note(thing(document), later("标佐证段落"), by=by, at=at, after={"page": mark.page, "quote": quote[:80]})
    return made


def _place_of(document_file: DocumentFile, mark: Mark, quote: str) -> tuple[int | None, int | None]:
    """Where the words stand in the text of their page: as told when they do stand there, else where they are found."""
    rows = PageText.objects.filter(file=document_file.file_id, page=mark.page)
    text: str = rows.values_list("text", flat=True).first() or ""
    told = mark.start if mark.start is not None else -1
    start = told if told >= 0 and text.startswith(quote, told) else text.find(quote)
    return (start, start + len(quote)) if start >= 0 else (None, None)


@transaction.atomic
def withdraw(document: Document, why: str, *, by: By, at: datetime) -> Document:
    """Take a document out of use with a reason; nothing of it is deleted."""
    document = _open_to(document, by)
    if not why.strip():
        raise BadFact(field=say("作废原因"), value="", why=say("请写明为什么作废"))
    document.withdrawn_at, document.withdrawn_why = at, why.strip()[:300]
    _save(document, by)
    ledger.note(thing(document), later("作废"), by=by, at=at, after={"why": document.withdrawn_why})
    return document
