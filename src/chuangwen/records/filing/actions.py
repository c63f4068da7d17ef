"""Filing (整理归档): documents of a year become items with numbers, are corrected, closed, taken out with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.document_actions import thing
from chuangwen.records.archive.models import Document
from chuangwen.records.filing.models import FilingYear, Item, Unfiled
from chuangwen.records.filing.proposing import Proposer, code_of, proposer, year_of
from chuangwen.records.filing.queries import hindrances, lacks_of, pages_of, waiting, with_files
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.township.gates import By, must_everywhere
from chuangwen.records.township.permissions import Permission

_AWAY = 500_000_000  # where numbers stand for a moment while a class is numbered anew


class NoFilingRules(Refusal):
    """Nothing can be filed before the fonds has its number."""

    code = "no_filing_rules"
    sentence = later("还没有全宗号，不能归档。请在内容包的 fonds.toml 里填写档案馆给定的全宗号，再安装内容包。")


class NothingToFile(Refusal):
    code = "nothing_to_file"
    sentence = later("没有选中要归档的资料。请先勾选，再归档。")
    status = 422


class YearClosed(Refusal):
    """The numbers of a closed year are fixed."""

    code = "filing_closed"
    sentence = later("{year} 年已整理完毕（{day}，{by}），档号固定，不能再改。迟到的资料请归入以后的年度。")


class YearNotOver(Refusal):
    """Documents of a year still come while it runs."""

    code = "filing_year_not_over"
    sentence = later("{year} 年还没有过完，不能整理完毕。请到 {next} 年再做。")


class NoReason(Refusal):
    code = "no_reason"
    sentence = later("撤出“{code}”要写原因：档号已固定，这个件号以后永远空着。请写明为什么撤出。")
    status = 422


class Settled(Refusal):
    """Handed over, destroyed, or on a list of destruction: it stays where it is."""

    code = "item_settled"
    sentence = later("“{code}”{what}，不能撤出。")


@dataclass(frozen=True)
class Choice:
    """A document to file; what is left empty is as proposed."""

    document: int
    retention: str = ""
    section: str = ""


@dataclass(frozen=True)
class Correction:
    """What to correct in an item of an open year; ``None`` leaves it."""

    retention: str | None = None
    section: str | None = None
    pages: int | None = None
    note: str | None = None


def year_thing(year: int) -> Thing:
    """What the ledger calls a year's filing."""
    return Thing("filing", str(year), f"{year}")


@transaction.atomic
def file_documents(year: int, choices: Sequence[Choice], *, by: By, at: datetime) -> list[Item]:
    """File documents into a year: several at once, all or none. The numbers of the whole year are made anew."""
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    filing, how = _open_year(year, at=at), proposer()
    if how.fonds is None:
        raise NoFilingRules
    if not choices:
        raise NothingToFile
    wanted = {one.document: one for one in choices}
    found = {one.pk: one for one in waiting(year).filter(pk__in=wanted)}
    _refuse_unready(wanted, found, how)
    made = [_item(found[pk], one, filing, how, by=by, at=at) for pk, one in wanted.items()]
    Item.objects.bulk_create(made)
    number_anew(year, how)
    counts = {key: sum(one.retention_id == key for one in made) for key in sorted({one.retention_id for one in made})}
    after = {"items": len(made), "classes": counts, "documents": [one.document_id for one in made][:500]}
    ledger.note(year_thing(year), later("归档"), by=by, at=at, after=after)
    return list(Item.objects.filter(document__in=wanted).select_related("document"))


def _open_year(year: int, *, at: datetime) -> FilingYear:
    """The year's row, locked: of two who file at once, one waits."""
    filing, _new = FilingYear.objects.get_or_create(year=year, defaults={"begun_at": at})
    filing = FilingYear.objects.select_for_update().get(pk=filing.pk)
    if filing.closed_at is not None:
        day = filing.closed_at.astimezone(CHINA).date().isoformat()
        raise YearClosed(year=year, day=day, by=filing.closed_by)
    return filing


