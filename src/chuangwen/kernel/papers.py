"""Papers: Word documents made from the town's own templates. A template is content by strangers: sandboxed and checked."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime

from docxtpl import DocxTemplate
from jinja2 import TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say

BLANK = "________"
FACTS = {
    "number": later("事项编号"),
    "paper_number": later("文书编号，如 张创办督〔2021〕1号"),
    "title": later("标题"),
    "text": later("情况说明"),
    "type_title": later("事项类型"),
    "category": later("类别"),
    "town": later("镇名"),
    "office_name": later("创建办公室全称"),
    "unit": later("主办单位"),
    "assisting": later("协办单位，用顿号隔开"),
    "village": later("所在村（社区）"),
    "site": later("点位"),
    "address": later("地址"),
    "place": later("在哪里：点位，没有点位时是村（社区）和地址"),
    "opened_on": later("登记日期"),
    "due_at": later("文书所说那个时限的截止时间"),
    "old_due_at": later("延期前的截止时间"),
    "today": later("制作日期"),
    "dated": later("文书所属那一步的日期，还没有办到时是制作日期"),
    "person": later("经办人"),
    "opener": later("登记人"),
    "legal_basis": later("依据"),
    "reporter": later("反映人姓名，只给看得到的人"),
    "last_text": later("最近一步的说明"),
    "step_text": later("文书所属那一步的说明"),
    "fields": later("全部填写内容的清单：每项有 label 和 value"),
    "steps": later("办理经过的清单：每项有 at、title、by、unit、text"),
    "f": later("按编号取某一项填写内容，如 f.measures"),
}


class BadTemplate(Refusal):
    """A template that cannot be filled, or reaches for what it must not have."""

    code = "bad_template"
    sentence = later("文书模板不能用：{why}。请照参考手册改模板里的标记。")
    status = 422


class _Blank(Undefined):
    """What was not filled in is a line to write on, however deep it was asked for."""

    def __str__(self) -> str:
        return BLANK

    def __getattr__(self, name: str) -> "_Blank":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __iter__(self):  # type: ignore[no-untyped-def] # Undefined's own signature
        return iter(())


def date_cn(value: object) -> str:
    """2021年10月14日: digits without leading zeros, as GB/T 9704 writes them."""
    if isinstance(value, datetime | date):
        return say("{y}年{m}月{d}日", y=value.year, m=value.month, d=value.day)
    found = re.match(r"(\d{4})-(\d{2})-(\d{2})", str(value))
    return say("{y}年{m}月{d}日", y=found[1], m=int(found[2]), d=int(found[3])) if found else str(value)


def _environment() -> SandboxedEnvironment:
    made = SandboxedEnvironment(undefined=_Blank, autoescape=True)
    made.filters["date_cn"] = date_cn
    made.finalize = lambda value: BLANK if value is None or value == "" else value
    return made


def fill(template: bytes, facts: Mapping[str, object]) -> bytes:
    """The template with its facts, as docx. What is missing is a blank line; marks inside values come out as text."""
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(dict(facts), _environment(), autoescape=True)
    except TemplateError as wrong:
        raise BadTemplate(why=wrong) from wrong
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def named(template: bytes) -> set[str]:
    """The facts that a template asks for."""
    try:
        return set(DocxTemplate(io.BytesIO(template)).get_undeclared_template_variables(_environment()))
    except TemplateError as wrong:
        raise BadTemplate(why=wrong) from wrong


def check(template: bytes, name: str, problems: Problems) -> None:
    """Tell what is wrong with a template: no docx, broken marks, names that nobody fills."""
    if not zipfile.is_zipfile(io.BytesIO(template)):
        problems.add(file=name, what=say("不是 docx 文件"), cure=say("请用 Word 或 WPS 另存为 docx。"))
        return
    try:
        asked = DocxTemplate(io.BytesIO(template)).get_undeclared_template_variables(_environment())
    except (TemplateError, KeyError, ValueError) as wrong:
        problems.add(file=name, what=say("模板标记写错：{why}", why=wrong), cure=say("请核对双花括号里的写法。"))
        return
    for one in sorted(asked - set(FACTS)):
        what = say("没有“{name}”这一项", name=one)
        problems.add(file=name, what=what, cure=say("可用：{known}。", known=listed(FACTS)))
