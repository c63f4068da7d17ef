"""Declared fields: one vocabulary for the forms of cases, registers, checks and questions; one reader of what was typed."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field as Limited

from chuangwen.kernel.packfiles import Row, decimal_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kernel.workdays import BadTerm, Term


class Kind(StrEnum):
    """What may be typed into a field; the value is the word in packs."""

    TEXT = "text"
    LONG = "long"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    STARS = "stars"
    TERM = "term"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    PERSON = "person"
    UNIT = "unit"
    UNITS = "units"
    CATEGORY = "category"
    GRADE = "grade"
    TABLE = "table"


class FieldRow(Row):
    """One field. ``private`` values are masked for all but ``readers``; ``columns`` name the columns of a table.

    ``least`` and ``most`` bound a number, the length of a text, or the count of choices and rows. ``rota`` names a rota:
    whoever is on duty that day is proposed for a person. ``roles``: a person who holds one of them, nobody else.
    """

    id: str = Limited(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    kind: Kind = Kind.TEXT
    help: str = ""
    required: bool = False
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    private: bool = False
    readers: tuple[str, ...] = ()
    rota: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """The codes that fields may name: units, people's user names, categories, grades of a scale."""

    units: Collection[str] = ()
    people: Collection[str] = ()
    categories: Collection[str] = ()
    grades: Collection[str] = ()


@dataclass
class Answers:
    """What was understood, and what was wrong (a sentence by field)."""

    values: dict[str, object] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


class WrongAnswers(Refusal):
    """A form with mistakes: all of them, by field."""

    code = "wrong_answers"
    sentence = later("有 {count} 处没有填好：{what}")
    status = 422

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.wrong = dict(wrong)
        super().__init__(count=len(wrong), what="；".join(wrong.values()))

    def as_dict(self) -> dict[str, object]:
        return {**super().as_dict(), "fields": self.wrong}


def read(rows: Sequence[FieldRow], required: Collection[str], said: Mapping[str, object], known: Known) -> Answers:
    """Read what was said for these fields; ``required`` names those that must not be empty here."""
    found = Answers()
    for row in rows:
        raw = said.get(row.id)
        texts = [str(one).strip() for one in raw] if isinstance(raw, list | tuple) else [str(raw or "").strip()]
        texts = [one for one in texts if one]
        if not texts:
            if row.required or row.id in required:
                found.wrong[row.id] = say("请填写“{title}”", title=row.title)
            continue
        try:
            value = _READERS.get(row.kind, _text)(row, texts, known)
        except _Unread as wrong:
            found.wrong[row.id] = say("“{title}”{why}", title=row.title, why=str(wrong))
            continue
        if value not in (None, "", []):
            found.values[row.id] = value
    return found


class _Unread(Exception):
    """Why a value could not be read."""


_Reader = Callable[["FieldRow", Sequence[str], "Known"], object]


def _bounds(row: FieldRow, size: Decimal | int, what: str) -> None:
    if row.least is not None and size < row.least:
        raise _Unread(say("太小：{what}不应少于 {least}", what=what, least=row.least))
    if row.most is not None and size > row.most:
        raise _Unread(say("太大：{what}不应超过 {most}", what=what, most=row.most))


