"""One cell read as its field asks: a value, or what is wrong with it and the cure. Nothing is cut, nothing guessed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from chuangwen.kernel.cells import Cell, is_error, lines_of, number_of, text_of
from chuangwen.kernel.chinese import bare, half_width
from chuangwen.kernel.dates import weekday_told
from chuangwen.kernel.tables.days import SaidDay, said_clock, said_day
from chuangwen.kernel.tables.declared import Field, Kind
from chuangwen.kernel.tables.names import Lists, Unknown
from chuangwen.kernel.words import later, listed, say

_LOST = re.compile(r"[+-]?\d(?:\.\d+)?E\+\d{1,3}\Z", re.IGNORECASE)
_PICTURE = re.compile(r"=\s*(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)
_PHONE = re.compile(
    r"(?:\+?86-?)?(?:1\d{10}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[2-9]\d{6,7}|[48]00-?\d{3}-?\d{4}|1\d{2,4}|9\d{4})\Z"
)
_PHONE_SIGNS = str.maketrans("—）)", "---", " （(")
_ID = re.compile(r"\d{17}[\dX]\Z|\d{15}\Z")
_SPLIT = re.compile(r"[、，,;；/\n]+")
_PART = re.compile(r"(?:[（(][^（）()]*[）)]|[^、，,;；/\n])+")
_DITTO = frozenset({"同上", "同前", "〃", "″", '"', "“", "”"})
_YES = frozenset({"是", "有", "对", "√", "✓", "y", "yes", "true", "1", "已", "要"})
_NO = frozenset({"否", "无", "不", "×", "✗", "n", "no", "false", "0", "未", "不要", "没有"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SHOWN = 40


class BadCell(Exception):
    """A cell that cannot be read: ``what`` is wrong and its ``cure``."""

    def __init__(self, what: str, cure: str = "") -> None:
        self.what, self.cure = what, cure
        super().__init__(what)


@dataclass(frozen=True)
class Around:
    """What cells are read by: the town's lists, the year of days written without one, the workbook's first day."""

    lists: Lists
    year: int | None = None
    date1904: bool = False


def is_picture(cell: Cell) -> bool:
    """Whether the cell is a picture that WPS keeps in it."""
    return isinstance(cell, str) and _PICTURE.match(cell) is not None


def lost_digits(cell: Cell) -> bool:
    """Whether a number was too long for Excel, which keeps fifteen digits: its last ones are gone for good."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float):
        return abs(cell) >= 10**15
    return isinstance(cell, str) and _LOST.match(half_width(cell.strip())) is not None


def read_cell(field: Field, cell: Cell, around: Around) -> object:
    """The value of a filled cell. Raises BadCell."""
    if is_error(cell):
        raise BadCell(say("公式错误 {error}。", error=cell), say("请改好公式，或直接填写结果。"))
    if isinstance(cell, str) and "\ufffd" in cell:
        raise BadCell(say("“{text}”里有乱码。", text=text_of(cell)[:_SHOWN]), say("请核对原文，重新填写。"))
    if text_of(cell) in _DITTO:
        raise BadCell(say("写着“{text}”，不是内容本身。", text=text_of(cell)), say("请照抄上面那一行的内容。"))
    return _READERS[field.kind](field, cell, around)


def raw_text(cell: Cell) -> str:
    """A cell's text; a share typed as a number keeps its digits, and "3/20", which Excel took for a day, comes back."""
    if isinstance(cell, date):
        return f"{cell.month}/{cell.day}"
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)).normalize():f}"
    return text_of(cell)


def _refuse_lost(cell: Cell) -> None:
    if lost_digits(cell):
        said = f"{cell:.15g}" if isinstance(cell, int | float) else text_of(cell)
        what = say("“{said}”是被 Excel 存成了数的长编号，后面的数字已经丢了。", said=said)
        raise BadCell(what, say("请把这一列设为“文本”格式，照原件重新填写。"))


def _text(field: Field, cell: Cell, _around: Around) -> str:
    _refuse_lost(cell)
    text = lines_of(cell) if field.kind is Kind.LONG else text_of(cell)
    if len(text) > field.longest:
        what = say("写了 {n} 个字，最多 {most} 个字。", n=len(text), most=field.longest)
        raise BadCell(what, say("请写短些，没有替您截断。"))
    return text


def _raw(field: Field, cell: Cell, _around: Around) -> str:
    text = raw_text(cell)
    if len(text) > field.longest:
        raise BadCell(
            say("写了 {n} 个字，最多 {most} 个字。", n=len(text), most=field.longest), say("请写短些，没有替您截断。")
        )
    return text


def _phone(field: Field, cell: Cell, around: Around) -> str:
    text = half_width(_text(field, cell, around)).translate(_PHONE_SIGNS)
    for one in _SPLIT.split(text):
        if not _PHONE.match(one):
            what = say("“{text}”不是完整的电话号码。", text=text[:_SHOWN])
            raise BadCell(what, say("请写手机号，或带区号的座机号；开头的 0 丢了的，请把这一列设为“文本”格式。"))
    return text


