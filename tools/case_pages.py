"""The reference of the shipped case types: one page and one drawing each, made from the packs."""

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from pathlib import Path

from chuangwen.kernel.fields import FieldRow
from chuangwen.kernel.problems import Problems
from chuangwen.work.cases import explaining
from chuangwen.work.cases.checking import read_content
from chuangwen.work.cases.definitions import CaseContent, CaseTypeRow
from chuangwen.work.cases.drawing import draw
from chuangwen.work.cases.policy import RELATION_TITLES

ROOT = Path(__file__).parent.parent
PACK = ROOT / "packs" / "township"
CSS = ROOT / "web" / "src" / "css"
NOTE = "<!-- written by tools/case_pages.py: do not edit -->\n"
KEY = "实线框在办，虚线框挂起，双线框办结；红色虚线是退回、返工；圆点是登记；↻ 做了仍在原处。"
LEDE = """\
凡是到期要办的都是一件事项。下面是乡镇通用内容包（`packs/township/cases`）里的各种；每一种都可以改，也可以
[自己写一种](../how-to/write-a-case-type.md)。在网站上看：“登记事项”→“各种事怎么办”，那里是本镇装上的这一版。
"""
KINDS = {
    "text": "短文字", "long": "长文字", "integer": "整数", "decimal": "小数", "date": "日期", "moment": "时间",
    "choice": "单选", "choices": "多选", "yes_no": "是否", "stars": "一至五星", "term": "时限", "phone": "电话",
    "id_number": "身份证号", "person": "人员", "unit": "单位", "units": "多个单位", "category": "类别", "table": "表格", "grade": "评定等次",
}  # fmt: skip


@cache
def content() -> CaseContent:
    """What the shipped packs say about cases."""
    problems = Problems()
    found = read_content(PACK, problems)
    if list(problems):
        raise SystemExit("\n".join(str(one) for one in problems))
    return found


@cache
def names() -> dict[str, str]:
    """Roles and relations as people read them."""
    roles = tomllib.loads((PACK / "roles.toml").read_text("utf-8"))["role"]
    return {one["id"]: one["title"] for one in roles} | RELATION_TITLES


def types() -> list[CaseTypeRow]:
    return sorted(content().types, key=lambda one: (one.type.order, one.type.id))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += [
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") or "—" for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def index() -> str:
    """All shipped types on one page."""
    rows = [
        (
            f"[{one.type.title}](case-types/{one.type.id}.md)", f"`{one.type.id}`", one.type.purpose,
            f"{len(one.states)} / {len(one.moves)} / {len(one.clocks)}", "是" if one.type.public else "",
            {"": "", "restricted": "限制范围", "guarded": "纪检专办"}[one.type.guard],
        )
        for one in types()
    ]  # fmt: skip
    return "\n".join(
        [
            NOTE,
            "# 事项类型\n",
            LEDE,
            table(["事项", "id", "管什么", "环节 / 动作 / 时限", "群众可报", "谁看得到"], rows),
        ]
    )


def page(type_: CaseTypeRow) -> str:
    """One type: its rules, its drawing, and the tables behind it."""
    head = type_.type
    parts = [
        NOTE,
        f"# {head.title}（`{head.id}`）\n",
        f"{head.purpose}\n",
        table(["总的规矩", ""], explaining.facts(type_, names())),
        f"## 流程图\n\n![{head.title}流程图]({head.id}.svg)\n\n{KEY}\n",
        "## 环节\n",
        table(
            ["环节", "状态", "轮到谁"],
            [(one.title, one.kind, one.turn) for one in explaining.state_lines(type_, names())],
        ),
        "## 动作\n\n带 * 的必填。\n",
        table(
            ["动作", "从", "到", "谁来做", "要填什么", "凭据", "时限", "其他"],
            [
                (one.title, one.sources, one.target, one.who, one.asks, one.proof, one.clocks, one.more)
                for one in explaining.move_lines(type_, names())
            ],
        ),
        *_clocks(type_),
        *_rungs(head.ladder),
        "## 要填的内容\n",
        table(["名称", "id", "写成", "说明"], [_field(one) for one in type_.fields]),
        *_papers(type_),
    ]
    return "\n".join(parts)


def _clocks(type_: CaseTypeRow) -> list[str]:
    if not type_.clocks:
        return []
    rows = [
        (one.title, one.term, one.urgent, one.warn, one.extension, one.starts, one.stops, one.more)
        for one in explaining.clock_lines(type_)
    ]
    heads = ["时限", "一般", "紧急", "提前预警", "最多延长", "从哪一步起算", "到哪一步停", "其他"]
    terms = [one for one in content().categories if one.table == type_.type.categories and one.term]
    parts = ["## 时限\n", table(heads, rows)]
    if terms and any(one.by_category for one in type_.clocks):
        parts += ["各类别自己的期限（`packs/township/categories.csv`）：\n"]
        parts += [table(["类别", "编号", "期限"], [(one.title, one.code, one.term) for one in terms])]
    return parts


def _rungs(ladder: str) -> list[str]:
    known = {one.type.id: one.type.title for one in content().types}
    rows = [
        (
            f"超期 {one.after}" if one.after else "一到期",
            one.title,
            explaining.names_of(one.tells, names()),
            known.get(one.opens, ""),
            one.help,
        )
        for one in content().rungs
        if one.ladder == ladder
    ]
    return ["## 超期以后\n", table(["什么时候", "做什么", "告知谁", "另开一件", "说明"], rows)] if rows else []


def _field(row: FieldRow) -> tuple[str, str, str, str]:
    written = KINDS[row.kind.value]
    if row.options:
        written += "：" + "、".join(row.options)
    if row.columns:
        written += "：" + "、".join(row.columns)
    private = f"个人信息，只给{explaining.names_of(row.readers, names()) or '办理的人'}看；" if row.private else ""
    return row.title, f"`{row.id}`", written, private + row.help


def _papers(type_: CaseTypeRow) -> list[str]:
    rows = [(one.title, one.states) for one in explaining.paper_lines(type_)]
    return ["## 文书\n", table(["文书", "在哪些环节能出"], rows)] if rows else []


def picture(type_: CaseTypeRow) -> str:
    """The drawing, with the product's own style sheet in it."""
    return draw(type_, names(), name=type_.type.id, style=style())


@cache
def style() -> str:
    """``flow.css`` with the tokens put in, since a picture that stands alone knows no others."""
    tokens = dict(re.findall(r"(--[\w-]+): ([^;]+);", (CSS / "tokens.css").read_text("utf-8").split("}")[0]))
    rules = re.sub(r"/\*.*?\*/", "", (CSS / "flow.css").read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"var\((--[\w-]+)\)", lambda found: tokens[found[1]], rules).strip()


def pages() -> dict[str, Callable[[], str]]:
    """Every file under docs/reference that comes from here."""
    found: dict[str, Callable[[], str]] = {"case-types.md": index}
    for one in types():
        found[f"case-types/{one.type.id}.md"] = partial(page, one)
        found[f"case-types/{one.type.id}.svg"] = partial(picture, one)
    return found
