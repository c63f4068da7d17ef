"""A table of cases as declared: what every kind may have as a column, the declared fields of its opening, and its rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import TypeVar

from chuangwen.kernel.chinese import bare
from chuangwen.kernel.fields import FieldRow
from chuangwen.kernel.fields import Kind as Asked
from chuangwen.kernel.sheets import Workbook
from chuangwen.kernel.tables.cells import Around
from chuangwen.kernel.tables.declared import Field, Kind, Table
from chuangwen.kernel.tables.heads import Said
from chuangwen.kernel.tables.names import Names
from chuangwen.kernel.tables.reader import read_rows
from chuangwen.kernel.tables.reading import TableReading, TableRow
from chuangwen.kernel.words import later, listed, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.models import Organisation, Person, Site
from chuangwen.work.cases.case_rows import LONGEST, LONGEST_OF_REPORTER, TITLES, CaseRow, RowReporter
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Category

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "title": (
        *("问题", "标题", "事项", "什么事", "问题描述", "反映事项", "诉求标题", "工单标题"),
        *(
            "信访事项",
            "信访问题",
            "信访诉求",
            "反映问题",
            "纠纷事项",
            "隐患描述",
            "隐患内容",
            "问题隐患",
            "存在问题",
            "存在隐患",
        ),
    ),
    "text": ("详细情况", "情况", "内容", "反映内容", "诉求内容", "备注"),
    "area": ("村（社区）", "村", "社区", "所在村", "所属村", "村居"),
    "site": ("点位", "点位编号", "点位名称"),
    "category": ("类别", "问题类别", "分类"),
    "lead": ("主办单位", "承办单位", "责任单位", "办理单位", "整改责任单位", "整改单位"),
    "address": (
        "地址",
        "位置",
        "地点",
        "详细地址",
        "事发地点",
        "隐患地点",
        "隐患位置",
        "问题地点",
        "诉求地址",
        "反映地址",
    ),
    "reporter": ("反映人", "姓名", "来电人", "联系人", "诉求人", "信访人", "来访人", "上访人", "投诉人"),
    "phone": (
        *("电话", "联系电话", "手机", "来电号码", "联系方式"),
        *("反映人电话", "来电人电话", "诉求人电话", "信访人电话", "来访人电话", "联系人电话", "投诉人电话"),
    ),
    "outer": ("外部编号", "工单号", "工单编号", "信访编号", "热线编号"),
    "number": ("编号", "事项编号", "案件编号", "系统编号"),
    "source": ("来源", "来源渠道", "诉求来源"),
    "opened": (
        "登记日期",
        "登记时间",
        "受理日期",
        "受理时间",
        "来电时间",
        "来电日期",
        "反映时间",
        "反映日期",
        "上报时间",
        "上报日期",
        *("信访日期", "信访时间", "来访日期", "来访时间", "投诉日期", "投诉时间"),
        *("发现日期", "发现时间", "排查日期", "排查时间"),
    ),
    "closed": ("办结日期", "办结时间", "结案日期", "完成日期", "销号日期", "办结时刻"),
    "result": ("办理结果", "处理结果", "办理情况", "处理情况", "答复情况", "处置结果"),
    "stars": ("满意度", "满意情况", "群众满意度", "回访满意度"),
    "status": ("办理状态", "状态", "是否办结", "办结情况"),
}
GUESSES: Mapping[str, tuple[str, ...]] = {
    "closed": ("完成时间", "整改完成时间", "整改完成日期", "整改时间", "整改日期", "整改到位时间", "实际完成时间"),
    "result": ("整改情况", "整改结果", "整改落实情况", "整改完成情况", "落实情况", "完成情况", "整改进展", "办理进展"),
}
"""Headings of a ledger that may be when and how a matter was finished, or a term and a plan: a person says which."""
SPARE: Mapping[str, tuple[str, ...]] = {"title": ("诉求内容", "反映内容")}
"""Headings that are the matter itself where a table has no column for it."""
KINDS: Mapping[str, Kind] = {
    "text": Kind.LONG,
    "result": Kind.LONG,
    "area": Kind.NAME,
    "site": Kind.NAME,
    "category": Kind.NAME,
    "lead": Kind.NAME,
    "phone": Kind.PHONE,
    "outer": Kind.REFERENCE,
    "number": Kind.TEXT,
    "opened": Kind.MOMENT,
    "closed": Kind.MOMENT,
}
LISTS: Mapping[str, str] = {"area": "areas", "site": "sites", "category": "categories", "lead": "units"}
DECLARED: Mapping[Asked, tuple[Kind, str]] = {
    Asked.TEXT: (Kind.TEXT, ""),
    Asked.LONG: (Kind.LONG, ""),
    Asked.INTEGER: (Kind.WHOLE, ""),
    Asked.DECIMAL: (Kind.NUMBER, ""),
    Asked.DATE: (Kind.DAY, ""),
    Asked.MOMENT: (Kind.MOMENT, ""),
    Asked.CHOICE: (Kind.CHOICE, ""),
    Asked.CHOICES: (Kind.CHOICES, ""),
    Asked.YES_NO: (Kind.YES_NO, ""),
    Asked.STARS: (Kind.TEXT, ""),
    Asked.TERM: (Kind.TEXT, ""),
    Asked.PHONE: (Kind.PHONE, ""),
    Asked.ID_NUMBER: (Kind.ID_NUMBER, ""),
    Asked.PERSON: (Kind.NAME, "people"),
    Asked.UNIT: (Kind.NAME, "units"),
    Asked.UNITS: (Kind.NAMES, "units"),
    Asked.CATEGORY: (Kind.NAME, "categories"),
}
"""How a declared field is read from a cell; what is not here (tables, grades) no cell can hold: its column stays unread."""
STARS: Mapping[str, int] = {
    "非常满意": 5, "很满意": 5, "满意": 4, "基本满意": 3, "一般": 3, "不满意": 2, "很不满意": 1, "非常不满意": 1,
    "5": 5, "4": 4, "3": 3, "2": 2, "1": 1, "5星": 5, "4星": 4, "3星": 3, "2星": 2, "1星": 1,
}  # fmt: skip
STATUS: Mapping[str, str] = {
    "已办结": "closed", "办结": "closed", "已结案": "closed", "结案": "closed", "已完成": "closed", "已销号": "closed",
    **dict.fromkeys(("已整改", "已整改到位", "整改到位", "已完成整改", "整改完成", "已整改完成", "已解决", "已处理", "已处置"), "closed"),
    **dict.fromkeys(("未整改", "正在整改", "整改中", "未完成", "正在办理", "正在处理", "未解决", "未销号"), "open"),
    "是": "closed", "未办结": "open", "在办": "open", "办理中": "open", "处理中": "open", "未办": "open", "否": "open",
}  # fmt: skip
Word = TypeVar("Word")
PLAIN = ("text", "area", "site", "category", "lead", "address", "outer", "number", "source", "result")
PLACES = ("site", "area")
"""What a bracket says behind one of these (the northern part of a street) goes into the address."""
OF_ONE_MATTER = ("title", "reporter", "phone")
DAY_ALONE = later("只写了日期 {day}，没有写时刻")


def case_table(type_: CaseTypeRow, move: MoveRow) -> Table:
    """The declaration of a kind's table: what every kind has, then what its opening asks, by the town's own titles."""
    asked = [one for one in type_.fields_of(move) if one.kind in DECLARED]
    taken = {bare(one.title) for one in asked}
    without = {one.id for one in asked} | ({"lead"} if any(one.id == "unit" for one in asked) else set())
    names = [name for name in HEADINGS if name not in without and bare(say(TITLES[name])) not in taken]
    own = [_own(name, taken) for name in names]
    words = {bare(word) for one in own for word in one.words}
    declared = [_declared(one, words) for one in asked]
    return Table(
        id="cases",
        title=type_.type.title,
        fields=(*own, *declared),
        finds=(("title",), tuple(one.id for one in (*own, *declared) if one.id != "title")),
    )


def _own(name: str, taken: set[str]) -> Field:
    words = [one for one in HEADINGS[name] if bare(one) not in taken]
    most = {**LONGEST, "reporter": LONGEST_OF_REPORTER["name"]}.get(name)
    return Field(
        id=name,
        title=say(TITLES[name]),
        kind=KINDS.get(name, Kind.TEXT),
        required=name == "title",
        headings=tuple(words),
        of=LISTS.get(name, ""),
        most=most,
        guesses=GUESSES.get(name, ()),
        spare=SPARE.get(name, ()),
        by_sheet=name == "area",
        merged="ask" if name == "title" else "",
        aside="keep" if name in PLACES else "refuse",
    )


def _declared(one: FieldRow, words: set[str]) -> Field:
    kind, list_ = DECLARED[one.kind]
    more = HEADINGS.get("lead" if one.id == "unit" else one.id, ())
    return Field(
        id=one.id,
        title=one.title,
        kind=kind,
        headings=tuple(word for word in more if bare(word) not in words),
        of=list_,
        options=one.options,
        most=int(one.most) if one.most is not None and kind in {Kind.TEXT, Kind.LONG} else None,
    )


def names_of_town(categories: str) -> dict[str, Names]:
    """The town's names, read once for a file; ``categories``: the table of the kind."""
    units = list(
        Organisation.objects.filter(closed=None).values_list("code", "name", "short", "aliases", "region_code")
    )
    named = [(code, [name, short, *aliases]) for code, name, short, aliases, _region in units]
    here = {code for code, *_rest, region in units if region}
    sites = list(Site.objects.filter(closed=None).values_list("code", "name", "organisation__name"))
    people = list(Person.objects.filter(is_active=True).values_list("username", "name", "post", "organisation__name"))
    kinds = Category.objects.filter(table=categories, retired=False).values_list("code", "title", "aliases")
    return {
        "areas": Names(later("村（社区）名册"), [one for one in named if one[0] in here]),
        "units": Names(later("单位名册"), named),
        "sites": Names(
            later("点位名册"), [(code, [name]) for code, name, *_ in sites], {one[0]: one[2:] for one in sites}
        ),
        "people": Names(
            later("人员名册"), [(code, [name]) for code, name, *_ in people], {one[0]: one[2:] for one in people}
        ),
        "categories": Names(later("类别表"), [(code, [title, *aliases]) for code, title, aliases in kinds]),
    }