def _id_number(field: Field, cell: Cell, around: Around) -> str:
    text = half_width(_text(field, cell, around)).upper().replace(" ", "")
    if not _ID.match(text) or (
        len(text) == 18 and _CHECKS[sum(int(a) * b for a, b in zip(text, _WEIGHTS, strict=False)) % 11] != text[17]
    ):
        raise BadCell(
            say("“{text}”不是正确的身份证号码。", text=text[:_SHOWN]), say("请照证件核对；这一列应是“文本”格式。")
        )
    return text


def _said(cell: Cell, around: Around) -> SaidDay:
    found = said_day(cell, date1904=around.date1904, year=around.year)
    if found is None:
        what = say("“{text}”不是日期。", text=text_of(cell)[:_SHOWN])
        raise BadCell(what, say("请写成 2021-10-14，有时刻的写成 2021-10-14 15:30。"))
    if found.weekday is not None and found.weekday != found.day.weekday():
        right, told = weekday_told(found.day), text_of(cell)
        raise BadCell(
            say("{day} 是{right}，表里写的是“{told}”。", day=found.day, right=right, told=told[:_SHOWN]),
            say("请核对日期和星期。"),
        )
    return found


def _day(_field: Field, cell: Cell, around: Around) -> date:
    return _said(cell, around).day


def _moment(_field: Field, cell: Cell, around: Around) -> date:
    found = _said(cell, around)
    return found.day if found.clock is None else datetime.combine(found.day, found.clock)


def _clock(_field: Field, cell: Cell, _around: Around) -> time:
    found = said_clock(cell)
    if found is None:
        raise BadCell(say("“{text}”不是时间。", text=text_of(cell)[:_SHOWN]), say("请写成 08:30。"))
    return found


def _number(field: Field, cell: Cell, _around: Around) -> Decimal:
    _refuse_lost(cell)
    found = None if isinstance(cell, date | time | timedelta) else number_of(cell)
    if found is None or (field.kind is not Kind.SHARE and isinstance(cell, str) and "%" in half_width(cell)):
        raise BadCell(say("“{text}”不是数。", text=text_of(cell)[:_SHOWN]), say("请只填数字，单位写在别处。"))
    return found


def _whole(field: Field, cell: Cell, around: Around) -> int:
    found = _number(field, cell, around)
    if found != found.to_integral_value():
        raise BadCell(say("“{text}”不是整数。", text=text_of(cell)[:_SHOWN]), say("请填整数。"))
    return int(found)


def _share(field: Field, cell: Cell, around: Around) -> Decimal:
    found = _number(field, cell, around)
    if not 0 <= found <= 1:
        raise BadCell(say("“{text}”不在 0 到 100% 之间。", text=text_of(cell)[:_SHOWN]), say("请核对，写成 95% 这样。"))
    return found


def _yes_no(_field: Field, cell: Cell, _around: Around) -> bool:
    text = bare(text_of(cell)).lower()
    if isinstance(cell, bool) or text in _YES or text in _NO:
        return cell if isinstance(cell, bool) else text in _YES
    raise BadCell(say("“{text}”不是“是”或“否”。", text=text_of(cell)[:_SHOWN]), say("请填“是”或“否”。"))


def _name(field: Field, cell: Cell, around: Around) -> str:
    _refuse_lost(cell)
    try:
        names = around.lists[field.of]
        return names.find_beside(text_of(cell))[0] if field.aside == "keep" else names.find(text_of(cell))
    except Unknown as no:
        raise BadCell(no.what, no.cure) from no


def _names(field: Field, cell: Cell, around: Around) -> tuple[str, ...]:
    names = around.lists[field.of]
    whole = text_of(cell)
    if len(names.codes(whole)) == 1:
        return (next(iter(names.codes(whole))),)
    return tuple(dict.fromkeys(_name(field, part, around) for part in parts_of(cell)))


def parts_of(cell: Cell) -> list[str]:
    """The several things that one cell lists; what stands in brackets belongs to the thing before it."""
    return [part.strip() for part in _PART.findall(lines_of(cell)) if part.strip()]


def _choice(field: Field, cell: Cell, _around: Around) -> str:
    text = bare(text_of(cell))
    found = next((one for one in field.options if bare(one) == text), None)
    if found is None:
        what = say("“{text}”不是可选的一项。", text=text_of(cell)[:_SHOWN])
        raise BadCell(what, say("可选：{options}。", options=listed(field.options)))
    return found


def _choices(field: Field, cell: Cell, around: Around) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_choice(field, part, around) for part in parts_of(cell)))


_Reader = Callable[[Field, Cell, Around], object]
_READERS: Mapping[Kind, _Reader] = {
    Kind.TEXT: _text,
    Kind.LONG: _text,
    Kind.RAW: _raw,
    Kind.REFERENCE: _text,
    Kind.PHONE: _phone,
    Kind.ID_NUMBER: _id_number,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.CLOCK: _clock,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.SHARE: _share,
    Kind.YES_NO: _yes_no,
    Kind.NAME: _name,
    Kind.NAMES: _names,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.PICTURE: _text,
}
REQUIRED = later("没有填“{title}”。")
