"""The papers of filing: catalogue (归档文件目录), note at a box's end (备考表), lists of hand-over and destruction."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from chuangwen.kernel import word
from chuangwen.kernel.papers import date_cn
from chuangwen.kernel.sheet_writing import TableColumn, TableText, write_table
from chuangwen.kernel.words import later, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.definitions import ColumnRow
from chuangwen.records.archive.rules import Rules
from chuangwen.records.filing.models import Destruction, FilingYear, Item
from chuangwen.records.filing.queries import Box, retention_titles

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MM_A_CHARACTER = 2.3
INTERNAL = later("内部")


def facts_of(item: Item, rules: Rules, serial: int = 0) -> dict[str, str]:
    """Every fact of an item that a catalogue, a stamp or the metadata may ask for, by its key."""
    document = item.document
    section = next((one.title for one in rules.sections if one.code == item.section), item.section)
    return {
        "serial": str(serial),
        "level": written(later("件")),
        "fonds_name": rules.fonds.name if rules.fonds else "",
        "fonds": item.fonds,
        "code": item.code,
        "category": item.category,
        "year": str(item.year),
        "retention": item.retention.title,
        "section": section,
        "item_number": f"{item.number:0{rules.filing.digits}d}",
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer or document.unit.name,
        "date": f"{document.dated:%Y%m%d}" if document.dated else "",
        "kind": document.kind.title,
        "confidentiality": written(INTERNAL) if document.confidentiality else "",
        "pages": str(item.pages) if item.pages else "",
        "note": item.note,
    }


def cells(item: Item, columns: Sequence[ColumnRow], rules: Rules, serial: int) -> list[str]:
    """The cells of an item's row in the catalogue."""
    facts = facts_of(item, rules, serial)
    return [facts[one.key] for one in columns]


def stamp_of(item: Item, rules: Rules) -> list[tuple[str, str]]:
    """The cells of the stamp (归档章): what each is called and what stands in it."""
    facts = facts_of(item, rules)
    facts["number"] = facts["item_number"]
    return [(one.title, facts[one.key]) for one in rules.stamp]


def catalogue_sheet(title: str, items: Iterable[Item], rules: Rules, *, at: datetime) -> bytes:
    """The catalogue as Excel."""
    columns = [TableColumn(one.title, max(6, one.width / _MM_A_CHARACTER)) for one in rules.columns]
    rows = (cells(one, rules.columns, rules, serial) for serial, one in enumerate(items, 1))
    made = at.astimezone(CHINA).replace(tzinfo=None)
    return write_table(columns, rows, TableText(title[:28], title, made=made))


def catalogue_csv(items: Iterable[Item], rules: Rules) -> bytes:
    """The metadata as a table: UTF-8 with its mark; a cell that would be a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow([one.name for one in rules.metadata])
    for item in items:
        facts = facts_of(item, rules)
        row = (facts[one.key] for one in rules.metadata)
        table.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def box_story(box: Box, rules: Rules) -> list[str]:
    """What the note at a box's end says of its content (盒内文件情况说明)."""
    digits = rules.filing.digits
    span = {"items": box.items, "first": f"{box.first:0{digits}d}", "last": f"{box.last:0{digits}d}"}
    told = [written(later("本盒 {items} 件，件号 {first} 至 {last}。"), **span)]
    if box.pages:
        told.append(written(later("共 {pages} 页。"), pages=box.pages))
    if box.unknown:
        told.append(written(later("其中 {n} 件未注明页数。"), n=box.unknown))
    told += [
        written(later("{code} 已撤出：{why}（{by}）。"), code=one.code, why=one.why, by=one.by) for one in box.gone
    ]
    return told + [written(later("{code}：{note}。"), code=code, note=note) for code, note in box.notes]


def notes_word(year: FilingYear, boxes: Sequence[Box], rules: Rules, *, at: datetime) -> bytes:
    """The notes of all boxes of a year, one a page."""
    return word.document(chain.from_iterable(_note(year, one, rules, n) for n, one in enumerate(boxes)), at=at)


