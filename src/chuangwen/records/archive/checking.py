"""Reading what a pack folder says about the archive; all problems are told together."""

import string
from collections.abc import Collection
from pathlib import Path
from typing import Any

from chuangwen.kernel.packfiles import Row, into, read_toml, tables
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import say
from chuangwen.records.archive.definitions import (
    ArchiveContent,
    CategoryRow,
    CellRow,
    ColumnRow,
    DisclosureRow,
    DocumentKindRow,
    FilingRow,
    FondsRow,
    InformationRow,
    MetadataRow,
    PhotoRow,
    SectionRow,
    TermRow,
    WindowRow,
)

LISTS: dict[str, tuple[str, type[Row]]] = {
    "kind": ("kinds", DocumentKindRow),
    "category": ("categories", CategoryRow),
    "information": ("information", InformationRow),
    "stamp": ("stamp", CellRow),
    "column": ("columns", ColumnRow),
    "metadata": ("metadata", MetadataRow),
    "term": ("terms", TermRow),
}
SINGLE: dict[str, type[Row]] = {
    "window": WindowRow,
    "photo": PhotoRow,
    "filing": FilingRow,
    "disclosure": DisclosureRow,
}


def read_archive(folder: Path, problems: Problems) -> ArchiveContent:
    """``archive.toml`` and ``fonds.toml`` of a pack; a pack without them says nothing."""
    said: dict[str, Any] = {}
    if (folder / "archive.toml").is_file():
        found = read_toml(folder, "archive.toml", problems)
        for key, (name, row) in LISTS.items():
            said[name] = tables(found, key, row, "archive.toml", problems)
        for key, shape in SINGLE.items():
            if key in found:
                said[key] = into(shape, found[key], "archive.toml", 0, problems)
        _known_keys(found, {*LISTS, *SINGLE}, "archive.toml", problems)
    if (folder / "fonds.toml").is_file():
        found = read_toml(folder, "fonds.toml", problems)
        said["fonds"] = into(FondsRow, found.get("fonds", {}), "fonds.toml", 0, problems)
        said["sections"] = tables(found, "section", SectionRow, "fonds.toml", problems)
        _known_keys(found, {"fonds", "section"}, "fonds.toml", problems)
    content = ArchiveContent(**{key: value for key, value in said.items() if value is not None})
    _check(content, problems)
    return content


def _known_keys(said: dict[str, Any], known: Collection[str], file: str, problems: Problems) -> None:
    for key in said:
        if key not in known:
            cure = say("可用：{known}。", known="、".join(sorted(known)))
            problems.add(file=file, column=key, what=say("不认识“{key}”", key=key), cure=cure)


def _is_number_rule(rule: str) -> bool:
    """Whether every release of a year gets a number of its own by it."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(rule) if name is not None}
        rule.format(organisation="0", year=2021, serial=1)
    except (ValueError, KeyError, IndexError, AttributeError):
        return False
    return {"year", "serial"} <= names <= {"organisation", "year", "serial"}


def _check(content: ArchiveContent, problems: Problems) -> None:
    if content.disclosure is not None and not _is_number_rule(content.disclosure.index):
        what = say("索引号规则“{rule}”写得不对", rule=content.disclosure.index)
        cure = say("要有年份 year 和流水 serial，可以有机构代码 organisation，都写在花括号里。")
        problems.add(file="archive.toml", column="disclosure.index", what=what, cure=cure)
    codes = {one.code for one in content.categories}
    names: dict[str, str] = {}
    for one in content.kinds:
        if codes and one.category not in codes:
            what = say("材料类型“{title}”的门类“{category}”没有声明", title=one.title, category=one.category)
            problems.add(file="archive.toml", column="category", what=what, cure=say("请在 category 里写这个门类。"))
        for name in (one.title, *one.aliases):
            if names.setdefault(name, one.id) != one.id:
                what = say("“{name}”既指“{one}”又指“{other}”", name=name, one=names[name], other=one.id)
                problems.add(file="archive.toml", column="aliases", what=what, cure=say("一个名称只能指一种材料。"))
    for field, rows in (("id", [one.id for one in content.kinds]), ("code", [one.code for one in content.sections])):
        for twice in sorted({one for one in rows if rows.count(one) > 1}):
            file = "archive.toml" if field == "id" else "fonds.toml"
            what = say("“{id}”写了两次", id=twice)
            problems.add(file=file, column=field, what=what, cure=say("每个编号只能用一次。"))


def check_archive_words(
    content: ArchiveContent, retentions: Collection[str], units: Collection[str], problems: Problems
) -> None:
    """What shows only beside other packs: retention classes and units that really exist."""
    for one in content.kinds:
        if one.retention and retentions and one.retention not in retentions:
            what = say("没有保管期限“{code}”", code=one.retention)
            cure = say("可用：{known}。", known="、".join(sorted(retentions)))
            problems.add(file="archive.toml", column="retention", what=what, cure=cure)
    for section in content.sections:
        if section.unit and units and section.unit not in units:
            what = say("没有单位“{unit}”", unit=section.unit)
            problems.add(file="fonds.toml", column="unit", what=what, cure=say("请照抄单位编号。"))


def check_terms(
    content: ArchiveContent, rules: Collection[str], retentions: Collection[str], problems: Problems
) -> None:
    """What decides on retention names lines of the approved table; what is handed over names its classes."""
    for one in content.terms:
        if rules and one.what not in rules:
            what = say("归档范围里没有“{what}”", what=one.what)
            problems.add(file="archive.toml", column="term", what=what, cure=say("请照抄 retention.toml 的 what。"))
    for code in content.filing.hand_over if content.filing else ():
        if retentions and code not in retentions:
            what = say("没有保管期限“{code}”", code=code)
            cure = say("可用：{known}。", known="、".join(sorted(retentions)))
            problems.add(file="archive.toml", column="hand_over", what=what, cure=cure)