def _refuse_unready(wanted: Mapping[int, Choice], found: Mapping[int, Document], how: Proposer) -> None:
    """All that cannot be filed is told at once."""
    problems = Problems()
    hindered = hindrances(list(found.values()))
    sections = {one.code for one in how.rules.sections}
    for pk, choice in wanted.items():
        document = found.get(pk)
        name = document.title if document else str(pk)
        if document is None:
            what, cure = say("不在待归档的资料里"), say("可能已归档、已作废，或属于别的年度。")
            problems.add(file=name, what=what, cure=cure)
        elif pk in hindered:
            problems.add(file=name, what=hindered[pk], cure=say("处理以后再归档。"))
        if choice.retention and choice.retention not in how.classes:
            what = say("没有保管期限“{code}”", code=choice.retention)
            problems.add(file=name, what=what, cure=say("可用：{known}。", known=listed(how.classes)))
        if choice.section and choice.section not in sections:
            what = say("没有机构（问题）“{code}”", code=choice.section)
            problems.add(file=name, what=what, cure=say("可用：{known}。", known=listed(sorted(sections))))
    problems.refuse(say("归档"))


def _item(document: Document, choice: Choice, filing: FilingYear, how: Proposer, *, by: By, at: datetime) -> Item:
    proposed = how.propose(document)
    retention = how.classes[choice.retention or proposed.retention]
    late = year_of(document)
    return Item(
        document=document,
        code=f"+{document.pk}",
        fonds=how.fonds.code if how.fonds else "",
        category=document.kind.category,
        year=filing.year,
        retention=retention,
        term=retention.years,
        section=choice.section or proposed.section,
        number=2 * _AWAY + document.pk,
        pages=pages_of(document.current),  # type: ignore[attr-defined] # set by ``waiting``
        note=written(later("{year} 年的文件"), year=late) if late != filing.year else "",
        filed_at=at,
        filed_by=by.name,
    )


def number_anew(year: int, how: Proposer) -> None:
    """Number each lowest class from 1 by the day, the 文号 and the order of arrival of its documents."""
    rows = Item.objects.filter(year=year)
    rows.update(number=F("pk") + _AWAY, code=Concat(Value("#"), Cast("pk", CharField())))
    found = sorted(rows.select_related("document"), key=_place)
    for _class, group in groupby(found, key=_class_of):
        for number, item in enumerate(group, start=1):
            item.number = number
            item.code = code_of(how.filing, _code_facts(item))
    Item.objects.bulk_update(found, ["number", "code"], batch_size=200)


def _class_of(item: Item) -> tuple[str, ...]:
    return item.fonds, item.category, item.retention_id, item.section


def _place(item: Item) -> tuple[Any, ...]:
    """Where an item stands in its year: inside its class by its day."""
    document = item.document
    day = document.dated or document.arrived_at.astimezone(CHINA).date()
    return *_class_of(item), day, document.number, document.pk


def _code_facts(item: Item) -> dict[str, object]:
    return {
        "fonds": item.fonds,
        "category": item.category,
        "year": item.year,
        "retention": item.retention_id,
        "section": item.section,
        "number": item.number,
    }


@transaction.atomic
def correct(item: Item, change: Correction, *, by: By, at: datetime) -> Item:
    """Put an item of an open year right: its class, its section, its pages, its note. Numbers close up again."""
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    _open_year(item.year, at=at)
    item, how = _fresh(item), proposer()
    before = _told(item)
    if change.retention is not None:
        found = how.classes.get(change.retention)
        if found is None:
            raise NotFound(what=say("保管期限“{code}”", code=change.retention[:10]))
        item.retention, item.term = found, found.years
    if change.section is not None and "{section}" in how.filing.code:
        if change.section not in how.sections:
            raise NotFound(what=say("机构（问题）“{code}”", code=change.section[:12]))
        item.section = change.section
    item.pages = item.pages if change.pages is None else max(1, min(change.pages, 1_000_000))
    item.note = item.note if change.note is None else change.note.strip()[:200]
    old, new = ledger.changes(before, _told(item))
    if not old and not new:
        return item
    if {"retention", "section"} & {*old, *new}:
        item.number, item.code = 2 * _AWAY + item.document_id, f"+{item.document_id}"
    item.save()
    number_anew(item.year, how)
    ledger.note(thing(item.document), later("更正归档"), by=by, at=at, before=old, after=new)
    return _fresh(item)


