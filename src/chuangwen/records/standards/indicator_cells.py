"""What the cells of an indicator table (测评体系表) mean: codes, points, methods, units, materials."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from chuangwen.kernel.cells import Cell, lines_of, number_of, text_of
from chuangwen.kernel.chinese import bare, half_width, roman_number, tidy, whole_number

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("编号", "序号", "代码", "指标编号", "指标代码", "标准编号", "测评编号", "编码", "指标号"),
    "item": ("测评项目", "项目", "一级指标", "测评项目名称", "指标项目", "项目名称", "测评指标", "大项", "类别"),
    "content": ("测评内容", "内容", "二级指标", "测评内容名称", "指标内容", "指标名称", "指标", "具体内容"),
    "standard": (
        *("测评标准", "标准", "三级指标", "具体标准", "测评要求", "标准要求", "工作标准", "测评细则"),
        *("考核标准", "指标要求", "具体要求", "达标要求", "创建标准", "工作要求", "目标要求"),
    ),
    "methods": (
        "测评方法",
        "测评方式",
        "方法",
        "考核方式",
        "考评方式",
        "测评途径",
        "测评手段",
        "考核方法",
        "检查方式",
        "采集方式",
    ),
    "points": ("分值", "分数", "标准分", "权重分", "满分", "赋分", "分值权重", "标准分值", "得分标准", "权重"),
    "lead": ("牵头单位", "牵头部门", "牵头责任单位", "主要责任单位", "第一责任单位", "主责单位", "牵头", "主办单位"),
    "assisting": ("责任单位", "配合单位", "责任部门", "配合部门", "协办单位", "协同单位", "承办单位", "参与单位"),
    "person": ("责任人", "责任领导", "负责人", "具体责任人", "联系人", "分管领导", "牵头领导", "责任人员"),
    "materials": (
        "材料要求",
        "申报材料",
        "所需材料",
        "材料清单",
        "网上申报材料",
        "材料",
        "资料要求",
        "档案资料",
        "提交材料",
    ),
    "due": ("完成时限", "完成时间", "时限", "截止时间", "完成日期", "时间要求", "报送时间", "办结时限", "时间节点"),
    "note": ("备注", "说明", "注", "其他"),
}
"""Field -> its usual headings; these are words of tables, not content of any edition."""

METHOD_WORDS: Mapping[str, tuple[str, ...]] = {
    "material": (
        "材料审核",
        "网上申报",
        "材料申报",
        "材料审查",
        "查阅资料",
        "申报材料",
        "资料审核",
        "听取汇报",
        "材料",
    ),
    "field": ("实地考察", "实地暗访", "实地检查", "现场考察", "现场查看", "暗访", "实地查看", "实地测评", "实地"),
    "survey": ("问卷调查", "入户调查", "入户问卷", "网络调查", "电话调查", "社会调查", "民意调查", "问卷"),
    "figure": ("统计数据", "数据采集", "数据核查", "统计资料", "指标数据", "大数据", "数据"),
    "opinion": ("征求意见", "部门意见", "征求部门意见", "部门评价", "听取意见", "意见"),
    "overall": ("整体观察", "综合评价", "整体测评", "综合测评", "总体评价"),
}

_APART = re.compile(r"[、，,;；/|+\uff0b\uff06&\n]|以及|和|与|及")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)(%|分)?")
_TIMES = re.compile(r"(\d+(?:\.\d+)?)\s*[×xX*✕\u2573]\s*(\d+(?:\.\d+)?)")
_POINTS = re.compile(r"(\d+(?:\.\d+)?)")
_NO_POINTS = re.compile(r"\s*分?\s*(?:[-–—~～〜至到]+\s*\d|%|[/每]\s*[处次项个])")
_BEFORE_NO_POINTS = re.compile(r"[扣减≤≥<>\uff1c\uff1e]\s*$")
_STATED = re.compile(r"[（(\[【]\s*(?:共|计|共计|满分|分值)?[:：]?\s*(\d+(?:\.\d+)?)\s*分\s*[)）\]】]")
_CJK_DIGITS = "〇零一二两三四五六七八九十百"
_CODES = (
    re.compile(r"(?P<full>[A-Z]{1,5}\s*-\s*\d+(?:\s*-\s*[A-Za-z]?\d+)*)[、.:：)）\s]*"),
    re.compile(r"(?P<full>\d+(?:\.\d+){1,4})(?!\d|%|[分元万亿个年月户人米])[、.:：)）\s]*"),
    re.compile(rf"第(?P<own>[{_CJK_DIGITS}\d]+)[项条章部][、:：\s]*"),
    re.compile(rf"[(（\[【](?P<own>\d{{1,3}}|[{_CJK_DIGITS}]{{1,4}})[)）\]】][、.:：\s]*"),
    re.compile(rf"(?P<own>[IVXL]{{1,6}}|[{_CJK_DIGITS}]{{1,4}}|\d{{1,3}})(?:[、.:：]\s*|[)）])(?!\d)"),
    re.compile(r"(?P<own>[IVXL]{1,6})\s+"),
)


@dataclass(frozen=True)
class Code:
    """A number before a text: ``full`` names the row in the whole table ("I-1-2"), ``own`` only among its brothers."""

    full: str = ""
    own: int | None = None


@dataclass(frozen=True)
class Methods:
    """The methods of a standard with their shares in percent (summing to 100), and the words not understood."""

    shares: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    stated_sum: Decimal | None = None

    @property
    def text(self) -> str:
        """As packs write it: "material:40;field:60"."""
        return ";".join(f"{name}:{share:f}" for name, share in self.shares.items())


def read_code(text: str) -> tuple[Code, str]:
    """The number in front of a text and the text without it.

    >>> read_code("（2）公开栏")
    (Code(full='', own=2), '公开栏')
    >>> read_code("Ⅰ-1-2 学习")[0].full
    'I-1-2'
    """
    head = unicodedata.normalize("NFKC", half_width(text[:24]))
    plain = tidy(head + text[24:])
    for shape in _CODES:
        found = shape.match(plain)
        if not found:
            continue
        rest = tidy(text[-(len(plain) - found.end()) :]) if found.end() < len(plain) else ""
        groups = found.groupdict()
        if groups.get("full"):
            return Code(full=groups["full"].replace(" ", "")), rest
        own = roman_number(groups["own"]) or whole_number(groups["own"])
        return (Code(own=own), rest) if own else (Code(), tidy(text))
    return Code(), tidy(text)


def code_cell(text: str) -> Code:
    """What a cell of the code column says; anything short that is no number stands as it is."""
    plain = unicodedata.normalize("NFKC", half_width(text)).strip("、.:：()（） ")
    own = roman_number(plain) or whole_number(plain)
    return Code(own=own) if own else Code(full=plain.replace(" ", "")[:24])


def read_points(cell: Cell) -> Decimal | None:
    """The points a cell gives: 1.5, "1.5分", "\uff12", "0.5×3" (three times a half), "满分2分（每处0.5分）"; None if none.

    A range ("1-2"), a share ("10%"), a bound ("≤2") and a deduction ("每处扣0.5分") are none: which points the standard carries, only a person can say.
    """
    text = half_width(text_of(cell))
    number = number_of(text) if not text.endswith("%") else None
    if number is not None:
        return number
    product = _TIMES.search(text)
    if product:
        return _short(Decimal(product[1]) * Decimal(product[2]))
    found = _POINTS.search(text)
    if found and (_NO_POINTS.match(text, found.end()) or _BEFORE_NO_POINTS.search(text[: found.start()])):
        return None
    return _short(Decimal(found[1])) if found and len(found[1]) < 20 else None


def stated_points(text: str) -> tuple[Decimal | None, str]:
    """The points written into a title, and the title without them: "市场环境（12分）"."""
    found = _STATED.search(half_width(text))
    if not found:
        return None, text
    return _short(Decimal(found[1])), tidy(text[: found.start()] + text[found.end() :])


def read_methods(cell: Cell) -> Methods:
    """The methods of a cell such as "材料审核、实地考察" (even shares) or "网上申报40%+实地考察60%"."""
    given: dict[str, Decimal | None] = {}
    unknown: list[str] = []
    for part in _APART.split(half_width(lines_of(cell))):
        name = bare(_SHARE.sub("", part)).strip("()。:.%占")
        if not name:
            continue
        method = _method_of(name)
        if method is None:
            unknown.append(tidy(part))
            continue
        share = _SHARE.search(part)
        amount = Decimal(share[1]) if share and len(share[1]) < 12 else None
        given[method] = amount if given.get(method) is None else (given[method] or Decimal(0)) + (amount or Decimal(0))
    return _shared_out(given, tuple(unknown))


def _method_of(name: str) -> str | None:
    for method, words in METHOD_WORDS.items():
        if name in words:
            return method
    found = [(len(word), method) for method, words in METHOD_WORDS.items() for word in words if word in name]
    return max(found)[1] if found else None


def _shared_out(given: Mapping[str, Decimal | None], unknown: tuple[str, ...]) -> Methods:
    stated = [share for share in given.values() if share is not None]
    total = sum(stated, Decimal(0))
    if given and len(stated) == len(given) and total > 0:
        shares = {name: share or Decimal(0) for name, share in given.items()}
        if total != 100:
            shares = dict(zip(shares, _hundred([share / total for share in shares.values()]), strict=True))
        return Methods(shares={n: _short(s) for n, s in shares.items() if s}, unknown=unknown, stated_sum=total)
    even = _hundred([Decimal(1) / len(given)] * len(given)) if given else []
    return Methods(shares=dict(zip(given, even, strict=True)), unknown=unknown, stated_sum=total or None)


def _hundred(parts: list[Decimal]) -> list[Decimal]:
    """Shares of 100 with two digits that sum to exactly 100; the last takes the rest."""
    shares = [(part * 100).quantize(Decimal("0.01")) for part in parts]
    shares[-1] = 100 - sum(shares[:-1], Decimal(0))
    return [_short(share) for share in shares]


def _short(number: Decimal) -> Decimal:
    """The number without trailing zeros and without an exponent."""
    return Decimal(f"{number.normalize():f}")


def read_units(cell: Cell) -> list[str]:
    """The units named in a cell, in order, each once."""
    parts = re.split(r"[、，,;；/|\n]|\s+", lines_of(cell))
    return list(dict.fromkeys(part for part in (tidy(part).strip("。.") for part in parts) if part))


def read_materials(cell: Cell) -> list[str]:
    """The materials a cell asks for, one per number or line, without their numbers."""
    text = re.sub(
        r"(?<=[\u4e00-\u9fff。；;)）])\s*(?=(?:[(（]\d{1,2}[)）]|\d{1,2}[、.．](?!\d)|[①-⑳]))", "\n", lines_of(cell)
    )
    parts = (re.sub(r"^\s*(?:[(（]\d{1,2}[)）]|\d{1,2}[、.．](?!\d)|[①-⑳])\s*", "", line) for line in text.split("\n"))
    pieces = [piece for part in parts for piece in re.split(r"[；;]", part)]
    return list(
        dict.fromkeys(p for p in (tidy(piece).rstrip("。；;") for piece in pieces) if p and p not in {"无", "/", "-"})
    )
