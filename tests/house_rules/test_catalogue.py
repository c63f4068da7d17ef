"""The English catalogue is whole, says the same as the code, and is English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from tools import catalogue

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "chuangwen"
CURE = "Run `.venv/bin/python tools/catalogue.py extract`, then translate what `tools/catalogue.py missing` prints."
CHINESE = re.compile("[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]")
# Chinese that an English sentence may hold: headings and words that a file of the office really has, and papers.
REVIEWED = [
    "{first}创办{letter}〔{year}〕{n}号",
    "{y}年{m}月{d}日",
    "张创办督〔2021〕1号",
    "separated by 、",
    "“创文”",
    *[
        "编号 (reference)",
        "牵头单位 (lead)",
        "责任单位 (assisting)",
        "责任人 (person responsible)",
        "完成时限 (due date)",
    ],
    *["测评项目 (item)", "测评内容 (content)", "测评标准 (standard)", "测评方法 (method)", "分值 (points)"],
    *["材料要求 (requirement)", "备注 (remark)", "点位 (site)", "点位类型 (site type)", "考察内容 (check)"],
    *["结果 (result)", "次数/总数 (count / total)", "时间 (time)", "考察人 (seen by)", "“测评标准” (standard)"],
    *["日期 (date)", "类别 (category: 放假 holiday, 调休上班 makeup)", "名称 (name)", "来源 (source)"],
    *["放假 (holiday)", "调休上班 (makeup)", "照常 (as usual)", "替补 (stand-in)", "星期二 (Tuesday)"],
    *["是 (yes)", "否 (no)"],
    *["放假 or 休 (holiday)", "班 or 调休 (makeup)", "有 (found)", "无 (none)"],
    *["目录.docx", "目录.xlsx", "缺项.csv", "缺项.xlsx", "“封装申报包”"],
    *["“3 工作日” (work days)", "“4 工作时” (work hours)", "“2 紧急工作时” (urgent hours)", "“15 日” (days)"],
]


@pytest.fixture(scope="module")
def fresh() -> Catalog:
    found = catalogue.collect()
    catalogue.fill(found, catalogue.known())
    return found


def english(message: Message) -> Iterator[str]:
    yield from (
        said or "" for said in (message.string if isinstance(message.string, tuple | list) else [message.string])
    )


def test_the_file_is_what_the_code_says_today(fresh: Catalog) -> None:
    assert catalogue.text_of(fresh) == catalogue.PO.read_text("utf-8"), CURE


def test_every_sentence_has_its_english(fresh: Catalog) -> None:
    assert [one.id for one in catalogue.sentences(fresh) if catalogue.is_empty(one) or one.fuzzy] == [], CURE


def test_the_same_facts_go_into_both_languages(fresh: Catalog) -> None:
    wrong = [
        (one.id, said)
        for one in catalogue.sentences(fresh)
        for said in english(one)
        if said and catalogue.holes(said) != catalogue.holes(one.id if isinstance(one.id, str) else one.id[0])
    ]
    assert wrong == []


def test_english_is_english(fresh: Catalog) -> None:
    left = {said: CHINESE.findall(_without_reviewed(said)) for one in fresh if one.id for said in english(one)}
    assert {said: found for said, found in left.items() if found} == {}, "Translate it, or have it reviewed (REVIEWED)."


def _without_reviewed(said: str) -> str:
    for one in sorted(REVIEWED, key=len, reverse=True):
        said = said.replace(one, "")
    return said


def test_every_reviewed_word_is_still_used(fresh: Catalog) -> None:
    everything = "\n".join(said for one in fresh if one.id for said in english(one))
    assert [one for one in REVIEWED if one not in everything] == []


def test_no_page_shows_chinese_that_cannot_be_translated() -> None:
    tags = re.compile(
        r"\{% (blocktranslate|comment)\b.*?\{% end\1 %\}|\{% translate \"[^\"]*\"[^%]*%\}|_\(\"[^\"]*\"\)", re.DOTALL
    )
    pages = [path for path in SOURCE.rglob("templates/**/*.html") if path.name != "patterns.html"]
    left = {path.name: CHINESE.findall(tags.sub("", path.read_text("utf-8")).replace("\u3000", "")) for path in pages}
    assert {name: found for name, found in left.items() if found} == {}


def _calls(node: ast.AST, *names: str) -> Iterator[ast.Call]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and (getattr(one.func, "id", "") or getattr(one.func, "attr", "")) in names:
            yield one


def test_what_is_written_down_does_not_depend_on_the_writers_language() -> None:
    spoken = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in SOURCE.rglob("*.py")
        for call in _calls(ast.parse(path.read_text("utf-8")), "note", "Thing", "Told")
        if list(_calls(call, "say"))
    ]
    assert spoken == [], "The ledger and notices are kept: use `later` or `written`, not `say`."


def test_nothing_is_said_before_somebody_has_chosen_a_language() -> None:
    early = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in SOURCE.rglob("*.py")
        for call in _at_import(ast.parse(path.read_text("utf-8")))
    ]
    assert early == [], "A sentence made at import stays Chinese: mark it with `later` and say it when it is shown."


def _at_import(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in {"say", "counted"}:
            yield child
        yield from _at_import(child)
