"""Pack files: a folder of TOML and CSV read into typed rows, with every problem collected and none raised.

A pack is an untrusted document: files must lie inside the folder, be no links, be UTF-8, and be of a sane size.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import later, listed, say

MOST_BYTES = 20_000_000
Model = TypeVar("Model", bound="Row")


class Row(BaseModel):
    """A row of a pack: never changed once read, nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Placed:
    """A row with the line of its file, so that a later check can say where."""

    line: int
    row: Any


_SAID = {
    "missing": (later("缺少“{key}”"), later("请补上。")),
    "extra_forbidden": (later("不认识“{key}”"), later("请核对拼写，或删去。")),
    "literal_error": (later("“{key}”的值“{value}”不在可用的范围内"), later("可用：{allowed}。")),
    "enum": (later("“{key}”的值“{value}”不在可用的范围内"), later("可用：{allowed}。")),
    "decimal_parsing": (later("“{key}”的值“{value}”不是数"), later("请写成 1.25 这样的半角数字。")),
    "int_parsing": (later("“{key}”的值“{value}”不是整数"), later("请写成 3 这样的半角整数。")),
    "bool_parsing": (later("“{key}”的值“{value}”不是“是/否”"), later("请写 true 或 false。")),
    "date_from_datetime_parsing": (later("“{key}”的值“{value}”不是日期"), later("请写成 2021-10-14。")),
    "date_parsing": (later("“{key}”的值“{value}”不是日期"), later("请写成 2021-10-14。")),
    "string_pattern_mismatch": (later("“{key}”的值“{value}”不合规定的写法"), later("请照参考手册的格式写。")),
    "greater_than": (later("“{key}”的值“{value}”太小"), later("应大于 {gt}。")),
    "greater_than_equal": (later("“{key}”的值“{value}”太小"), later("不应小于 {ge}。")),
    "less_than_equal": (later("“{key}”的值“{value}”太大"), later("不应大于 {le}。")),
    "too_short": (later("“{key}”是空的"), later("至少要有一项。")),
    "string_too_short": (later("“{key}”是空的"), later("请补上。")),
}
_OTHER = (later("“{key}”的值“{value}”看不懂"), later("请照参考手册的格式写。"))


def read_bytes(folder: Path, name: str, problems: Problems) -> bytes | None:
    """One file of the pack, or a problem."""
    path = folder / name
    if not path.is_file() or path.is_symlink():
        problems.add(file=name, what=say("没有这个文件"), cure=say("请补上，或核对文件名。"))
        return None
    if path.stat().st_size > MOST_BYTES:
        problems.add(file=name, what=say("文件超过 20 MB"), cure=say("请拆小，或去掉无关内容。"))
        return None
    return path.read_bytes()


def read_text(folder: Path, name: str, problems: Problems) -> str | None:
    """One UTF-8 file, with or without a byte order mark."""
    raw = read_bytes(folder, name, problems)
    if raw is None:
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        problems.add(file=name, row=line, what=say("不是 UTF-8 编码"), cure=say("请用“另存为 UTF-8”再保存一次。"))
        return None


def read_toml(folder: Path, name: str, problems: Problems) -> dict[str, Any]:
    """A TOML file; broken TOML is told with its line."""
    text = read_text(folder, name, problems)
    if text is None:
        return {}
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        found = re.search(r"at line (\d+)", str(wrong))
        line = int(found[1]) if found else text.count("\n") + 1
        problems.add(
            file=name, row=line, what=say("TOML 写法有误"), cure=say("请核对这一行的引号、括号和等号：{why}", why=wrong)
        )
        return {}


def read_csv(folder: Path, name: str, model: type[Model], problems: Problems, *, needed: bool = True) -> list[Placed]:
    """Rows of a CSV file as models with their line numbers; a missing optional file has no rows."""
    if not needed and not (folder / name).is_file():
        return []
    text = read_text(folder, name, problems)
    if text is None:
        return []
    lines = csv.reader(io.StringIO(text, newline=""))
    heads = next(lines, [])
    if not _check_heads(name, heads, model, problems):
        return []
    rows = []
    for cells in lines:
        if not any(cells):
            continue
        if len(cells) > len(heads):
            problems.add(
                file=name,
                row=lines.line_num,
                what=say("这一行有 {n} 格，表头只有 {m} 格", n=len(cells), m=len(heads)),
                cure=say("含逗号的文字要加双引号。"),
            )
            continue
        row = into(model, _split(model, heads, cells), name, lines.line_num, problems)
        if row is not None:
            rows.append(Placed(lines.line_num, row))
    return rows


