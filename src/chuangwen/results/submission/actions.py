"""What may happen to one standard of a submission: its explanation is written, its materials chosen and ordered, faults judged."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.document_actions import Serves, put_to_use
from chuangwen.records.archive.models import Document, UseKind
from chuangwen.records.archive.serving import requirement_key
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.standards.models import Requirement
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.results.submission.explanations import BLANK
from chuangwen.results.submission.models import Entry, Overrule, Pick, Submission, TextVersion
from chuangwen.results.submission.policy import why_not_compose

MOST_TEXT = 20_000


class EntryChanged(Refusal):
    """Two people at once: the second is told, and loses nothing typed."""

    code = "entry_changed"
    sentence = later("“{code} {title}”刚被{by}改过。你填的内容还在，请看过后再提交。")


class ReasonMissing(Refusal):
    code = "reason_missing"
    sentence = later("请写明理由：{what}。")
    status = 422


class TextTooLong(Refusal):
    code = "text_too_long"
    sentence = later("情况说明有 {have} 字，系统最多存 {most} 字。请先删减。")
    status = 422


def thing(submission: Submission) -> Thing:
    """What the ledger calls a submission."""
    return Thing("submission", str(submission.year), f"{submission.year}")


def entry_thing(entry: Entry) -> Thing:
    """What the ledger calls one standard of it."""
    return Thing(
        "submission_entry", f"{entry.submission.year}/{entry.node_id}", f"{entry.node.code} {entry.node.title}"
    )


def fresh(pk: int) -> Entry:
    """The entry as it is now, locked until the transaction ends."""
    Entry.objects.select_for_update().only("pk").get(pk=pk)
    rows = Entry.objects.select_related("submission", "node", "signer")
    return rows.get(pk=pk)


def _open_to(entry: Entry, by: By, version: int | None) -> Entry:
    found = fresh(entry.pk)
    if no := why_not_compose(found, by):
        raise no
    if version is not None and version != found.version:
        raise EntryChanged(code=found.node.code, title=found.node.title, by=found.changed_by)
    return found


def _save(entry: Entry, *, by: By, at: datetime) -> None:
    """One more version; a person who changes it is one of its composers."""
    entry.version += 1
    entry.changed_by, entry.changed_at = by.name, at
    if isinstance(by, Actor) and by.person_id not in entry.composers:
        entry.composers = [*entry.composers, by.person_id]
    entry.save()


@transaction.atomic
def write_text(entry: Entry, text: str, *, by: By, at: datetime, version: int | None = None) -> Entry:
    """Save the explanation as its next version; ``version`` is the one that was looked at."""
    entry = _open_to(entry, by, version)
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MOST_TEXT:
        raise TextTooLong(have=len(text), most=MOST_TEXT)
    if text == entry.text:
        return entry
    before = len(entry.text)
    entry.text, entry.text_version = text, entry.text_version + 1
    TextVersion.objects.create(entry=entry, number=entry.text_version, text=text, at=at, by=by.name)
    _save(entry, by=by, at=at)
    after = {"version": entry.text_version, "characters": len(text), "blanks": text.count(BLANK)}
    ledger.note(entry_thing(entry), later("编写情况说明"), by=by, at=at, before={"characters": before}, after=after)
    return entry


@transaction.atomic
def put_in_order(entry: Entry, picks: Sequence[int], *, by: By, at: datetime, version: int | None = None) -> Entry:
    """Put what was chosen into this order; what is not named stays behind it as it was."""
    entry = _open_to(entry, by, version)
    rows = {one.pk: one for one in entry.picks.order_by("place", "pk")}
    wanted = [pk for pk in dict.fromkeys(picks) if pk in rows]
    ordered = [rows[pk] for pk in [*wanted, *(pk for pk in rows if pk not in wanted)]]
    moved = [(place, one) for place, one in enumerate(ordered, 1) if one.place != place]
    if not moved:
        return entry
    for place, one in moved:
        one.place = place
    Pick.objects.bulk_update([one for _, one in moved], ["place"])
    _save(entry, by=by, at=at)
    after = {"documents": [one.document_id for one in ordered if one.out_at is None]}
    ledger.note(entry_thing(entry), later("排定材料次序"), by=by, at=at, after=after)
    return entry


@transaction.atomic
def choose(
    entry: Entry,
    document: Document,
    requirement: Requirement | None = None,
    *,
    by: By,
    at: datetime,
) -> Pick:
    """Choose a document for a standard, at the end of the order; one that was left out comes back.

    Whoever chooses says what it serves and for which year, so the archive says so too from then on.
    """
    entry = _open_to(entry, by, None)
    if requirement is not None and requirement.node_id != entry.node_id:
        raise NotFound(what=say("材料要求“{code}”", code=requirement.code))
    _put_to_use(document, entry, requirement, by=by, at=at)
    last = entry.picks.aggregate(last=Max("place"))["last"] or 0
    pick = entry.picks.filter(document=document).first() or Pick(entry=entry, document=document, place=last + 1)
    pick.requirement, pick.out_at, pick.out_why = requirement, None, ""
    pick.at, pick.by = at, by.name
    pick.save()
    _save(entry, by=by, at=at)
    after = {"document": document.pk, "requirement": requirement.code if requirement else ""}
    ledger.note(entry_thing(entry), later("选入资料"), by=by, at=at, after=after)
    return pick


def _put_to_use(document: Document, entry: Entry, requirement: Requirement | None, *, by: By, at: datetime) -> None:
    year = Serves(UseKind.YEAR, str(entry.submission.year))
    standard = Serves(UseKind.STANDARD, f"{entry.node.edition_id}:{entry.node.code}", entry.node.title)
    wanted = (
        [Serves(UseKind.REQUIREMENT, requirement_key(requirement), requirement.title)] if requirement else [standard]
    )
    known = set(document.serves.values_list("kind", "key"))
    if fresh_ := [one for one in (*wanted, year) if (one.kind, one.key) not in known]:
        put_to_use(document, fresh_, by=by, at=at)


@transaction.atomic
def leave_out(pick: Pick, why: str, *, by: By, at: datetime) -> Pick:
    """Leave a document out, with a reason; a refreshed draft does not bring it back."""
    entry = _open_to(pick.entry, by, None)
    if not why.strip():
        raise ReasonMissing(what=say("为什么不报这一份"))
    pick = entry.picks.get(pk=pick.pk)
    pick.out_at, pick.out_why = at, why.strip()[:300]
    pick.save(update_fields=["out_at", "out_why"])
    _save(entry, by=by, at=at)
    after = {"document": pick.document_id, "why": pick.out_why}
    ledger.note(entry_thing(entry), later("移出资料"), by=by, at=at, after=after)
    return pick


@transaction.atomic
def overrule(entry: Entry, code: str, key: str, why: str, *, by: By, at: datetime) -> Overrule:
    """Let a fault stand that the machine found, with a reason; an empty reason is none."""
    entry = _open_to(entry, by, None)
    if not why.strip():
        raise ReasonMissing(what=say("为什么这一条不算毛病"))
    made, _ = Overrule.objects.update_or_create(
        entry=entry, code=code[:20], key=key[:120], defaults={"why": why.strip()[:300], "at": at, "by": by.name}
    )
    _save(entry, by=by, at=at)
    after = {"code": code, "key": key, "why": made.why}
    ledger.note(entry_thing(entry), later("认定检查结果"), by=by, at=at, after=after)
    return made


@transaction.atomic
def withdraw_overrule(made: Overrule, *, by: By, at: datetime) -> None:
    """The fault counts again; the ledger keeps that it did not."""
    entry = _open_to(made.entry, by, None)
    Overrule.objects.filter(pk=made.pk).delete()
    _save(entry, by=by, at=at)
    before = {"code": made.code, "key": made.key, "why": made.why}
    ledger.note(entry_thing(entry), later("撤回认定"), by=by, at=at, before=before)
