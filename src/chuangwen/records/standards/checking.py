"""Every rule that a framework pack must keep, told all at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from chuangwen.kernel.packfiles import Placed, into, read_csv, read_toml, tell_cycles, tell_twice
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.rule_checks import check_rule
from chuangwen.kernel.words import listed, say
from chuangwen.records.standards.definitions import (
    MATERIALS,
    CheckRow,
    CrosswalkRow,
    FigureRow,
    Framework,
    FrameworkPack,
    Head,
    NegativeRow,
    NodeRow,
    QuestionRow,
    RequirementRow,
    SiteType,
    scale_points,
)

FILES: dict[str, type[Any]] = {
    "site_types.csv": SiteType,
    "standards.csv": NodeRow,
    "requirements.csv": RequirementRow,
    "checks.csv": CheckRow,
    "questions.csv": QuestionRow,
    "figures.csv": FigureRow,
    "negative.csv": NegativeRow,
    "crosswalk.csv": CrosswalkRow,
}
NEEDED = {"standards.csv"}
ABOVE = {"item": {""}, "content": {"item"}, "standard": {"item", "content"}}


@dataclass
class Draft:
    """A pack being checked: its tables with line numbers, and everything found wrong."""

    head: Head | None = None
    framework: Framework | None = None
    tables: dict[str, list[Placed]] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    warnings: Problems = field(default_factory=Problems)

    def rows(self, name: str) -> list[Placed]:
        return self.tables.get(f"{name}.csv", [])


def read_framework(folder: Path) -> tuple[FrameworkPack | None, Draft]:
    """Read and check a framework pack. The pack is ``None`` when there are problems; warnings do not stop it."""
    draft = Draft()
    draft.head = into(Head, read_toml(folder, "pack.toml", draft.problems), "pack.toml", 0, draft.problems)
    data = read_toml(folder, "framework.toml", draft.problems)
    draft.framework = into(Framework, data, "framework.toml", 0, draft.problems)
    for name, model in FILES.items():
        draft.tables[name] = read_csv(folder, name, model, draft.problems, needed=name in NEEDED)
    check_draft(draft)
    return _finished(draft), draft


def draft_of(data: dict[str, Any]) -> Draft:
    """The same checks for rows that come from a workbook: {"pack", "framework", "standards", "requirements", ...}."""
    draft = Draft()
    draft.head = into(Head, data["pack"], "pack.toml", 0, draft.problems)
    draft.framework = into(Framework, data["framework"], "framework.toml", 0, draft.problems)
    for name, model in FILES.items():
        rows = data.get(name.removesuffix(".csv"), [])
        made = ((line, into(model, _filled(row), name, line, draft.problems)) for line, row in enumerate(rows, start=2))
        draft.tables[name] = [Placed(line, row) for line, row in made if row is not None]
    check_draft(draft)
    return draft


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    lists = {"methods", "tags", "site_types", "standards"}
    return {
        key: tuple(part.strip() for part in value.split(";") if part.strip())
        if key in lists and isinstance(value, str)
        else value
        for key, value in row.items()
        if value not in ("", None)
    }


def finished(draft: Draft) -> FrameworkPack:
    """The checked pack, or one refusal with all problems."""
    draft.problems.refuse(draft.head.title if draft.head else say("内容包"))
    pack = _finished(draft)
    if pack is None:
        raise AssertionError("a draft without problems makes a pack")
    return pack


def _finished(draft: Draft) -> FrameworkPack | None:
    if draft.problems or draft.head is None or draft.framework is None:
        return None
    tables = {name.removesuffix(".csv"): tuple(one.row for one in rows) for name, rows in draft.tables.items()}
    return FrameworkPack(pack=draft.head, framework=draft.framework, **tables)


def check_draft(draft: Draft) -> None:
    """All checks that look across rows and files."""
    for name in ("site_types", "standards", "requirements", "checks", "questions", "figures", "negative"):
        tell_twice(draft.rows(name), "code", f"{name}.csv", draft.problems)
    if draft.framework is None:
        return
    _check_framework(draft, draft.framework)
    tell_cycles(draft.rows("standards"), "standards.csv", draft.problems)
    _check_tree(draft, draft.framework)
    _check_checks(draft, draft.framework)
    _check_scales(draft)
    _check_measured(draft)


def _check_framework(draft: Draft, framework: Framework) -> None:
    tell = draft.problems.add
    file = "framework.toml"
    factors = [grade.factor for grade in framework.grades]
    if factors != sorted(factors, reverse=True):
        tell(file=file, column="grade", what=say("等级的系数没有从高到低排"), cure=say("请按系数从高到低写。"))
    shares = sum((method.share for method in framework.methods), Decimal(0))
    if framework.composition == "by_method" and shares != 100:
        what = say("各测评方法的比重合计 {total}，不是 100", total=shares)
        tell(file=file, column="method", what=what, cure=say("请调整 share，使合计为 100。"))
    for ids, key in (
        ([method.id for method in framework.methods], "method"),
        ([grade.grade for grade in framework.grades], "grade"),
        ([grouping.id for grouping in framework.groupings], "grouping"),
    ):
        if len(set(ids)) < len(ids):
            tell(file=file, column=key, what=say("{key} 有重复的编号", key=key), cure=say("每个编号只能用一次。"))
    types = {placed.row.code for placed in draft.rows("site_types")}
    for one in framework.sample_plan.site:
        if one.type not in types:
            tell(
                file=file,
                column="sample_plan",
                what=say("没有点位类型“{type}”", type=one.type),
                cure=say("请先在 site_types.csv 里写上。"),
            )


def _check_tree(draft: Draft, framework: Framework) -> None:
    rows = draft.rows("standards")
    kinds = {placed.row.code: placed.row.kind for placed in rows}
    members = {grouping.id: {member.code for member in grouping.member} for grouping in framework.groupings}
    methods: set[str] = {method.id for method in framework.methods}
    total = Decimal(0)
    for placed in rows:
        row: NodeRow = placed.row
        if kinds.get(row.parent, "") not in ABOVE[row.kind]:
            _tell(
                draft,
                placed,
                "parent",
                say("{kind}“{code}”的上级层级不对", kind=row.kind, code=row.code),
                say("项目在最上，内容在项目下，标准在内容或项目下。"),
            )
        _check_points(draft, placed)
        _check_methods(draft, placed, methods)
        for grouping, codes in row.groups().items():
            for code in codes:
                if code not in members.get(grouping, set()):
                    _tell(
                        draft,
                        placed,
                        "tags",
                        say("没有分组“{tag}”", tag=f"{grouping}:{code}"),
                        say("请在 framework.toml 的 grouping 里写上，或改正。"),
                    )
        total += row.points or 0 if not row.bonus else 0
    if framework.points_total is not None and total != framework.points_total:
        what = say("各标准分值合计 {total}，应为 {wanted}", total=total, wanted=framework.points_total)
        draft.problems.add(
            file="standards.csv", column="points", what=what, cure=say("请核对分值，或改 points_total。")
        )
    if not any(kind == "standard" for kind in kinds.values()):
        draft.problems.add(file="standards.csv", what=say("一条测评标准也没有"), cure=say("至少要有一条。"))


def _check_points(draft: Draft, placed: Placed) -> None:
    row: NodeRow = placed.row
    if row.kind == "standard" and row.points is None:
        _tell(draft, placed, "points", say("标准“{code}”没有分值", code=row.code), say("请写大于 0 的分值。"))
    if row.kind != "standard" and (row.points is not None or row.methods):
        _tell(
            draft,
            placed,
            "points",
            say("“{code}”不是标准，不能有分值或测评方法", code=row.code),
            say("分值和方法只写在标准上。"),
        )


def _check_methods(draft: Draft, placed: Placed, methods: set[str]) -> None:
    row: NodeRow = placed.row
    if row.kind != "standard":
        return
    try:
        shares = row.shares()
    except ArithmeticError:
        _tell(draft, placed, "methods", say("测评方法写得不对"), say("请写成 material:40;field:60。"))
        return
    for method in shares:
        if method not in methods:
            _tell(
                draft,
                placed,
                "methods",
                say("没有测评方法“{method}”", method=method),
                say("可用：{methods}。", methods=listed(sorted(methods))),
            )
    if sum(shares.values()) != 100:
        _tell(
            draft,
            placed,
            "methods",
            say("标准“{code}”的方法比重合计 {total}，不是 100", code=row.code, total=sum(shares.values())),
            say("请调整。"),
        )


def _check_checks(draft: Draft, framework: Framework) -> None:
    types = {placed.row.code for placed in draft.rows("site_types")}
    grades = frozenset(grade.grade for grade in framework.grades)
    for placed in draft.rows("checks"):
        row: CheckRow = placed.row
        check_rule(row.rule, row.params, grades, ("checks.csv", placed.line), draft.problems)
        for code in row.site_types:
            if code not in types:
                _tell(
                    draft,
                    placed,
                    "site_types",
                    say("没有点位类型“{type}”", type=code),
                    say("请先在 site_types.csv 里写上。"),
                    "checks.csv",
                )


def _check_scales(draft: Draft) -> None:
    for name in ("questions", "figures"):
        for placed in draft.rows(name):
            try:
                points = scale_points(placed.row.scale)
            except ValueError:
                points = []
            rates = [rate for rate, _ in points]
            values = [value for _, value in points]
            rising = rates == sorted(set(rates)) and (values in (sorted(values), sorted(values, reverse=True)))
            if not points or not rising or not all(0 <= value <= 1 for value in values):
                what = say("换算表“{scale}”不对", scale=placed.row.scale)
                _tell(
                    draft,
                    placed,
                    "scale",
                    what,
                    say("请写成 0.70:0|0.90:1：左边递增，右边在 0 到 1 之间且单调。"),
                    f"{name}.csv",
                )


def _check_measured(draft: Draft) -> None:
    """Every method of a standard is measured by something, and nothing points where it has no business."""
    standards = {placed.row.code: placed for placed in draft.rows("standards") if placed.row.kind == "standard"}
    measured: dict[str, set[str]] = defaultdict(set)
    _point(draft, "checks", standards, lambda row: ("field", row.standards), measured)
    _point(draft, "questions", standards, lambda row: ("survey", row.standards), measured)
    _point(draft, "figures", standards, lambda row: ("figure", row.standards), measured)
    _point(draft, "requirements", standards, lambda row: (row.method, (row.standard,)), measured)
    official = draft.head is not None and draft.head.standing == "official"
    for code, placed in standards.items():
        for method in _methods(placed):
            if method in measured[code]:
                continue
            what = say("标准“{code}”的“{method}”没有任何东西来测", code=code, method=method)
            cure = say("请补材料要求。") if method in MATERIALS else say("请补考察内容、题目或指标，或去掉这个方法。")
            place = draft.warnings if official else draft.problems
            place.add(file="standards.csv", row=placed.line, column="methods", what=what, cure=cure)


def _point(draft: Draft, name: str, standards: dict[str, Placed], read: Any, measured: dict[str, set[str]]) -> None:
    for placed in draft.rows(name):
        method, codes = read(placed.row)
        for code in codes:
            if code not in standards:
                _tell(
                    draft, placed, "standards", say("没有标准“{code}”", code=code), say("请改正编号。"), f"{name}.csv"
                )
            elif method not in _methods(standards[code]):
                what = say("标准“{code}”没有“{method}”这个方法", code=code, method=method)
                _tell(
                    draft,
                    placed,
                    "standards",
                    what,
                    say("请在 standards.csv 里加上这个方法，或改正编号。"),
                    f"{name}.csv",
                )
            else:
                measured[code].add(method)


def _methods(placed: Placed) -> Iterable[str]:
    return [part.partition(":")[0].strip() for part in placed.row.methods]


def _tell(draft: Draft, placed: Placed, column: str, what: str, cure: str, file: str = "standards.csv") -> None:
    draft.problems.add(file=file, row=placed.line, column=column, what=what, cure=cure)


def warnings_of(draft: Draft) -> Sequence[str]:
    """Warnings as sentences."""
    return [str(problem) for problem in draft.warnings]
