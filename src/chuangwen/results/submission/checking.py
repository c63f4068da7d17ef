"""Reading what a pack folder says about the submission; all problems are told together."""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from chuangwen.kernel.packfiles import Row, into, read_toml, tables
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import listed, say
from chuangwen.results.submission.definitions import (
    DRAFT_PARTS,
    NAME_PARTS,
    AnswerRow,
    DraftRow,
    ExplanationRow,
    FiguresRow,
    FileRow,
    FormRow,
    HeadingRow,
    LateRow,
    NamingRow,
    PhotoLimitRow,
    SubmissionContent,
    SummaryRow,
)

FILE = "submission.toml"
ONE: Mapping[str, type[Row]] = {
    "naming": NamingRow,
    "explanation": ExplanationRow,
    "figures": FiguresRow,
    "summary": SummaryRow,
    "answer": AnswerRow,
    "photo": PhotoLimitRow,
    "file": FileRow,
    "late": LateRow,
    "draft": DraftRow,
    "form": FormRow,
}


def read_submission(folder: Path, problems: Problems) -> SubmissionContent:
    """``submission.toml`` of a pack; a pack without it says nothing."""
    if not (folder / FILE).is_file():
        return SubmissionContent()
    found = read_toml(folder, FILE, problems)
    said: dict[str, Any] = {"headings": tables(found, "heading", HeadingRow, FILE, problems)}
    for key in found:
        if key in ONE:
            said[key] = into(ONE[key], found[key], FILE, 0, problems)
        elif key != "heading":
            cure = say("可用：{known}。", known=listed([*ONE, "heading"]))
            problems.add(file=FILE, column=key, what=say("不认识“{key}”", key=key), cure=cure)
    content = SubmissionContent(**{key: value for key, value in said.items() if value is not None})
    _check(content, problems)
    return content


def _check(content: SubmissionContent, problems: Problems) -> None:
    if content.naming:
        _check_parts(content.naming.pattern, NAME_PARTS, "naming.pattern", problems)
        if "{number}" not in content.naming.pattern or "{standard}" not in content.naming.pattern:
            what = say("文件名里没有标准编号或序号，会重名")
            problems.add(file=FILE, column="naming.pattern", what=what, cure=say("请写上 {standard} 和 {number}。"))
    if content.draft:
        _check_parts(content.draft.text, DRAFT_PARTS, "draft.text", problems)
    for key, row in (("explanation", content.explanation), ("photo", content.photo)):
        if row and row.least > row.most:
            what = say("least {least} 大于 most {most}", least=row.least, most=row.most)
            problems.add(file=FILE, column=key, what=what, cure=say("请核对两个数。"))


def _check_parts(pattern: str, known: tuple[str, ...], column: str, problems: Problems) -> None:
    try:
        parts = [name for _, name, *_ in Formatter().parse(pattern) if name is not None]
    except ValueError as wrong:
        problems.add(file=FILE, column=column, what=say("花括号写错：{why}", why=wrong), cure=say("请成对书写。"))
        return
    for name in parts:
        if name not in known:
            what = say("没有“{name}”这一项", name=name)
            problems.add(file=FILE, column=column, what=what, cure=say("可用：{known}。", known=listed(known)))
