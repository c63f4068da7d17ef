"""What is wrong with a judging rule of a pack: told when the pack loads."""

import re
from decimal import Decimal

from chuangwen.kernel.judging import KINDS, RuleName, params_of
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import listed, say


def check_rule(name: str, params: str, grades: frozenset[str], place: tuple[str, int], problems: Problems) -> None:
    """Collect what is wrong with a rule of a pack: an unknown name, a parameter missing, too many or senseless."""
    file, line = place
    if name not in set(RuleName):
        cure = say("可用的规则：{rules}。", rules=listed(RuleName))
        problems.add(file=file, row=line, column="rule", what=say("没有“{name}”这条判定规则", name=name), cure=cure)
        return
    kind, given = KINDS[RuleName(name)], params_of(params)
    for key in kind.needs:
        if key not in given:
            cure = say("请写成 {key}=…", key=key)
            problems.add(
                file=file,
                row=line,
                column="params",
                what=say("规则 {name} 缺参数 {key}", name=name, key=key),
                cure=cure,
            )
    for key, value in given.items():
        if key not in kind.needs + kind.allows:
            allowed = listed(kind.needs + kind.allows) or say("无")
            what = say("规则 {name} 没有参数 {key}", name=name, key=key)
            problems.add(
                file=file, row=line, column="params", what=what, cure=say("可用的参数：{allowed}。", allowed=allowed)
            )
        elif why := _wrong_value(key, value, grades):
            problems.add(file=file, row=line, column="params", what=why, cure=say("请照参考手册改正。"))


def _wrong_value(key: str, value: str, grades: frozenset[str]) -> str:
    if key == "grades":
        parts = [part.partition(":") for part in value.split("|")]
        good = all(count.strip().isdigit() and grade.strip() in grades for count, _, grade in parts)
        return "" if good else say("参数 grades 的值“{value}”应写成 5:A|4:B，且等级在等级表里", value=value)
    if not re.fullmatch(r"\d+(\.\d+)?", value):
        return say("参数 {key} 的值“{value}”不是数", key=key, value=value)
    if key in {"x", "d"} and not 0 < Decimal(value) <= 1:
        return say("参数 {key} 的值“{value}”应大于 0、不超过 1", key=key, value=value)
    return ""
