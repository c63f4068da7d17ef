"""An official indicator table made into the contents of a framework pack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chuangwen.kernel.words import written
from chuangwen.records.standards.indicator_rows import Place, Standard
from chuangwen.records.standards.workbook import WorkbookReading

_MADE_KIND = "情况说明"
_KINDS = (
    ("实景图片", ("图片", "照片", "实景")),
    ("音像", ("视频", "音像", "录像", "音频")),
    ("统计表", ("统计表", "数据", "报表", "汇总表", "台账", "统计")),
    ("规范文件", ("文件", "通知", "方案", "办法", "制度", "规定", "意见", "法规", "规划")),
)


@dataclass(frozen=True)
class OfficialFacts:
    """What no table says and the office settles: the pack's id, edition and title, and keys of framework.toml."""

    id: str
    edition: str
    title: str
    owner: str = ""
    framework: Mapping[str, object] | None = None


def as_framework_data(reading: WorkbookReading, facts: OfficialFacts) -> dict[str, object]:
    """The reading as a framework pack of standing official.

    Returns {"pack", "framework", "standards", "requirements", "duties"}: the tables of pack.toml and framework.toml,
    and the rows of the CSV files with every value as text. A standard judged by materials that lists none gets one
    requirement asking for an account of it. ``duties`` are rows (target, lead, assisting, person, due) with the
    units' names as written; matching them to the town's organisations is for the caller.
    """
    note = written("由《{name}》导入。", name=reading.name)
    pack: dict[str, object] = {
        "id": facts.id,
        "edition": facts.edition,
        "title": facts.title,
        "kind": "framework",
        "standing": "official",
        "owner": facts.owner,
        "notes": note,
        "requires": [],
        "sources": [{"title": reading.name, "note": note, "confidence": "seen"}],
    }
    framework = {"code": facts.id, "title": facts.title, "short_title": facts.title[:12], **(facts.framework or {})}
    return {
        "pack": pack,
        "framework": framework,
        "standards": list(_tree(reading)),
        "requirements": [row for standard in reading.standards for row in _requirements(standard)],
        "duties": [_duty(standard, facts.id) for standard in reading.standards if standard.lead_unit],
    }


def _tree(reading: WorkbookReading) -> Iterator[dict[str, str]]:
    """Items, their contents and standards, in tree order."""
    for item in reading.items:
        yield _place_row(item, "item")
        yield from _standards(reading, item.code, "")
        for content in reading.contents:
            if content.parent == item.code:
                yield _place_row(content, "content")
                yield from _standards(reading, item.code, content.code)


def _standards(reading: WorkbookReading, item: str, content: str) -> Iterator[dict[str, str]]:
    for standard in reading.standards:
        if (standard.item, standard.content) == (item, content):
            yield {
                **_row(standard.code, content or item, "standard"),
                "title": _title(standard.text),
                "text": standard.text,
                "points": "" if standard.points is None else f"{standard.points:f}",
                "methods": standard.methods.text,
            }


def _place_row(place: Place, kind: str) -> dict[str, str]:
    return {**_row(place.code, place.parent, kind), "title": place.title, "text": place.title}


def _row(code: str, parent: str, kind: str) -> dict[str, str]:
    row = dict.fromkeys(
        ("code", "parent", "kind", "title", "text", "points", "methods", "tags", "effort_days", "bonus", "confidence"),
        "",
    )
    return {**row, "code": code, "parent": parent, "kind": kind, "confidence": "seen"}


def _title(text: str) -> str:
    """The first clause of a standard, short enough for a list."""
    line = text.split("\n")[0]
    ends = [line.find(sign) for sign in "；;。：:，," if line.find(sign) > 3]
    return line[: min([*ends, 30])]


def _requirements(standard: Standard) -> Iterator[dict[str, str]]:
    methods = standard.methods.shares
    method = next((name for name in ("material", "opinion", "overall") if name in methods), "")
    listed = standard.materials if method else []
    for number, text in enumerate(listed, start=1):
        kind = next((kind for kind, words in _KINDS if any(word in text for word in words)), _MADE_KIND)
        yield _requirement(standard, number, kind, text, method)
    number = len(listed)
    for name in ("material", "opinion", "overall"):
        if name in methods and not (listed and name == method):
            number += 1
            yield _requirement(
                standard, number, _MADE_KIND, written("{title}的情况说明", title=_title(standard.text)), name
            )


def _requirement(standard: Standard, number: int, kind: str, text: str, method: str) -> dict[str, str]:
    return {
        "code": f"{standard.code}-M{number}",
        "standard": standard.code,
        "kind": kind,
        "title": text[:60],
        "text": text,
        "count": "1",
        "period": "",
        "weight": "1",
        "method": method,
        "confidence": "seen",
    }


def _duty(standard: Standard, framework: str) -> dict[str, str]:
    return {
        "target": f"{framework}:{standard.code}",
        "lead": standard.lead_unit,
        "assisting": ";".join(standard.assisting),
        "person": standard.person,
        "due": standard.due,
    }