def _text(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    text = texts[0]
    most = row.most or (200 if row.kind is Kind.TEXT else 4000)
    if len(text) > most:
        raise _Unread(say("有 {n} 个字，最多 {most} 个字", n=len(text), most=most))
    if row.least and len(text) < row.least:
        raise _Unread(say("太短，至少 {least} 个字", least=row.least))
    return text


def _integer(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    if not re.fullmatch(r"-?\d{1,12}", texts[0]):
        raise _Unread(say("“{value}”不是整数", value=texts[0][:20]))
    _bounds(row, int(texts[0]), say("数值"))
    return int(texts[0])


def _decimal(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    value = decimal_of(texts[0])
    if value is None or len(texts[0]) > 20:
        raise _Unread(say("“{value}”不是数", value=texts[0][:20]))
    _bounds(row, value, say("数值"))
    return str(value)


def _date(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    try:
        return date.fromisoformat(texts[0]).isoformat()
    except ValueError:
        raise _Unread(say("“{value}”不是日期，请写成 2021-10-14", value=texts[0][:20])) from None


def _moment(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    try:
        return datetime.fromisoformat(texts[0]).isoformat(timespec="minutes")
    except ValueError:
        raise _Unread(say("“{value}”不是时间，请写成 2021-10-14T09:30", value=texts[0][:20])) from None


def _choice(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    if texts[0] not in row.options:
        raise _Unread(say("不能是“{value}”，可选：{options}", value=texts[0][:20], options=listed(row.options)))
    return texts[0]


def _choices(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    for text in texts:
        _choice(row, [text], known)
    _bounds(row, len(texts), say("选项"))
    return list(dict.fromkeys(texts))


def _yes_no(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    words = {"yes": True, "true": True, "1": True, "是": True, "no": False, "false": False, "0": False, "否": False}
    if texts[0].lower() not in words:
        raise _Unread(say("请选“是”或“否”"))
    return words[texts[0].lower()]


def _stars(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    if texts[0] not in {"1", "2", "3", "4", "5"}:
        raise _Unread(say("请选 1 至 5"))
    return int(texts[0])


def _term(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    try:
        return str(Term.parse(texts[0]))
    except BadTerm as wrong:
        raise _Unread(say("写法不对：{why}", why=wrong)) from None


def _phone(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    digits = re.sub(r"[\s-]", "", texts[0])
    if not re.fullmatch(r"(\+?86)?1\d{10}|0\d{9,11}|\d{7,8}", digits):
        raise _Unread(say("不是电话号码，请核对位数"))
    return digits


def _id_number(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    text = texts[0].upper()
    weights, signs = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    if (
        not re.fullmatch(r"\d{17}[\dX]", text)
        or signs[sum(int(a) * w for a, w in zip(text, weights, strict=False)) % 11] != text[17]
    ):
        raise _Unread(say("不是有效的 18 位身份证号，请核对"))
    return text


def _one_of(kind: str) -> _Reader:
    def read_code(row: FieldRow, texts: Sequence[str], known: Known) -> object:
        allowed: Collection[str] = getattr(known, kind)
        for text in texts:
            if text not in allowed:
                raise _Unread(say("里没有“{value}”，请从列表里选", value=texts[0][:20]))
        return list(dict.fromkeys(texts)) if row.kind is Kind.UNITS else texts[0]

    return read_code


def _table(row: FieldRow, texts: Sequence[str], known: Known) -> object:
    """Lines of a text, cells parted by tabs or commas, as pasted from a sheet or typed by hand."""
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    _bounds(row, len(lines), say("行数"))
    rows = []
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in re.split(r"[\t,，]", line)]
        if len(cells) > len(row.columns):
            raise _Unread(
                say(
                    "第 {n} 行有 {cells} 格，应为：{columns}",
                    n=number,
                    cells=len(cells),
                    columns=say("，").join(row.columns),
                )
            )
        rows.append(dict(zip(row.columns, cells, strict=False)))
    return rows


_READERS: dict[Kind, _Reader] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.STARS: _stars,
    Kind.TERM: _term,
    Kind.PHONE: _phone,
    Kind.ID_NUMBER: _id_number,
    Kind.PERSON: _one_of("people"),
    Kind.UNIT: _one_of("units"),
    Kind.UNITS: _one_of("units"),
    Kind.CATEGORY: _one_of("categories"),
    Kind.GRADE: _one_of("grades"),
    Kind.TABLE: _table,
}


def told(row: FieldRow, value: object, names: Mapping[str, str] | None = None) -> str:
    """A value as people read it; ``names`` gives the names of codes."""
    names = names or {}
    if value is True or value is False:
        return say("是") if value else say("否")
    if row.kind is Kind.TABLE and isinstance(value, list):
        return "；".join("，".join(str(cell) for cell in line.values() if cell) for line in value)
    if isinstance(value, list):
        return listed(names.get(str(one), str(one)) for one in value)
    if row.kind is Kind.MOMENT:
        return str(value).replace("T", " ")
    return names.get(str(value), str(value))


def masked(row: FieldRow, value: object) -> str:
    """A private value as those may see it who need not know it."""
    text = told(row, value)
    if row.kind in {Kind.PHONE, Kind.ID_NUMBER} and len(text) >= 7:
        return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
    return f"{text[:1]}{'*' * min(6, max(1, len(text) - 1))}"
