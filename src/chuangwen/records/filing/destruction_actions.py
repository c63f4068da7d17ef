"""Destruction (鉴定销毁): items whose term is over are proposed, approved by a second person, then carried out."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ForeignObjectRel, Model, QuerySet

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.refusals import SignInFirst
from chuangwen.records.archive import texts
from chuangwen.records.archive.document_actions import BadFact, thing
from chuangwen.records.archive.models import Arrival, Document, DocumentFile, PageText, Question, StoredFile
from chuangwen.records.filing.models import Destruction, Item
from chuangwen.records.filing.queries import due
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By, must_everywhere
from chuangwen.records.township.models import Person
from chuangwen.records.township.permissions import Permission


class NotDue(Refusal):
    """Kept for ever, its term still runs, handed over, gone, or on another list."""

    code = "not_due"
    sentence = later(
        "{n} 件不能列入销毁清册：{codes}。永久的、没有到期的、已移交的和在别的清册里的不能销毁。请去掉后再提。"
    )


class SamePerson(Refusal):
    """What is destroyed is gone: it takes two."""

    code = "destroyed_by_two"
    sentence = later("“{title}”是你提出的，须由另一个人批准。")


class AlreadyJudged(Refusal):
    code = "destruction_judged"
    sentence = later("“{title}”已{what}，不能再改。")


class NotApproved(Refusal):
    code = "destruction_not_approved"
    sentence = later("“{title}”还没有批准，不能销毁。请先由另一个人批准。")


class NeedsPerson(Refusal):
    """A command has no name to sign with."""

    code = "destruction_needs_person"
    sentence = later("提出和批准销毁要由登录的人做，不能用命令代替。")


def list_thing(one: Destruction) -> Thing:
    return Thing("destruction", str(one.pk), one.title)


def _person(by: By) -> Person:
    if not isinstance(by, Actor):
        raise NeedsPerson
    if by.person is None:
        raise SignInFirst
    return by.person


def _opinion(text: str) -> str:
    if not text.strip():
        raise BadFact(field=say("鉴定意见"), value="", why=say("请写明为什么这样处理"))
    return text.strip()[:500]


def _due_among(items: Sequence[Item], at: datetime) -> list[Item]:
    wanted = [one.pk for one in items]
    found = list(due(at.astimezone(CHINA).year).filter(pk__in=wanted).select_for_update(of=("self",)))
    if not found or len(found) != len(set(wanted)):
        left = Item.objects.filter(pk__in=set(wanted) - {one.pk for one in found})
        raise NotDue(n=left.count(), codes="、".join(left.values_list("code", flat=True)[:5]) or say("没有选"))
    return found


@transaction.atomic
def propose_destruction(items: Sequence[Item], why: str, *, by: By, at: datetime) -> Destruction:
    """List items whose term is over, with the opinion of the appraisal. Nothing is touched yet."""
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    person, opinion, found = _person(by), _opinion(why), _due_among(items, at)
    local = at.astimezone(CHINA)
    count = Destruction.objects.filter(proposed_at__year=local.year).count() + 1
    title = written(later("{year} 年第 {n} 号销毁清册"), year=local.year, n=count)
    made = Destruction.objects.create(title=title, why=opinion, proposed_by=person, proposed_at=at)
    made.items.set(found)
    after = {"items": [one.code for one in found][:500], "count": len(found), "why": opinion}
    ledger.note(list_thing(made), later("提出销毁"), by=by, at=at, after=after)
    return made


@transaction.atomic
def keep_longer(items: Sequence[Item], until: int, why: str, *, by: By, at: datetime) -> None:
    """An appraisal finds them still of use: their term ends later."""
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    opinion, found, year = _opinion(why), _due_among(items, at), at.astimezone(CHINA).year
    if not year <= until <= year + 100:
        raise BadFact(field=say("续存到"), value=until, why=say("请写今年以后一百年以内的年份"))
    Item.objects.filter(pk__in=[one.pk for one in found]).update(kept_until=until)
    after = {"items": [one.code for one in found][:500], "until": until, "why": opinion}
    ledger.note(Thing("appraisal", str(year), f"{year}"), later("鉴定续存"), by=by, at=at, after=after)


def _fresh(one: Destruction) -> Destruction:
    """The list, locked, if it still waits for a word."""
    Destruction.objects.select_for_update().only("pk").get(pk=one.pk)
    one = Destruction.objects.select_related("proposed_by", "approved_by").get(pk=one.pk)
    if one.refused_at is not None:
        raise AlreadyJudged(title=one.title, what=say("不批准"))
    if one.carried_out_at is not None:
        raise AlreadyJudged(title=one.title, what=say("执行"))
    return one


@transaction.atomic
def approve_destruction(one: Destruction, *, by: By, at: datetime) -> Destruction:
    """A second person agrees. Still nothing is gone."""
    must_everywhere(by, Permission.APPROVE_DESTRUCTION)
    one, person = _fresh(one), _person(by)
    if one.approved_at is not None:
        raise AlreadyJudged(title=one.title, what=say("批准"))
    if one.proposed_by_id == person.pk:
        raise SamePerson(title=one.title)
    one.approved_by, one.approved_at = person, at
    one.save()
    ledger.note(list_thing(one), later("批准销毁"), by=by, at=at, after={"count": one.items.count()})
    return one


@transaction.atomic
def refuse_destruction(one: Destruction, why: str, *, by: By, at: datetime) -> Destruction:
    """The second person does not agree; the list stays with the reason, its items are free again."""
    must_everywhere(by, Permission.APPROVE_DESTRUCTION)
    one = _fresh(one)
    if one.approved_at is not None:
        raise AlreadyJudged(title=one.title, what=say("批准"))
    one.refused_by, one.refused_at, one.refused_why = by.name, at, _opinion(why)[:300]
    one.save()
    ledger.note(list_thing(one), later("不批准销毁"), by=by, at=at, after={"why": one.refused_why})
    return one


@transaction.atomic
def carry_out(one: Destruction, *, by: By, at: datetime) -> Destruction:
    """Do what was approved: the documents are taken out, and files that nothing else uses are marked for removal.

    The list, its items and the rows of documents and files stay; ``removal.remove_waiting`` then takes the bytes.
    """
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    one = _fresh(one)
    if one.approved_at is None:
        raise NotApproved(title=one.title)
    items = list(one.items.select_related("document").select_for_update(of=("self",)))
    if wrong := [item.code for item in items if item.term is None or item.handed_over_at or item.destroyed_at]:
        raise NotDue(n=len(wrong), codes="、".join(wrong[:5]))
    files = _give_up(one, items, by=by, at=at)
    one.removed = [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in files]
    one.carried_out_at, one.carried_out_by = at, by.name
    one.save()
    after = {"count": len(items), "files": len(files), "sha256": [file.sha256 for file in files][:200]}
    ledger.note(list_thing(one), later("执行销毁"), by=by, at=at, after=after)
    return one


def _give_up(one: Destruction, items: Sequence[Item], *, by: By, at: datetime) -> list[StoredFile]:
    """Take the documents out of use; the files that no standing document holds, in any of its versions."""
    documents = [item.document_id for item in items]
    why = written(later("已按{title}销毁"), title=one.title)
    Item.objects.filter(pk__in=[item.pk for item in items]).update(destroyed_at=at)
    Document.objects.filter(pk__in=documents, withdrawn_at=None).update(withdrawn_at=at, withdrawn_why=why, by=by.name)
    for item in items:
        ledger.note(thing(item.document), later("销毁"), by=by, at=at, after={"code": item.code, "list": one.title})
    return give_up_files(documents, why, at=at)


def give_up_files(documents: Sequence[int], why: str, *, at: datetime) -> list[StoredFile]:
    """Mark the files of these documents for removal, unless something else uses the same bytes; their text goes at once."""
    mine = DocumentFile.objects.filter(document__in=documents).values("file")
    rows = StoredFile.objects.filter(pk__in=mine, removed_at=None).select_for_update(of=("self",))
    free = [file for file in rows if not used_elsewhere(file, documents)]
    for file in free:
        texts.forget_pages(file)
    quiet = {
        "looked_at": at,
        "previewed_at": at,
        "preview_why": why[:200],
        "reading": "nothing",
        "reading_why": why[:200],
    }
    StoredFile.objects.filter(pk__in=[file.pk for file in free]).update(removed_at=at, **quiet)
    return free


def used_elsewhere(file: StoredFile, documents: Sequence[int]) -> bool:
    """Whether anything but these documents points at the file: another document, a case, an arrival that waits."""
    return any(rows.exists() for rows in _holding(file, documents))


def _holding(file: StoredFile, documents: Sequence[int]) -> Iterator[QuerySet[Any]]:
    for relation in StoredFile._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's own way to ask
        if not isinstance(relation, ForeignObjectRel) or relation.related_model in OWN:
            continue
        rows = relation.related_model._default_manager.filter(**{relation.field.name: file})  # noqa: SLF001
        if relation.related_model is DocumentFile:
            rows = rows.exclude(document__in=documents).exclude(document__item__destroyed_at__isnull=False)
        if relation.related_model is Arrival:
            rows = rows.filter(decision="")
        yield rows


# Rows that belong to the file itself hold nothing back.
OWN: frozenset[type[Model]] = frozenset({PageText, Question})
