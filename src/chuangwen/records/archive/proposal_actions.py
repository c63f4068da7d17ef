"""A person takes a proposal of the machine, or leaves it; both are written down."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, say, written
from chuangwen.records.archive import previews, search_index, texts
from chuangwen.records.archive.document_actions import BadFact, fresh, thing
from chuangwen.records.archive.models import Document, DocumentKind, Proposal
from chuangwen.records.archive.policy import why_not_change
from chuangwen.records.archive.proposing import stated
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.township.actors import Actor

FIELDS = {
    "title": later("题名"),
    "number": later("文号"),
    "issuer": later("发文机关"),
    "dated": later("文件日期"),
    "kind": later("类型"),
    "classified": later("密级标志"),
}
NO_PLACE = lasting("标有“{mark}”，本系统不得存放涉密文件")


class AlreadyDecided(Refusal):
    """Somebody was faster."""

    code = "proposal_decided"
    sentence = later("这条识别建议已由{by}处理过。请刷新页面看现在的内容。")


def _open(proposal: Proposal, by: Actor) -> tuple[Proposal, Document]:
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.taken is not None:
        raise AlreadyDecided(by=row.decided_by)
    document = fresh(row.document_id)
    if no := why_not_change(document, by):
        raise no
    return row, document


def _decide(row: Proposal, *, taken: bool, by: Actor, at: datetime) -> None:
    row.taken, row.decided_at, row.decided_by = taken, at, by.name
    row.save(update_fields=["taken", "decided_at", "decided_by"])


@transaction.atomic
def take_proposal(proposal: Proposal, *, by: Actor, at: datetime) -> Document:
    """Write the proposed value into the document. A confirmed mark of secrecy takes the document out of the archive."""
    row, document = _open(proposal, by)
    before = {row.field: stated(document).get(row.field, "")}
    _decide(row, taken=True, by=by, at=at)
    if row.field == "classified":
        _take_out(document, row.value, at=at)
        verb = later("确认标有密级，停止使用")
    else:
        _write(document, row.field, row.value)
        verb = later("采用识别建议")
    _save(document, by)
    ledger.note(thing(document), verb, by=by, at=at, before=before, after={row.field: row.value, "page": row.page})
    return document


@transaction.atomic
def take_all(document: Document, shown: Collection[int], *, by: Actor, at: datetime) -> list[Proposal]:
    """Take at once what somebody was shown (keys): for each fact the surest. A mark of secrecy is never taken so."""
    document = fresh(document.pk)
    if no := why_not_change(document, by):
        raise no
    rows = document.proposals.select_for_update().filter(pk__in=shown).exclude(field="classified")
    chosen: dict[str, Proposal] = {}
    for row in rows.filter(taken=None).order_by("-sure", "pk"):
        chosen.setdefault(row.field, row)
    if not chosen:
        raise AlreadyDecided(by=next((row.decided_by for row in rows), document.by))
    before = {field: stated(document).get(field, "") for field in chosen}
    for field, row in chosen.items():
        _decide(row, taken=True, by=by, at=at)
        _write(document, field, row.value)
    _save(document, by)
    after = {field: row.value for field, row in chosen.items()}
    ledger.note(thing(document), later("采用识别建议"), by=by, at=at, before=before, after=after)
    return list(chosen.values())


def _save(document: Document, by: Actor) -> None:
    document.version, document.by = document.version + 1, by.name
    document.save()
    search_index.put_document(document)


def _write(document: Document, field: str, value: str) -> None:
    if field == "dated":
        document.dated = date.fromisoformat(value)
    elif field == "kind":
        kind = DocumentKind.objects.filter(pk=value).first()
        if kind is None:
            raise BadFact(field=say("类型"), value=value, why=say("没有这种材料类型"))
        document.kind = kind
    elif field in {"title", "number", "issuer"}:
        most = {"title": 200, "number": 80, "issuer": 120}[field]
        setattr(document, field, value[:most])
    else:
        raise BadFact(field=field, value=value, why=say("没有这个字段"))


def _take_out(document: Document, mark: str, *, at: datetime) -> None:
    """No text or picture of it stays to be found; the sealed bytes are dealt with by the rules of secrecy."""
    document.withdrawn_at, document.withdrawn_why = at, written(NO_PLACE, mark=mark)
    for row in document.files.select_related("file"):
        texts.forget_pages(row.file)
        previews.forget(row.file, document.withdrawn_why, at=at)


@transaction.atomic
def leave_proposal(proposal: Proposal, *, by: Actor, at: datetime, why: str = "") -> None:
    """Leave it: it is not offered again. That a mark of secrecy is none is said with a reason."""
    row, document = _open(proposal, by)
    why = why.strip()[:300]
    if row.field == "classified" and not why:
        raise BadFact(field=say(FIELDS["classified"]), value=row.value, why=say("请写明为什么它不是涉密文件"))
    _decide(row, taken=False, by=by, at=at)
    verb = later("确认并非涉密") if row.field == "classified" else later("不用识别建议")
    ledger.note(thing(document), verb, by=by, at=at, before={row.field: row.value}, after={"why": why} if why else {})