@dataclass
class CaseReading:
    """A file read: what the table said, and its rows as cases."""

    table: TableReading
    rows: list[CaseRow] = field(default_factory=list)


def read_cases(
    book: Workbook, kind: tuple[CaseTypeRow, MoveRow], lists: Mapping[str, Names], said: Said
) -> CaseReading:
    """Read all sheets with a heading of cases; nothing is written, nothing is raised, all is told."""
    table = read_rows(book, case_table(*kind), Around(lists), said)
    found = CaseReading(table)
    asked = {one.id: one for one in kind[0].fields_of(kind[1])}
    made: dict[tuple[str, int], CaseRow] = {}
    firsts = {(one.sheet, one.row): one for one in table.rows}
    for one in table.rows:
        row = _CellsOfRow(table, one, asked).case_row()
        if one.part_of is not None and (one.sheet, one.part_of) in made:
            _add_to(table, one, firsts[one.sheet, one.part_of])
            made[one.sheet, one.part_of] = made[one.sheet, one.part_of].with_reporters(row.reporters)
        else:
            made[one.sheet, one.row] = row
    sound = {(one.sheet, one.row) for one in table.rows}
    found.rows = [row for place, row in made.items() if place in sound]
    return found


def _add_to(table: TableReading, part: TableRow, first: TableRow) -> None:
    """A row of one merged matter may name another reporter, and must not say anything else otherwise."""
    for name, text in part.texts.items():
        if text and name not in OF_ONE_MATTER and first.texts.get(name, "") not in {"", text}:
            what = say("合并的几行是一件事，而这一格与第 {row} 行不同", row=first.row)
            table.tell(part, name, what, say("请改成一样，或取消合并，一行写一件。"))


