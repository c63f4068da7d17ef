"""CSV as offices send it: the encoding and the separator found out, never asked. And CSV that Excel opens without harm."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import islice

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_SEPARATORS = (",", "\t", ";", "，", "；", "|")
_TABLE_SIGN = re.compile("[,;\t\n]")
_HINT = re.compile(r"sep=(.)\s*\Z", re.IGNORECASE)


class NotAText(Refusal):
    code = "not_a_text"
    sentence = later(
        "文件“{name}”既不是 Excel 工作簿，也不是能读懂的文本表格。请在 WPS 或 Excel 里另存为 xlsx 后再上传。"
    )
    status = 422


def decode(data: bytes, *, name: str) -> str:
    """The text of a file in UTF-8 (with or without its mark), UTF-16 or GBK; NotAText where it is none."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        guessed = encoding.startswith("utf-16-")
        if not _CONTROL.search(text) and not (guessed and not _TABLE_SIGN.search(text)):
            return text
    raise NotAText(name=name)


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = data[:4000]
    if b"\0" in head:
        return ("utf-16-le", "utf-16-be") if head[1::2].count(0) >= head[::2].count(0) else ("utf-16-be", "utf-16-le")
    return ("utf-8", "gb18030")


def separator_of(text: str) -> str:
    """The sign that parts the columns: the one that gives most lines the same number of columns above one."""
    lines = [line for line in islice(io.StringIO(text), 60) if line.strip()]
    hint = _HINT.match(lines[0].strip("\r\n")) if lines else None
    if hint:
        return hint[1]
    best, best_weight = ",", 0
    for separator in _SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        common = max(set(wide), key=wide.count, default=0)
        weight = wide.count(common) * 100 + common if wide else 0
        if weight > best_weight:
            best, best_weight = separator, weight
    return best


def read_csv(data: bytes, *, name: str, rows: int) -> list[list[str]]:
    """Rows of texts, at most ``rows`` + 1 of them; a row of the list is a row as Excel counts it.

    Raises NotAText.
    """
    text = decode(data, name=name)
    separator = separator_of(text)
    try:
        table = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), rows + 1))
    except csv.Error as wrong:
        raise NotAText(name=name) from wrong
    if table and _HINT.match(text[:6].strip("\r\n")):
        table[0] = []
    return table


_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table in UTF-8 with its mark, for Excel; a text that Excel would take for a formula gets a quote before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([harmless(cell) for cell in row] for row in (heads, *rows))
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: object) -> str:
    """A cell that is a text whatever it begins with.

    >>> harmless("=1+1"), harmless("说明"), harmless(None)
    ("'=1+1", '说明', '')
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