def _note(year: FilingYear, box: Box, rules: Rules, place: int) -> Iterator[str]:
    title = word.Type(font=word.TITLE, size=22, align="center", indent=False, after=14, new_page=place > 0)
    section = next((one.title for one in rules.sections if one.code == box.section), box.section)
    titles = retention_titles()
    closed = date_cn(year.closed_at.astimezone(CHINA)) if year.closed_at else ""
    yield word.paragraph(written(later("备考表")), title)
    facts = [
        (written(later("全宗号")), rules.fonds.code if rules.fonds else "", written(later("年度")), str(year.year)),
        (written(later("机构（问题）")), section, written(later("保管期限")), titles.get(box.retention, box.retention)),
        (written(later("盒号")), str(box.number), written(later("门类")), box.category),
    ]
    yield from word.table(word.Grid((32, 46, 32, 46), first_is_head=True), facts)
    yield word.paragraph(written(later("盒内文件情况说明")), word.HEADING)
    story = box_story(box, rules) + ([year.note] if year.note else [])
    yield word.with_figure(word.paragraph(story[0]), box.figure)
    for line in story[1:]:
        yield word.paragraph(line)
    signed = [
        (written(later("整理人")), "、".join(box.filed_by), written(later("整理日期")), closed),
        (written(later("检查人")), year.closed_by, written(later("检查日期")), closed),
    ]
    yield word.paragraph("")
    yield from word.table(word.Grid((32, 46, 32, 46), first_is_head=True), signed)
    yield word.paragraph("", word.PLAIN)


HAND_OVER = (
    later("序号"),
    later("档号"),
    later("题名"),
    later("责任者"),
    later("日期"),
    later("页数"),
    later("文件数"),
)


def hand_over_word(
    facts: Sequence[tuple[str, str]], items: Iterable[tuple[Item, int]], rules: Rules, *, at: datetime
) -> bytes:
    """The list of a hand-over (档案移交清单): what goes, from whom to whom, and who signs for it."""

    def rows() -> Iterator[list[str]]:
        for serial, (item, files) in enumerate(items, 1):
            told = facts_of(item, rules, serial)
            row = [told[key] for key in ("serial", "code", "title", "issuer", "date", "pages")]
            yield [*row, str(files)]

    sign = [
        (written(later("移交单位（盖章）")), "\n\n", written(later("接收单位（盖章）")), ""),
        (written(later("移交人")), "", written(later("接收人")), ""),
        (written(later("日期")), "", written(later("日期")), ""),
    ]
    grid = word.Grid((12, 64, 74, 44, 26, 15, 17), [written(one) for one in HAND_OVER])
    body = chain(
        [word.paragraph(written(later("档案移交清单")), word.TITLE_TYPE)],
        word.table(word.Grid((36, 89, 36, 89), first_is_head=True), _pairs(facts)),
        [word.paragraph("", word.PLAIN)],
        word.table(grid, rows()),
        [word.paragraph("", word.PLAIN)],
        word.table(word.Grid((36, 89, 36, 89), first_is_head=True), sign),
        [word.paragraph("", word.PLAIN)],
    )
    return word.document(body, at=at, landscape=True)


def _pairs(facts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    for place in range(0, len(facts), 2):
        yield tuple(cell for pair in facts[place : place + 2] for cell in pair)


DESTRUCTION = (
    later("序号"), later("档号"), later("题名"), later("责任者"), later("日期"), later("页数"), later("保管期限"),
    later("到期"),
)  # fmt: skip


def destruction_word(one: Destruction, items: Iterable[Item], rules: Rules, *, at: datetime) -> bytes:
    """The list of what is destroyed (销毁清册): the opinion, who proposed, approved, carried it out, and every item."""

    def rows() -> Iterator[list[str]]:
        for serial, item in enumerate(items, 1):
            told = facts_of(item, rules, serial)
            row = [told[key] for key in ("serial", "code", "title", "issuer", "date", "pages", "retention")]
            yield [*row, str(item.kept_until or item.year + (item.term or 0))]

    grid = word.Grid((12, 64, 68, 38, 26, 14, 20, 14), [written(head) for head in DESTRUCTION])
    body = chain(
        [word.paragraph(written(later("档案{title}"), title=one.title), word.TITLE_TYPE)],
        word.table(word.Grid((36, 94, 36, 94), first_is_head=True), _pairs(_judged(one, rules))),
        [word.paragraph("", word.PLAIN)],
        word.table(grid, rows()),
        [word.paragraph("", word.PLAIN)],
    )
    return word.document(body, at=at, landscape=True)


def _judged(one: Destruction, rules: Rules) -> list[tuple[str, str]]:
    fonds = rules.fonds
    return [
        (written(later("全宗")), f"{fonds.code} {fonds.name}" if fonds else ""),
        (written(later("鉴定意见")), one.why),
        (written(later("提出人")), f"{one.proposed_by.name}　{_day(one.proposed_at)}"),
        (written(later("批准人")), f"{one.approved_by.name}　{_day(one.approved_at)}" if one.approved_by else ""),
        (written(later("执行人")), f"{one.carried_out_by}　{_day(one.carried_out_at)}".strip("　")),
        (written(later("监销人（签字）")), ""),
    ]


def _day(moment: datetime | None) -> str:
    return date_cn(moment.astimezone(CHINA)) if moment else ""