@dataclass
class _CellsOfRow:
    """One row of the table on its way to a case."""

    reading: TableReading
    row: TableRow
    asked: Mapping[str, FieldRow]

    def case_row(self) -> CaseRow:
        row, text = self.row, self.row.text
        who = RowReporter(text("reporter"), text("phone"))
        opened, closed = self._moment("opened"), self._moment("closed")
        if opened and closed and closed < opened and closed.date() == opened.date():
            closed = opened
        plain = {name: text(name) for name in PLAIN if name not in self.asked}
        plain |= self._address()
        self._check_result(closed)
        return CaseRow(
            row=row.row,
            sheet=row.sheet,
            title=text("title"),
            **plain,
            reporters=(who,) if who.name or who.phone else (),
            answers=self._answers(),
            opened=opened,
            closed=closed,
            status=self._word("status", STATUS, ""),
            stars=self._word("stars", STARS, None),
        )

    def _check_result(self, closed: datetime | None) -> None:
        """A result that says in one word that the matter is finished is none of an open one, nor the other way round."""
        said = STATUS.get(bare(self.row.text("result")).rstrip("。!！")) if "result" not in self.asked else None
        if said is None or self.row.texts.get("status") or (said == "closed") == (closed is not None):
            return
        text = self.row.text("result")
        if said == "closed":
            what, cure = (
                say("写着“{text}”，没有写办结日期", text=text),
                say("请补上办结日期；还没有办结的请改办理结果。"),
            )
        else:
            what, cure = say("写着“{text}”，又写了办结日期", text=text), say("请改正其中一处。")
        self.reading.tell(self.row, "result", what, cure)

    def _address(self) -> dict[str, str]:
        """The address with what brackets say behind the names of places."""
        told = [self.row.texts[name] for name in PLACES if self.row.asides.get(name)]
        if not told:
            return {}
        address = " ".join(dict.fromkeys((*told, *filter(None, [self.row.text("address")]))))
        if "address" in self.asked or len(address) > LONGEST["address"]:
            what = say("“{text}”括号里的话没有地方写。", text=told[0][:40])
            self.reading.tell(self.row, next(iter(self.row.asides)), what, say("请写进地址，或删去括号。"))
        return {"address": address}

    def _word(self, name: str, words: Mapping[str, Word], nothing: Word) -> Word:
        said = "" if name in self.asked else bare(self.row.text(name))
        if not said:
            return nothing
        if said not in words:
            what = say("不认识“{text}”", text=said[:40])
            self.reading.tell(self.row, name, what, say("请写成：{known}。", known=listed(words)))
        return words.get(said, nothing)

    def _moment(self, name: str) -> datetime | None:
        value = None if name in self.asked else self.row.values.get(name)
        if isinstance(value, datetime):
            return value.replace(tzinfo=CHINA)
        return datetime.combine(value, time(), CHINA) if isinstance(value, date) else None

    def _answers(self) -> dict[str, object]:
        found = {}
        for name, one in self.asked.items():
            if (value := self.row.values.get(name)) is not None:
                found[name] = self._answer(one, value)
        return found

    def _answer(self, one: FieldRow, value: object) -> object:
        if one.kind is Asked.MOMENT and not isinstance(value, datetime):
            what = say(DAY_ALONE, day=value)
            self.reading.tell(self.row, one.id, what, say("请写成 2021-10-12 09:30。"))
        if one.kind is Asked.STARS:
            return self._word_of(one.id, str(value))
        return _PLAIN.get(type(value), str)(value)

    def _word_of(self, name: str, text: str) -> str:
        if bare(text) not in STARS:
            self.reading.tell(self.row, name, say("不认识“{text}”", text=text[:40]), say("请写成：{known}。", known=listed(STARS)))  # fmt: skip
        return str(STARS.get(bare(text), ""))


_PLAIN: Mapping[type, Callable[..., object]] = {
    bool: lambda value: "是" if value else "否",
    tuple: list,
    datetime: partial(datetime.isoformat, timespec="minutes"),
    date: date.isoformat,
}