def _fresh(item: Item) -> Item:
    Item.objects.select_for_update().only("pk").get(pk=item.pk)
    return Item.objects.select_related("document", "retention").get(pk=item.pk)


def _told(item: Item) -> dict[str, object]:
    return {"retention": item.retention_id, "section": item.section, "pages": item.pages, "note": item.note}


@transaction.atomic
def close_year(year: int, *, by: By, at: datetime, note: str = "") -> FilingYear:
    """Close a year's filing: every item has its box, its number is fixed for ever."""
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    if at.astimezone(CHINA).year <= year:
        raise YearNotOver(year=year, next=year + 1)
    filing, how = _open_year(year, at=at), proposer()
    number_anew(year, how)
    rows = with_files(Item.objects.filter(year=year).select_related("document"))
    items = list(rows.order_by("fonds", "category", "retention", "section", "number"))
    if not items:
        raise NothingToFile
    for item in items:  # pages that were not known when it was filed may have been counted since
        item.pages = item.pages or pages_of(item.document.current)  # type: ignore[attr-defined] # set by ``with_files``
    put_in_boxes(items, how.filing.box_pages)
    Item.objects.bulk_update(items, ["box", "pages"], batch_size=500)
    filing.closed_at, filing.closed_by, filing.note = at, by.name, note.strip()[:500]
    filing.save()
    after = {
        "items": len(items),
        "pages": sum(one.pages or 0 for one in items),
        "boxes": len({_box_of(i) for i in items}),
    }
    ledger.note(year_thing(year), later("整理完毕"), by=by, at=at, after={**after, "note": filing.note})
    return filing


def _box_of(item: Item) -> tuple[object, ...]:
    return *_class_of(item), item.box


def put_in_boxes(items: Sequence[Item], most: int) -> None:
    """Fill boxes in the order of the numbers, each class its own, up to so many pages; unknown pages count as one."""
    for _class, group in groupby(items, key=_class_of):
        box, full = 1, 0
        for item in group:
            pages = item.pages or 1
            if full and full + pages > most:
                box, full = box + 1, 0
            item.box, full = box, full + pages


@transaction.atomic
def unfile(item: Item, why: str = "", *, by: By, at: datetime) -> None:
    """Take an item out. While its year is open the numbers close up; afterwards its number stays empty, with the reason."""
    must_everywhere(by, Permission.KEEP_ARCHIVE)
    item = _fresh(item)
    closed = FilingYear.objects.filter(year=item.year, closed_at__isnull=False).exists()
    _refuse_settled(item)
    if closed and not why.strip():
        raise NoReason(code=item.code)
    if closed:
        Unfiled.objects.create(
            document=item.document,
            year=item.year,
            code=item.code,
            category=item.category,
            retention=item.retention_id,
            section=item.section,
            number=item.number,
            box=item.box,
            why=why.strip()[:300],
            at=at,
            by=by.name,
        )
    before = {"code": item.code}
    item.delete()
    if not closed:
        _open_year(item.year, at=at)
        number_anew(item.year, proposer())
    ledger.note(thing(item.document), later("撤出归档"), by=by, at=at, before=before, after={"why": why.strip()[:300]})


def _refuse_settled(item: Item) -> None:
    if item.destroyed_at is not None:
        raise Settled(code=item.code, what=say("已销毁"))
    if item.handed_over_at is not None:
        raise Settled(code=item.code, what=say("已移交"))
    if item.destructions.exists():
        raise Settled(code=item.code, what=say("在销毁清册里"))


def ready(year: int) -> list[Choice]:
    """Everything of the year that can be filed as proposed: whole by its kind, with nothing open."""
    rows = list(waiting(year))
    hindered = hindrances(rows)
    return [Choice(one.pk) for one in rows if one.pk not in hindered and not lacks_of(one)]