def _check_heads(name: str, heads: Sequence[str], model: type[Row], problems: Problems) -> bool:
    known = {field.alias or key: field for key, field in model.model_fields.items()}
    before = len(problems)
    for head in heads:
        if head not in known:
            problems.add(
                file=name,
                row=1,
                column=head,
                what=say("不认识这一列"),
                cure=say("可用的列：{known}。", known=listed(known)),
            )
    for key, field in known.items():
        if field.is_required() and key not in heads:
            problems.add(file=name, row=1, column=key, what=say("缺少这一列"), cure=say("请补上这一列。"))
    if len(set(heads)) < len(heads):
        problems.add(file=name, row=1, what=say("表头有重复的列"), cure=say("每一列只留一次。"))
    return len(problems) == before


@lru_cache(maxsize=64)
def _lists(model: type[Row]) -> frozenset[str]:
    """Columns that hold lists, by the names they have in the file."""
    return frozenset(
        field.alias or key for key, field in model.model_fields.items() if get_origin(field.annotation) is tuple
    )


def _split(model: type[Row], heads: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
    lists = _lists(model)
    filled = ((head, cell.strip()) for head, cell in zip(heads, cells, strict=False))
    return {
        head: tuple(part.strip() for part in cell.split(";") if part.strip()) if head in lists else cell
        for head, cell in filled
        if cell
    }


def into(model: type[Model], data: object, file: str, line: int, problems: Problems) -> Model | None:
    """Data as a model, or problems in Chinese with the place."""
    try:
        return model.model_validate(data)
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False):
            _tell(error, file, line, problems)
        return None


def _tell(error: Mapping[str, Any], file: str, line: int, problems: Problems) -> None:
    key = ".".join(str(part) for part in error["loc"])
    context = error.get("ctx") or {}
    facts = {
        "key": key,
        "value": str(error.get("input", ""))[:60],
        "allowed": context.get("expected", ""),
        **{name: context.get(name, "") for name in ("gt", "ge", "le")},
    }
    what, cure = _SAID.get(error["type"], _OTHER)
    problems.add(file=file, row=line, column=key, what=say(what, **facts), cure=say(cure, **facts))


def tables(data: Mapping[str, Any], key: str, model: type[Model], file: str, problems: Problems) -> tuple[Model, ...]:
    """An array of tables of a TOML file, e.g. all ``[[method]]``."""
    found = data.get(key, [])
    if not isinstance(found, list):
        problems.add(file=file, column=key, what=say("“{key}”应写成 [[{key}]]", key=key), cure=say("请改为双方括号。"))
        return ()
    return tuple(row for one in found if (row := into(model, one, file, 0, problems)) is not None)


def tell_twice(rows: Sequence[Placed], key: str, file: str, problems: Problems) -> None:
    """A code that stands twice."""
    seen: dict[object, int] = {}
    for placed in rows:
        value = getattr(placed.row, key)
        if value in seen:
            problems.add(
                file=file,
                row=placed.line,
                column=key,
                what=say("“{code}”在第 {line} 行已经用过", code=value, line=seen[value]),
                cure=say("每个编号只能用一次，请换一个。"),
            )
        seen.setdefault(value, placed.line)


def tell_cycles(rows: Sequence[Placed], file: str, problems: Problems) -> None:
    """Parents that do not exist, and parents that lead back to the child."""
    parents = {placed.row.code: placed.row.parent for placed in rows}
    for placed in rows:
        parent = placed.row.parent
        if parent and parent not in parents:
            problems.add(
                file=file,
                row=placed.line,
                column="parent",
                what=say("上级“{parent}”不存在", parent=parent),
                cure=say("请先写上级那一行，或改正编号。"),
            )
        elif parent and placed.row.code in _above(parents, parent):
            problems.add(
                file=file,
                row=placed.line,
                column="parent",
                what=say("“{code}”的上级绕了一圈又回到自己", code=placed.row.code),
                cure=say("请改正其中一行的上级。"),
            )


def _above(parents: Mapping[str, str], code: str) -> Iterator[str]:
    seen: set[str] = set()
    while code and code not in seen:
        seen.add(code)
        yield code
        code = parents.get(code, "")


def pairs(text: str) -> dict[str, str]:
    """``"material:40;field:60"`` as a mapping; a part without a colon has an empty value."""
    found = (part.partition(":") for part in text.split(";") if part.strip())
    return {key.strip(): value.strip() for key, _, value in found}


def decimal_of(text: str) -> Decimal | None:
    """A plain decimal, or ``None``."""
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
