"""Write docs/reference anew from the code and the packs: commands, figures, judging rules, pack format, permissions, case types.

A test holds it fresh.
"""

import importlib
import os
import sys
import tempfile
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("CHUANGWEN_HOME", tempfile.mkdtemp())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chuangwen.settings")

import django

django.setup()

from chuangwen.cli import COMMANDS
from chuangwen.kernel import fields
from chuangwen.kernel.figures import GROUPS, declared
from chuangwen.kernel.judging import KINDS
from chuangwen.kernel.packfiles import Row
from chuangwen.records.archive import definitions as archive
from chuangwen.records.standards import definitions as framework
from chuangwen.records.township import definitions as township
from chuangwen.records.township.permissions import Permission
from chuangwen.results.submission import definitions as submission
from chuangwen.work.cases import definitions as cases
from chuangwen.work.rotas import definitions as rotas
from tools import case_pages

NOTE = "<!-- written by tools/reference.py: do not edit -->\n"


def commands() -> str:
    """One section for each command."""
    lines = [
        NOTE,
        "# 命令\n",
        "退出码：0 完成，1 拒绝并说明原因，2 用法不对。`--home DIR` 指数据目录，`--json` 打印给程序读的结果。\n",
    ]
    for name, what in COMMANDS.items():
        module = importlib.import_module(f"chuangwen.doors.commands.management.commands.{name}")
        lines.append(f"## chuangwen {name}\n\n{what}\n")
        lines += [f"- `{name} {part}` {told}" for part, told in module.Command.parts.items()]
        lines.append(f"\n```\n{module.Command.example}\n```\n")
    return "\n".join(lines)


def rules() -> str:
    """One line for each judging rule."""
    lines = [
        NOTE,
        "# 判定规则\n",
        "一次观测怎样变成得分率。集合是封闭的；内容包写了别的规则会被拒绝。\n",
        "| 规则 | 名称 | 参数 | 怎样判 |",
        "| --- | --- | --- | --- |",
    ]
    for name, kind in KINDS.items():
        params = "、".join([*kind.needs, *(f"[{one}]" for one in kind.allows)]) or "—"
        lines.append(f"| `{name}` | {kind.title} | {params} | {kind.sentence} |")
    return "\n".join(lines) + "\n"


def packs() -> str:
    """One table for each section of a pack."""
    lines = [NOTE, "# 内容包格式\n", "TOML 放小件，CSV 放长表（UTF-8，首行是列名）；一格里的多个值用分号隔开。\n"]
    for module in (framework, township, fields, cases, rotas, archive, submission):
        for name, model in vars(module).items():
            if isinstance(model, type) and issubclass(model, Row) and model.__module__ == module.__name__:
                lines.append(f"## {name}\n\n{' '.join((model.__doc__ or '—').split())}\n")
                lines += ["| 名称 | 必填 | 写成 |", "| --- | --- | --- |"]
                lines += [
                    f"| `{field.alias or key}` | {'是' if field.is_required() else ''} | {written(field.annotation)} |"
                    for key, field in model.model_fields.items()
                ]
                lines.append("")
    return "\n".join(lines) + "\n"


PLAIN = {
    "str": "文字",
    "int": "整数",
    "bool": "true 或 false",
    "Decimal": "数",
    "float": "数",
    "date": "日期",
    "time": "时间",
}


def written(annotation: Any) -> str:
    """How a value of this kind is written in a pack."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return written(parts[0])
    if origin is Literal:
        return "、".join(f"`{one}`" if one else "空" for one in parts)
    if origin in {Union, UnionType}:
        return " 或 ".join(written(one) for one in parts if one is not type(None))
    if origin in {tuple, list, frozenset, set}:
        return f"多个{written(parts[0])}"
    if origin is dict:
        return "一组键和值"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "、".join(f"`{one.value}`" for one in annotation)
    if isinstance(annotation, type) and issubclass(annotation, Row):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return PLAIN.get(getattr(annotation, "__name__", ""), "")


def permissions() -> str:
    """One line for each permission."""
    lines = [NOTE, "# 权限\n", "| 编号 | 名称 |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| `{one.value}` | {one.title} |" for one in Permission)]) + "\n"


def figures() -> str:
    """One table of figures for each room that computes them."""
    importlib.import_module("chuangwen.urls")  # every room that declares figures stands behind an address
    lines = [
        NOTE,
        "# 数字的口径\n",
        "同一个编号、同一个范围、同一天，处处是同一个数；`tests/doors/test_figures_agree.py` 逐一核对。\n",
        "网页上是 `data-` 加 `figure`、`scope`、`day`、`value` 四个属性；命令的 `--json` 和接口里是同名的四个键；Excel 里是“口径”表。\n",
    ]
    for group, title in GROUPS.items():
        kinds = [one for one in declared() if one.group == group]
        if kinds:
            lines += [f"## {title}\n", "| 编号 | 名称 | 怎么算 | 点开是什么 |", "| --- | --- | --- | --- |"]
            lines += [f"| `{one.id}` | {one.title} | {one.meaning} | {one.opens or '—'} |" for one in kinds]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


PAGES = {
    "figures.md": figures,
    "commands.md": commands,
    "judging-rules.md": rules,
    "pack-format.md": packs,
    "permissions.md": permissions,
    **case_pages.pages(),
}


def main() -> None:
    """Write every page, and take away those of types that are no more."""
    folder = ROOT / "docs" / "reference"
    for name, write in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(write(), encoding="utf-8")
    for path in (folder / "case-types").iterdir():
        if f"case-types/{path.name}" not in PAGES:
            path.unlink()


if __name__ == "__main__":
    main()
